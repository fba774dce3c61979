"""Judging a run again from its evidence alone: the general rules over every exchange, the tests over the replaying transport.

The rules are asked in a process of their own, beside the tests.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from oip_conformance.certificate.answer import Finding
from oip_conformance.certificate.dates import read_moment
from oip_conformance.certificate.evidence_scan import EvidenceScan
from oip_conformance.certificate.rejudgement import Rejudged
from oip_conformance.contract.requirements import load_requirements
from oip_conformance.evidence import (
    EVIDENCE_NAME,
    EvidenceError,
    EvidenceFile,
    Reach,
    load_attempts,
    load_recorded_contract,
    load_recording,
)
from oip_conformance.run.execution import run_suite
from oip_conformance.run.gathering import Gathered
from oip_conformance.run.preflight import look
from oip_conformance.run.recording import replay_settings
from oip_conformance.run.scope import scope_of
from oip_conformance.session import ReplaySession, Settings
from oip_conformance.session.ledger import read_ledgers
from oip_conformance.verdict.coverage import CoverageTally
from oip_conformance.verdict.judging import judge
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.results import load_results
from oip_conformance.verdict.tally import Judge


def rejudge(directory: Path) -> Rejudged:
    """Judge the run in a directory again. Writes nothing there. Raises EvidenceError."""
    recording = load_recording(directory)
    contract, profile, requirements = load_recorded_contract(directory), recording.load_profile(), load_requirements()
    with tempfile.TemporaryDirectory(prefix="oip-conformance-verify-") as workplace:
        settings = replay_settings(recording, directory, Path(workplace))
        rules = subprocess.Popen(
            [sys.executable, "-m", "oip_conformance.run.rejudging", str(directory)], stdout=subprocess.PIPE
        )
        try:
            outcomes, scope, differences, reach = _run_again(settings)
            answer, _ = rules.communicate()
        finally:
            rules.kill()
            rules.wait()
    if rules.returncode != 0:
        raise EvidenceError("EVI-02", "the exchanges cannot be judged again.", "Take the run directory again.")
    told = orjson.loads(answer)
    judged, coverage = Judge(contract), CoverageTally.from_json(told["coverage"])
    judged.absorb(told["judge"])
    coverage.reach.merge(reach)
    outcomes += judged.outcomes()
    gathered = Gathered("", outcomes, coverage, scope)
    verdict = judge(outcomes, requirements, scope_of(requirements, profile, contract, settings, gathered))
    activated = [one.id for one in contract.operations.values() if profile.activation(one) == "activated"]
    return Rejudged(
        verdict,
        tuple(differences),
        coverage.statement(contract, activated, settings.level),
        coverage.traffic(),
        tuple(told["created"]),
        tuple(Finding(code, sentence) for code, sentence in told["scan"]),
    )


def _run_again(settings: Settings) -> tuple[list[Outcome], set[str], list[str], Reach]:
    session = ReplaySession(settings, worker="p")
    look(session)
    session.close()
    code = run_suite(settings, object())
    outcomes: list[Outcome] = []
    scope: set[str] = set()
    reach = Reach()
    differences = [f"the suite ended with {code}"] if code in (2, 3, 4) else []
    for record in read_ledgers(sorted(settings.parts.glob("*.ledger.ndjson"))):
        match record.pop("kind"):
            case "outcome":
                outcomes.append(Outcome.from_json(record))
            case "scope":
                scope.update(record["requirements"])
            case "reach":
                reach.merge(Reach.from_json(record["record"]))
            case "difference":
                differences.append(f"{record['test']}: {record['sentence']}")
    return outcomes, scope, differences, reach


def _ask_the_rules(directory: Path) -> bytes:
    recording, contract = load_recording(directory), load_recorded_contract(directory)
    rules, coverage, created = Judge(contract), CoverageTally(), []
    scan = EvidenceScan(load_attempts(directory), recording.url, _window(directory))
    for exchange in EvidenceFile(directory / EVIDENCE_NAME):
        rules.add(exchange)
        coverage.add(exchange, contract.operations.get(exchange.operation or ""))
        scan.add(exchange)
        if exchange.operation == "createMember" and exchange.response and exchange.response.status == 201:
            created.append(exchange.id)
    return orjson.dumps(
        {
            "judge": rules.to_json(),
            "coverage": coverage.to_json(),
            "created": created,
            "scan": [(one.code, one.sentence) for one in scan.findings()],
        }
    )


def _window(directory: Path) -> tuple[float, float]:
    """When the run was, by its results; any time where they do not say."""
    try:
        run = load_results(directory)["run"]
        return read_moment(run["started"]).timestamp(), read_moment(run["ended"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return 0.0, float("inf")


if __name__ == "__main__":
    sys.stdout.buffer.write(_ask_the_rules(Path(sys.argv[1])))
