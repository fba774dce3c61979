"""`certify --plan`: what a run would ask, counted before anything is sent.

The cases of operations are counted exactly. Stories are taken from what they sent to the embedded server
(`oip_conformance.run.measured`), which is the most that a sound target is sent: where fixtures or permissions are missing
they stop sooner. A target that fails or is busy is asked more: a failing story once again, a failing case in ever smaller
forms, a busy system up to four times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.generation.case import Case
from oip_conformance.run.collection import Collection
from oip_conformance.run.measured import Amount, load_measured
from oip_conformance.session import Session, Settings
from oip_conformance.target import SafetyGate

PREFLIGHT = 2
"""Requests that look whether the target is ready."""

LOOKS = 4
"""Requests with which a story sees to it that calls of inactive operations changed nothing."""


@dataclass(frozen=True)
class PlannedOperation:
    """One operation: how many cases it is sent, or why it is sent none."""

    id: str
    method: str
    path: str
    cases: int
    withheld: str = ""


@dataclass(frozen=True)
class RunPlan:
    """What a run would ask: requirements by class, operations with their cases, stories, and what all of it comes to.

    `cases` is exact; `stories` is an upper bound on a sound target, and so are `requests` and `records` (customers made).
    `limits` are those of the profile that would end the run earlier, each in a sentence.
    """

    settings: Settings
    requirements: Mapping[str, tuple[str, ...]]
    operations: tuple[PlannedOperation, ...]
    stories: tuple[str, ...]
    cases: int
    story_requests: int
    requests: int
    records: int
    limits: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The plan for programs."""
        return {
            "level": self.settings.level,
            "seed": self.settings.seed,
            "target": None if self.settings.embedded else self.settings.url,
            "requirements": {name: list(ids) for name, ids in self.requirements.items()},
            "operations": [
                {"id": one.id, "method": one.method, "path": one.path, "cases": one.cases, "withheld": one.withheld}
                for one in self.operations
            ],
            "stories": list(self.stories),
            "requests": {
                "preflight": PREFLIGHT,
                "cases": self.cases,
                "stories_at_most": self.story_requests,
                "at_most": self.requests,
            },
            "records": {"at_most": self.records},
            "limits": list(self.limits),
        }


def make_plan(settings: Settings, collected: Collection, requirements: RequirementSet) -> RunPlan:
    """Count what a run with these settings would send. Draws the cases that are not in store; sends nothing."""
    session = Session(settings)
    gate = replace(session.gate, url="http://localhost") if settings.embedded else session.gate
    operations: list[PlannedOperation] = []
    created = 0
    try:
        wanted = [
            session.contract.operations[name] for name in collected.operations if name in session.contract.operations
        ]
        withheld = {one.id: _why_withheld(session, gate, one.id) for one in wanted}
        session.library.prefetch([one for one in wanted if not withheld[one.id]])
        for one in wanted:
            cases = [] if withheld[one.id] else session.library.cases(one)
            created += sum(_may_create(case) for case in cases) if one.id == "createMember" else 0
            operations.append(PlannedOperation(one.id, one.method, one.path, len(cases), withheld[one.id]))
    finally:
        session.library.close()
    total = sum(one.cases for one in operations)
    inactive = [
        one for one in session.contract.operations.values() if session.profile.activation(one) == "not-activated"
    ]
    stories = _amount_of(collected.stories, total and settings.workers, len(inactive))
    writes = gate.refusal("createMember", "write") is None
    requests = PREFLIGHT + total + stories.requests
    records = created + stories.records if writes else 0
    return RunPlan(
        settings,
        _by_class(collected, requirements),
        tuple(operations),
        tuple(collected.stories),
        total,
        stories.requests,
        requests,
        records,
        tuple(_limits(session, requests, records)),
    )


def _why_withheld(session: Session, gate: SafetyGate, name: str) -> str:
    """Why an operation is sent no cases, or nothing."""
    operation = session.contract.operations[name]
    match session.profile.activation(operation):
        case "not-activated":
            return "the profile declares it not activated"
        case "undeclared":
            return "the profile does not claim it"
        case _:
            return gate.refusal(name, operation.effect) or ""


def _may_create(case: Case) -> bool:
    return case.intent != "invalid" and case.method == "POST"


def _amount_of(stories: Iterable[str], processes: int, inactive: int) -> Amount:
    """What stories take, and the stock that each process with cases to send makes.

    A story that had nothing to ask where everything is activated calls each inactive operation, and looks around it.
    """
    measured = load_measured()
    about_inactive = Amount(inactive + LOOKS, 1) if inactive else Amount(0, 0)
    amounts = [measured.stories[name] for name in stories if name in measured.stories]
    amounts = [one if one.requests else about_inactive for one in amounts] + [measured.stock] * processes
    return Amount(sum(one.requests for one in amounts), sum(one.records for one in amounts))


def _by_class(collected: Collection, requirements: RequirementSet) -> dict[str, tuple[str, ...]]:
    asked = [one for one in requirements if one.id in collected.requirements]
    names = dict.fromkeys(one.conformance_class for one in asked)
    return {name: tuple(one.id for one in asked if one.conformance_class == name) for name in names}


def _limits(session: Session, requests: int, records: int) -> Iterable[str]:
    limits = session.profile.limits
    if limits.total_requests and limits.total_requests < requests:
        yield f"the profile allows {limits.total_requests} total requests, so the run may end before it is done"
    if limits.created_records and limits.created_records < records:
        yield f"the profile allows {limits.created_records} created records, so parts may not be tested"
    if limits.requests_per_second:
        seconds = requests / limits.requests_per_second
        yield f"the profile allows {limits.requests_per_second:g} requests per second: {seconds / 60:.0f} minutes or more"
