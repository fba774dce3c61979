"""Judging a run again from its evidence alone: the general rules over every exchange, the tests over the replaying transport.

Both halves run at the same time, each in a process of its own, so that nothing of the process that asks is in their way.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson

from oip_conformance.certificate.answer import Finding
from oip_conformance.certificate.rejudgement import Rejudged
from oip_conformance.contract.requirements import load_requirements
from oip_conformance.evidence import EvidenceError, Reach, load_recorded_contract, load_recording
from oip_conformance.run.gathering import Gathered
from oip_conformance.run.recording import replay_settings
from oip_conformance.run.scope import scope_of
from oip_conformance.verdict.coverage import CoverageTally
from oip_conformance.verdict.judging import judge
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.tally import Judge


def rejudge(directory: Path) -> Rejudged:
    """Judge the run in a directory again. Writes nothing there. Raises EvidenceError."""
    recording = load_recording(directory)
    contract, profile, requirements = load_recorded_contract(directory), recording.load_profile(), load_requirements()
    with tempfile.TemporaryDirectory(prefix="oip-conformance-verify-") as workplace:
        settings = replay_settings(recording, directory, Path(workplace))
        tests, rules = _both_halves(directory, Path(workplace))
    judged, coverage = Judge(contract), CoverageTally.from_json(rules["coverage"])
    judged.absorb(rules["judge"])
    coverage.reach.merge(Reach.from_json(tests["reach"]))
    outcomes = [*map(Outcome.from_json, tests["outcomes"]), *judged.outcomes()]
    gathered = Gathered("", outcomes, coverage, set(tests["scope"]))
    verdict = judge(outcomes, requirements, scope_of(requirements, profile, contract, settings, gathered))
    activated = [one.id for one in contract.operations.values() if profile.activation(one) == "activated"]
    return Rejudged(
        verdict,
        tuple(tests["differences"]),
        coverage.statement(contract, activated, settings.level),
        coverage.traffic(),
        tuple(rules["created"]),
        tuple(Finding(code, sentence) for code, sentence in rules["scan"]),
    )


def _both_halves(directory: Path, workplace: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    started = [_start(half, directory, workplace) for half in ("tests", "rules")]
    try:
        tests, rules = (_told(process) for process in started)
    finally:
        for process in started:
            process.kill()
            process.communicate()
    return tests, rules


def _start(half: str, directory: Path, workplace: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "oip_conformance.run.again", half, str(directory), str(workplace)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _told(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    answer, complaint = process.communicate()
    if process.returncode != 0 or not answer.endswith(b"\n"):
        last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:] or ["the process ended"]
        raise EvidenceError("EVI-02", f"the run cannot be judged again ({last[0]}).", "Take the run directory again.")
    told: dict[str, Any] = orjson.loads(answer)
    if "problem" in told:
        code, message, hint = told["problem"]
        raise EvidenceError(code, message, hint)
    return told
