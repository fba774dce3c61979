"""The two halves of judging a run again: the general rules, and the tests.

Each gives one line of JSON, so that it can be asked in any process: what it found, or what kept it from reading the run.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import orjson

from oip_conformance.certificate.dates import read_moment
from oip_conformance.certificate.evidence_scan import EvidenceScan
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
from oip_conformance.run.preflight import PREFLIGHT, Preflight, look
from oip_conformance.run.recording import replay_settings
from oip_conformance.session import ReplaySession, Settings
from oip_conformance.session.ledger import read_ledgers
from oip_conformance.session.made import made_by
from oip_conformance.session.replaying import rerun_of
from oip_conformance.session.rerun import number_of
from oip_conformance.target import NeverAsked
from oip_conformance.verdict.coverage import CoverageTally
from oip_conformance.verdict.results import ResultsError, curl, load_results
from oip_conformance.verdict.tally import Judge


def run_the_tests(directory: Path, workplace: Path) -> dict[str, Any]:
    """Run the tests over the replaying transport: their outcomes, and where they do not ask what was recorded.

    An attempt that the run cut off came to nothing, and one that the tests no longer make is one too many.
    """
    settings = replay_settings(load_recording(directory), directory, workplace)
    finding, differences = _look(settings)
    code = run_suite(settings, object())
    outcomes: list[dict[str, Any]] = []
    scope: set[str] = set()
    unattempted: list[str] = []
    reach = Reach()
    differences += [f"the suite ended with {code}"] if code in (2, 3, 4) else []
    for record in read_ledgers(sorted(settings.parts.glob("*.ledger.ndjson"))):
        match record.pop("kind"):
            case "outcome":
                outcomes.append(record)
            case "scope":
                scope.update(record["requirements"])
            case "reach":
                reach.merge(Reach.from_json(record["record"]))
            case "difference":
                differences.append(f"{record['test']}: {record['sentence']}")
            case "unattempted":
                unattempted.append(record["test"])
    unattempted += [one.test for one in load_attempts(directory) if not one.ended]
    differences += [f"{test}: it is not attempted so often now" for test in rerun_of(str(directory)).left]
    return {
        "outcomes": outcomes,
        "scope": sorted(scope),
        "differences": differences,
        "unattempted": unattempted,
        "reach": reach.to_json(),
        "preflight": [finding.finding, finding.sentence],
    }


def _look(settings: Settings) -> tuple[Preflight, list[str]]:
    """What the look before the run found, and where it asks something else than was recorded."""
    session, finding = ReplaySession(settings, worker="p"), Preflight("ready")
    try:
        while session.rerun.attempted(PREFLIGHT):  # twice where the first look showed that a profile does not fit
            finding = look(session)
    except NeverAsked as problem:
        return Preflight("ready"), [f"{PREFLIGHT}: {problem}"]
    finally:
        session.close()
    return finding, []


def ask_the_rules(directory: Path) -> dict[str, Any]:
    """Ask the general rules about every exchange, count what they reach, and look whether they belong together.

    Each process of the run is heard by itself, as it was then, and all are added up in their order.
    """
    recording, contract, attempts = (
        load_recording(directory),
        load_recorded_contract(directory),
        load_attempts(directory),
    )
    processes = {one.worker for one in attempts}
    heard: dict[str, tuple[Judge, CoverageTally]] = {}
    created = []
    shown, curls = _shown(directory), dict[str, str]()
    scan = EvidenceScan(attempts, recording.url, _window(directory))
    digest = hashlib.sha256()
    for exchange in EvidenceFile(directory / EVIDENCE_NAME).into(digest):
        name, _ = number_of(exchange.id)
        name = name if name in processes else ""
        if name not in heard:
            heard[name] = Judge(contract), CoverageTally()
        rules, coverage = heard[name]
        rules.add(exchange)
        coverage.add(exchange, contract.operations.get(exchange.operation or ""))
        scan.add(exchange)
        created += [{"exchange": exchange.id, **one} for one in made_by(exchange) if one["what"] == "customer"]
        if exchange.id in shown:
            curls[exchange.id] = curl(exchange)
    return {
        "judges": [rules.to_json() for rules, _ in heard.values()],
        "coverages": [coverage.to_json() for _, coverage in heard.values()],
        "created": created,
        "curls": curls,
        "digest": f"sha256:{digest.hexdigest()}",
        "scan": [(one.code, one.sentence) for one in scan.findings()],
    }


def _window(directory: Path) -> tuple[float, float]:
    """When the run was, by its results; any time where they do not say."""
    try:
        run = load_results(directory)["run"]
        return read_moment(run["started"]).timestamp(), read_moment(run["ended"]).timestamp()
    except (ResultsError, KeyError, ValueError, TypeError, OverflowError):
        return 0.0, float("inf")


def _shown(directory: Path) -> frozenset[str]:
    """The exchanges that show the failures of the run, by its results."""
    try:
        return frozenset(str(one["exchange"]) for one in load_results(directory)["failures"])
    except (ResultsError, KeyError, TypeError):
        return frozenset()


def answer(half: str, directory: Path, workplace: Path) -> bytes:
    """One half as a line of JSON."""
    try:
        found = run_the_tests(directory, workplace) if half == "tests" else ask_the_rules(directory)
    except EvidenceError as problem:
        found = {"problem": [problem.code, problem.message, problem.hint]}
    return orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE)


BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading and replaying a changed run may raise."""


def tell(listener: Connection, half: str, directory: Path, workplace: Path) -> None:
    """One half, told to the process that waits for it. Nothing else is heard of this one."""
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            line = answer(half, directory, workplace)
        except BROKEN as problem:
            line = orjson.dumps(impossible(f"{type(problem).__name__}: {problem}"))
    listener.send_bytes(line)


def impossible(why: str) -> dict[str, Any]:
    """What is told of a half that cannot be judged."""
    return {"problem": ["EVI-02", f"the run cannot be judged again ({why}).", "Take the run directory again."]}
