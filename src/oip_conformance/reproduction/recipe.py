"""Recipes: the fewest recorded requests that lead to a wrong answer, as data.

A story (a workflow, a model's walk) is told from the start of its last attempt. A request that a general rule judged needs
only what it refers to: for each identifier in it, the request that made the record, and what that one refers to.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oip_conformance.evidence import Exchange
from oip_conformance.reproduction.claims import IN_ALL, claim_of
from oip_conformance.reproduction.identifiers import Identifiers, minted, new_values
from oip_conformance.reproduction.slimming import slim
from oip_conformance.reproduction.witness import Check, checks_of, reads_the_body

LARGEST_STORY = 500_000
"""Bytes that the requests of a story may have; what needs oversized bodies is shown by its exchange alone."""

LONGEST_STORY = 60
"""A story longer than this, or one whose end is known by its status, is cut to the requests that concern the same records."""

TRIES, PARALLEL_TRIES = 4, 12
CERTAINTY = 3
"""So many times as many tries as it took on average: all but one in twenty of such faults show."""
MOST_REQUESTS = 300
"""What a script sends at the most for the sake of a rare fault."""

GENERAL = "every exchange of "
_LEFT_OUT = frozenset({"x-api-key", "accept-encoding", "host", "connection"})


@dataclass(frozen=True)
class Recipe:
    """One failure, the requests that lead to it, and the checks that know its answer again."""

    failure: Mapping[str, Any]
    steps: tuple[Exchange, ...]
    checks: tuple[Check, ...]
    data: Mapping[str, Any]
    """What `player.main` takes."""


def recipes(results: Mapping[str, Any], evidence: Iterable[Exchange], only: Collection[str] = ()) -> list[Recipe]:
    """The recipes of a run's distinct failures, those named in `only` or all. Reads the evidence twice."""
    failures = [one for one in results["failures"] if one["exchange"] and (not only or one["id"] in only)]
    if not failures:
        return []
    shown = {one["id"]: _first_opinion(results, one) for one in failures}
    stories = {name: _story_of(results, one) for name, one in shown.items()}
    identifiers = Identifiers(results, {name for name, _ in stories.values() if name})
    for exchange in evidence:
        identifiers.add(exchange)
    plans = {one["id"]: _plan(shown[one["id"]], *stories[one["id"]], identifiers) for one in failures}
    wanted = {name for plan, twin in plans.values() for name in (*plan, *([twin] if twin else []))}
    loaded = {exchange.id: exchange for exchange in evidence if exchange.id in wanted}
    found = []
    for failure in failures:
        names, twin = plans[failure["id"]]
        steps = tuple(loaded[name] for name in names if name in loaded)
        if sum(len(step.request.body) for step in steps) > LARGEST_STORY:
            continue
        end = next((step for step in steps if step.id == shown[failure["id"]]["exchange"]), None)
        if end is not None:
            before = steps[: steps.index(end)]
            checks = checks_of(shown[failure["id"]], end, loaded.get(twin or ""), before)
            parallel = any(step.lane for step in steps)
            if not parallel and (len(steps) > LONGEST_STORY or not reads_the_body(checks)):
                steps = slim(steps)
            data = _data(results, failure, steps, checks, identifiers)
            data["claim"] = claim_of(failure, steps, end) if parallel else None
            known = data["claim"] or not parallel
            data["decisive"] = bool(known) or any(_is_the_fault(check, shown[failure["id"]]) for check in checks)
            data["tries"] = _tries(results, failure, len(steps), parallel)
            for step, exchange in zip(data["steps"], steps, strict=True):
                step |= {"lane": exchange.lane, "end": exchange is end}
            found.append(Recipe(failure, steps, tuple(checks), data))
    return found


def _is_the_fault(check: Check, failure: Mapping[str, Any]) -> bool:
    """Whether a check looks at what is wrong, and not only at what an answer after parallel requests has anyway."""
    kind, *details = check
    if kind == "status":
        return f"status {details[0]}" in str(failure["got"])
    if kind == "value" and len(details) == 2:
        wrong = repr(details[1]), json.dumps(details[1], ensure_ascii=False)
        return len(wrong[0]) > 2 and any(one in failure["got"] and one not in failure["expected"] for one in wrong)
    return bool(kind == "successes")


def _tries(results: Mapping[str, Any], failure: Mapping[str, Any], steps: int, parallel: bool) -> int:
    """How often a script tells its story, with fresh data, before it says that it is not reproduced.

    Requests at the same time meet by chance; what a general rule saw broken in one answer of many may be as rare again.
    """
    least = PARALLEL_TRIES if parallel else TRIES
    if not failure["tests"][0].startswith(GENERAL):
        return least
    outcomes = (one["outcomes"] for one in results["requirement_results"] if one["id"] == failure["requirement"])
    reached = sum(int(one["reached"]) for listed in outcomes for one in listed if one["test"] in failure["tests"])
    likely = math.ceil(CERTAINTY * reached / max(1, int(failure["count"])))
    return max(least, min(likely, MOST_REQUESTS // max(1, steps)))


def _first_opinion(results: Mapping[str, Any], failure: Mapping[str, Any]) -> Mapping[str, Any]:
    """The failure by which a script knows a second opinion again: what our own rule says of the same, which names a place."""
    if not failure["cause"].startswith("schemathesis "):
        return failure
    same = [
        one
        for one in results["failures"]
        if (one["requirement"], one["operation"]) == (failure["requirement"], failure["operation"])
        and one["exchange"]
        and not one["cause"].startswith("schemathesis ")
    ]
    return next((one for one in same if one["exchange"] == failure["exchange"]), same[0] if same else failure)


def _story_of(results: Mapping[str, Any], failure: Mapping[str, Any]) -> tuple[str, str]:
    """The story that a failure ends, and the first exchange of its last attempt; empty under the general rules."""
    test = failure["tests"][0]
    if test.startswith(GENERAL):
        return "", ""
    for requirement in results["requirement_results"]:
        if requirement["id"] == failure["requirement"]:
            for outcome in requirement["outcomes"]:
                if outcome["test"] == test and outcome["exchanges"]:
                    return test, outcome["exchanges"][0]
    return test, ""


def _plan(failure: Mapping[str, Any], story: str, first: str, identifiers: Identifiers) -> tuple[list[str], str | None]:
    """The exchanges to send, in order, and the twin of the last one in the attempt before."""
    end = failure["exchange"]
    told = identifiers.stories.get(story, [])
    if not story or end not in told:
        return [*identifiers.makers_of(end), end], None
    position = told.index(end)
    start = told.index(first) if first in told and told.index(first) <= position else 0
    rest = identifiers.asked_after if IN_ALL.fullmatch(failure["expected"]) else identifiers.asked_beside
    steps = [*told[start : position + 1], *rest(story, end)]
    before = told[:start]
    twin = before[position - start] if position - start < len(before) else None
    makers = [name for step in steps for name in identifiers.makers_of(step)]
    outside = [name for name in dict.fromkeys(makers) if name not in steps]
    return [*outside, *steps], twin


def _data(
    results: Mapping[str, Any],
    failure: Mapping[str, Any],
    steps: Sequence[Exchange],
    checks: list[Check],
    identifiers: Identifiers,
) -> dict[str, Any]:
    base = results["target"]["url"].rstrip("/")
    effects = {one["id"]: one["effect"] for one in results["operations"]}
    later = minted(steps)
    keys = {one.credential for one in steps if one.credential in ("main", "second")}
    sent = "\n".join(f"{one.request.url} {dict(one.request.headers)} {one.request.body!r}" for one in steps)
    tokens = {token: whose for token, whose in identifiers.tokens.items() if token in sent}
    return {
        "id": failure["id"],
        "requirement": failure["requirement"],
        "title": failure["title"],
        "expected": failure["expected"],
        "got": failure["got"],
        "base": base,
        "keys": sorted(keys | set(tokens.values())),
        "external": sorted(
            {one.operation for one in steps if one.operation and effects.get(one.operation) == "external"}
        ),
        "tokens": tokens,
        "fresh": new_values(results, steps),
        "steps": [_step(base, one, later.get(one.id, [])) for one in steps],
        "checks": checks,
    }


def _step(base: str, exchange: Exchange, minted_here: list[tuple[str, str]]) -> dict[str, Any]:
    request = exchange.request
    path = request.url[len(base) :] if request.url.startswith(base) else request.path
    step: dict[str, Any] = {
        "operation": exchange.operation,
        "method": request.method,
        "path": path,
        "headers": [[name, value] for name, value in request.headers if name.lower() not in _LEFT_OUT],
        "key": exchange.credential if exchange.credential in ("main", "second") else None,
        "body": "",
        "status": exchange.response.status if exchange.response else None,
        "minted": [list(pair) for pair in minted_here],
    }
    if exchange.credential not in ("main", "second", "none"):
        step["headers"] += [[name, value] for name, value in request.headers if name.lower() == "x-api-key"]
    try:
        step["body"] = request.body.decode("utf-8")
    except UnicodeDecodeError:
        step["base64"] = base64.b64encode(request.body).decode("ascii")
    return step
