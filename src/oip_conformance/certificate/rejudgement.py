"""The third question: does all evidence, judged again, give the same verdicts?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from oip_conformance.certificate.answer import ODD, Answer, Finding, Found
from oip_conformance.verdict.judging import RunVerdict
from oip_conformance.verdict.power import DIMENSIONS as POWER
from oip_conformance.verdict.results import why_not_complete
from oip_conformance.verdict.state import State

QUESTION = "Does the evidence, judged again, give the same verdicts?"


@dataclass(frozen=True)
class Rejudged:
    """What evidence says when it is judged again.

    `differences` says where the tests no longer ask what was recorded, `unattempted` names tests of the run that it never
    began or did not let end, `shortfall` says which floors of coverage it missed where they bind, `scan` what is odd about
    the exchanges themselves, `digest` is that of the evidence which was read, `curls` the curl line of each exchange that
    shows a failure.
    """

    verdict: RunVerdict
    differences: tuple[str, ...]
    unattempted: tuple[str, ...]
    coverage: Mapping[str, Any]
    shortfall: str
    traffic: Mapping[str, Any]
    created: tuple[Mapping[str, str], ...]
    scan: tuple[Finding, ...]
    digest: str
    curls: Mapping[str, str]


def answer_rejudgement(results: Mapping[str, Any], rejudged: Rejudged | None, problem: str = "") -> Answer:
    """Compare the results with what was judged again; `problem` says why nothing could be."""
    if rejudged is None:
        return Answer(QUESTION, "", (Finding("not-rejudged", f"The evidence cannot be judged again: {problem}"),))
    count = sum(len(one.outcomes) for one in rejudged.verdict.requirements)
    good = f"All {count} outcomes and {len(rejudged.verdict.requirements)} verdicts follow from the evidence."
    try:
        return Answer(QUESTION, good, tuple(_findings(results, rejudged)))
    except ODD as odd:
        finding = Finding("form", f"The results are not of the form that runs write ({type(odd).__name__}: {odd}).")
        return Answer(QUESTION, good, (finding,))


def by_other_tests(answer: Answer) -> Answer:
    """The same answer where the run was judged by another suite: what differs may be due to that, and refutes nothing."""
    if not answer.findings:
        return answer
    first = Finding(
        "other-tests", "The tests here are not those of the run, so that what differs decides nothing.", Found.UNDECIDED
    )
    return replace(answer, findings=(first, *(replace(one, state=Found.UNDECIDED) for one in answer.findings)))


def _findings(results: Mapping[str, Any], rejudged: Rejudged) -> Iterator[Finding]:
    if rejudged.differences:
        more = f" (and {len(rejudged.differences) - 1} more)" if len(rejudged.differences) > 1 else ""
        yield Finding("replay", f"The tests, run again, do not ask what was recorded: {rejudged.differences[0]}{more}.")
    yield from _completeness(results, rejudged)
    said = {one["id"]: one for one in results["requirement_results"]}
    found = {one.requirement.id: one for one in rejudged.verdict.requirements}
    if missing := sorted(set(found) - set(said)):
        yield Finding("requirement-missing", f"The results leave out what the run judged: {', '.join(missing[:5])}.")
    if added := sorted(set(said) - set(found)):
        yield Finding("requirement-added", f"The results have what the run did not judge: {', '.join(added[:5])}.")
    for name in [name for name in said if name in found]:
        yield from _requirement(said[name], found[name])
    state = str(rejudged.verdict.state)
    if results["verdict"]["state"] != state:
        yield Finding("verdict", f"The results say {results['verdict']['state']}; the evidence says {state}.")
    same = set(results["coverage"]) == set(rejudged.coverage)
    if not same or any(results["coverage"][name] != one for name, one in _comparable(rejudged).items()):
        yield Finding("coverage", "The coverage that the results state is not what the exchanges reach.")
    if results["traffic"] != rejudged.traffic or results["evidence"]["exchanges"] != rejudged.traffic["exchanges"]:
        yield Finding("traffic", "The traffic that the results state is not what the exchanges add up to.")
    if sorted(results["created"], key=_by_exchange) != sorted(rejudged.created, key=_by_exchange):
        yield Finding(
            "created", "The records that the results list as created are not those that the exchanges created."
        )
    odd = [one["id"] for one in results["failures"] if one["curl"] != rejudged.curls.get(one["exchange"] or "", "")]
    if odd:
        yield Finding("curl", f"The curl line of {odd[0]} does not send the request that shows it.")


def _by_exchange(record: Mapping[str, str]) -> str:
    return record["exchange"]


def _completeness(results: Mapping[str, Any], rejudged: Rejudged) -> Iterator[Finding]:
    """A run that says it is complete has attempted all its tests and met the floors that bind it."""
    erred = rejudged.verdict.state in (State.SUITE_ERROR, State.CONFIG_ERROR)
    if why_not_complete(results) or erred:
        return
    if rejudged.unattempted:
        more = f" (and {len(rejudged.unattempted) - 1} more)" if len(rejudged.unattempted) > 1 else ""
        yield Finding("replay", f"The run has no whole attempt at {rejudged.unattempted[0]}{more}.")
    if rejudged.shortfall:
        yield Finding("shortfall", f"The results call the run complete, but {rejudged.shortfall}")


def _comparable(rejudged: Rejudged) -> dict[str, Any]:
    """The dimensions of coverage that follow from the evidence; what a test did that was cut off does not."""
    cut = POWER if rejudged.unattempted else ()
    return {name: one for name, one in rejudged.coverage.items() if name not in cut}


def _requirement(said: Mapping[str, Any], found: Any) -> Iterator[Finding]:
    if said["state"] != str(found.state):
        yield Finding("state", f"{said['id']} is {said['state']} in the results, and {found.state} by its evidence.")
    ours = Counter(_essence(one.to_json()) for one in found.outcomes)
    theirs = Counter(_essence(one) for one in said["outcomes"])
    if lost := ours - theirs:
        yield Finding("outcome-missing", f"{said['id']}: the results lack or change the outcome of {_first(lost)}.")
    if surplus := theirs - ours:
        yield Finding("outcome-added", f"{said['id']}: the evidence does not give the outcome of {_first(surplus)}.")


def _essence(outcome: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of an outcome has to be the same: all but the words."""
    return (
        outcome["test"],
        str(outcome["state"]),
        outcome["operation"],
        outcome["reached"],
        tuple(outcome["exchanges"]),
        tuple(sorted((one["cause"], one["exchange"] or "", one["count"]) for one in outcome.get("failures", ()))),
        tuple(outcome.get("attempts", ())),
    )


def _first(outcomes: Counter[tuple[Any, ...]]) -> str:
    test, state, *_ = min(outcomes, key=str)
    return f"{test} ({state})"
