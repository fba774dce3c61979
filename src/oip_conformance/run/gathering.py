"""After the tests: what all processes recorded becomes one body of evidence and one list of outcomes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from oip_conformance.contract import Contract
from oip_conformance.evidence import EVIDENCE_NAME, Exchange, Reach, gather
from oip_conformance.session import Settings
from oip_conformance.session.ledger import read_ledgers
from oip_conformance.verdict.coverage import CoverageTally
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.tally import Judge


@dataclass
class Gathered:
    """What a run left, all processes together. `unsent` says why cases of an operation were not sent,
    `stopped` why a process ended before its tests did, `cut` names the rounds that ran out of time."""

    evidence_digest: str
    outcomes: list[Outcome]
    coverage: CoverageTally
    scope: set[str] = field(default_factory=set)
    created: list[dict[str, Any]] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)
    unsent: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    cut: set[int] = field(default_factory=set)


def gather_run(settings: Settings, contract: Contract) -> Gathered:
    """Join the parts of a run; a process that was killed is judged from the evidence it left."""
    parts = settings.parts
    evidence = sorted(parts.glob("*.evidence.ndjson"))
    digest = gather(evidence, Path(settings.directory) / EVIDENCE_NAME)
    judge, coverage = Judge(contract), CoverageTally()
    found = Gathered(digest, [], coverage)
    for path in sorted(parts.glob("*.ledger.ndjson")):
        cut_off: list[dict[str, Any]] = []
        judged: list[dict[str, Any]] = []
        reached: list[CoverageTally] = []
        for record in read_ledgers([path]):
            match record.pop("kind"):
                case "outcome":
                    found.outcomes.append(Outcome.from_json(record))
                case "judge":
                    judged.append(record["record"])
                case "coverage":
                    reached.append(CoverageTally.from_json(record["record"]))
                case "reach":
                    coverage.reach.merge(Reach.from_json(record["record"]))
                case "scope":
                    found.scope.update(record["requirements"])
                case "created":
                    found.created.append(record)
                case "made":
                    found.made.append(record)
                case "attempt":
                    cut_off.append({**record, "ended": False})
                    found.attempts.append(cut_off[-1])
                case "ended":
                    for attempt in cut_off:
                        attempt["ended"] = True
                    cut_off.clear()
                case "stopped":
                    found.stopped.append(record["reason"])
                case "unsent":
                    found.unsent.append(record)
                case "cut":
                    found.cut.add(record["round"])
        heard = parts / f"{path.name.split('.')[0]}.evidence.ndjson"
        if _is_whole(judged, reached, heard):
            for said, counted in zip(judged, reached, strict=True):
                judge.absorb(said)
                coverage.merge(counted)
        elif heard in evidence:
            _judge_again(heard, contract, judge, coverage)
    found.outcomes += judge.outcomes()
    shutil.rmtree(parts)
    return found


def _is_whole(judged: list[dict[str, Any]], reached: list[CoverageTally], heard: Path) -> bool:
    """Whether what a process added up is all that it recorded: it may have been interrupted between the two."""
    if not judged or len(judged) != len(reached):
        return False
    if not heard.exists():
        return True
    with heard.open("rb") as lines:
        return sum(one.exchanges for one in reached) == sum(line.endswith(b"\n") for line in lines)


def _judge_again(path: Path, contract: Contract, judge: Judge, coverage: CoverageTally) -> None:
    ours, reached = Judge(contract), CoverageTally()
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                exchange = Exchange.from_json(orjson.loads(line))
                ours.add(exchange)
                reached.add(exchange, contract.operations.get(exchange.operation or ""))
    judge.absorb(ours.to_json())
    coverage.merge(reached)
