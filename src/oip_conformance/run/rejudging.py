"""Judging a run again from its evidence alone: the general rules over every exchange, the tests over the replaying transport.

Both halves run at the same time. The tests have a process of their own, so that nothing of them is left in this one; it
goes on from here where the system can do that, which spares it reading in everything once more.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from oip_conformance.certificate.answer import Finding
from oip_conformance.certificate.rejudgement import Rejudged
from oip_conformance.contract.requirements import load_requirements
from oip_conformance.evidence import EvidenceError, Reach, load_recorded_contract, load_recording
from oip_conformance.run.again import BROKEN, answer, impossible, tell
from oip_conformance.run.gathering import Gathered
from oip_conformance.run.preflight import PREFLIGHT, Preflight, known_of
from oip_conformance.run.recording import replay_settings
from oip_conformance.run.scope import THE_SUITE, of_what_was_asked, scope_of, what_was_missed
from oip_conformance.verdict.coverage import CoverageTally
from oip_conformance.verdict.judging import judge
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.results import ResultsError, load_results, why_not_complete
from oip_conformance.verdict.state import State
from oip_conformance.verdict.tally import Judge

Ask = Callable[[str, Path, Path], bytes]
"""Judges a half of the run in a directory, with a workplace to write to; returns the line that `run.again` prints."""

_ERRORS = frozenset({State.SUITE_ERROR, State.CONFIG_ERROR})


def rejudge(directory: Path, ask: Ask | None = None) -> Rejudged:
    """Judge the run in a directory again. Writes nothing there. `ask` judges one half, by default in a process of its own.

    Raises EvidenceError.
    """
    recording = load_recording(directory)
    contract, profile, requirements = load_recorded_contract(directory), recording.load_profile(), load_requirements()
    told = _told_by_the_run(directory)
    with tempfile.TemporaryDirectory(prefix="oip-conformance-verify-") as workplace:
        settings = replay_settings(recording, directory, Path(workplace))
        tests, rules = _both_halves(directory, Path(workplace), ask)
    judged, coverage = Judge(contract), CoverageTally()
    for record in rules["judges"]:
        judged.absorb(record)
    for record in rules["coverages"]:
        coverage.merge(CoverageTally.from_json(record))
    coverage.reach.merge(Reach.from_json(tests["reach"]))
    finding, sentence = tests["preflight"]
    heard = of_what_was_asked([*map(Outcome.from_json, tests["outcomes"]), *judged.outcomes()], settings, contract)
    said = known_of(heard, Preflight(finding, sentence), told.errors)
    outcomes = [*said, *told.errors]
    gathered = Gathered("", outcomes, coverage, set(tests["scope"]) if recording.collected else set())
    scope = scope_of(requirements, profile, contract, settings, gathered)
    verdict = judge(outcomes, requirements, scope, interrupted=told.why_not_complete)
    activated = [one.id for one in contract.operations.values() if profile.activation(one) == "activated"]
    statement = coverage.statement(contract, activated, settings.level)
    return Rejudged(
        verdict,
        tuple(tests["differences"]),
        tuple(tests["unattempted"]),
        statement,
        what_was_missed(replace(settings, deviations=told.deviations), statement),
        coverage.traffic(),
        tuple(rules["created"]),
        tuple(Finding(code, sentence) for code, sentence in rules["scan"]),
        rules["digest"],
        rules["curls"],
    )


@dataclass(frozen=True)
class _Told:
    """What only the run itself can say: why it was not complete, which errors there were, what the server was started with.

    An error of the suite or of the configuration makes no verdict better.
    """

    why_not_complete: str = ""
    errors: tuple[Outcome, ...] = ()
    deviations: tuple[str, ...] = ()


def _told_by_the_run(directory: Path) -> _Told:
    try:
        results = load_results(directory)
        said = [Outcome.from_json(one) for each in results["requirement_results"] for one in each["outcomes"]]
        deviations = tuple(map(str, results["target"].get("deviations") or ()))
        errors = [one for one in said if one.test in (THE_SUITE, PREFLIGHT) and one.state in _ERRORS]
        return _Told(why_not_complete(results), tuple(errors), deviations)
    except (ResultsError, KeyError, ValueError, TypeError, AttributeError):
        return _Told()


def _both_halves(directory: Path, workplace: Path, ask: Ask | None) -> tuple[dict[str, Any], dict[str, Any]]:
    if ask is not None:
        return _read(ask("tests", directory, workplace)), _read(ask("rules", directory, workplace))
    beside = multiprocessing.get_context("fork") if may_fork() else multiprocessing.get_context("spawn")
    hear, listener = beside.Pipe(duplex=False)
    process = beside.Process(target=tell, args=(listener, "tests", directory, workplace), daemon=True)
    process.start()
    listener.close()
    try:
        rules = _read(answer("rules", directory, workplace))
        return _read(hear.recv_bytes()), rules
    except EOFError:
        return _refuse(impossible("the process of the tests ended")), {}
    except BROKEN as problem:
        return _refuse(impossible(type(problem).__name__)), {}
    finally:
        process.kill()
        process.join()


def may_fork() -> bool:
    """Whether the other process may begin as a copy of this one: no thread is cut off in the middle of what it does."""
    return sys.platform == "linux" and threading.active_count() == 1


def _read(line: bytes) -> dict[str, Any]:
    return _refuse(orjson.loads(line))


def _refuse(told: dict[str, Any]) -> dict[str, Any]:
    """What was told. Raises EvidenceError where it is a problem."""
    if "problem" in told:
        code, message, hint = told["problem"]
        raise EvidenceError(code, message, hint)
    return told
