"""What a story that asks at the same time says of all its answers, as a claim that a script can hold against them again.

Which of several calls is first is decided anew each time, so that no single answer comes again. What must hold of all of them
does: that a sum is right, that no two have one number, that each thing that was sent is there once. A claim is made only where
the recorded answers show the fault that the failure tells of, so that a script says no more than its answers do.

    ["other than", pointer, right]          the last answer has another value there than the right one
    ["distinct", operation, pointer]        two answers have the same value there
    ["once each", ids, usual, how]          of what was sent something is "missing" in the last answer, or "repeated"
    ["asked for", [[step, name], ...]]      an answer does not name what its request did, and names what another did
    ["in all", total, pointer, first]       the values in the answers from a step on do not add up to it, or one is below zero
    ["succeeded", steps, wanted, how]       of these steps, which ask for the same, "more" or "fewer" succeed than should
    ["counted", steps, id, member]          what the last answer says of that id is not the number of these steps that succeed
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import orjson

from oip_conformance.evidence import Exchange
from oip_conformance.reproduction.identifiers import TOKEN, leaves

Claim = list[Any]

IN_ALL = re.compile(r"(\d+) \w+ in all\b.*")
_NAMED = re.compile(r"(\w+) (.+)", re.DOTALL)
_ONCE_EACH = re.compile(r"(\d+) \w+ once each")
_OF_SO_MANY = re.compile(r"(\d+) of (\d+) to succeed")
_SUCCEEDED = re.compile(r"(\d+)(?: succeeded)?")
_COUNT_OF_ONE = re.compile(r"(\w+) (\d+) of \S+")
_MISSING = re.compile(r"(\d+) missing, (\d+) repeated")


def claim_of(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """The claim that a failed story makes of its answers; None where they are not known to show it."""
    makers = (_in_all, _once_each, _distinct, _asked_for, _succeeded, _counted, _other_than)
    return next((claim for make in makers if (claim := make(failure, steps, end)) is not None), None)


def _other_than(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """`points 30 + 4095 = 4125` and `1054`, or `firstName 'P1'` and `firstName 'Kari'`."""
    wanted = _NAMED.fullmatch(failure["expected"])
    if wanted is None or end.lane:
        return None
    name = wanted.group(1)
    right = _literal(wanted.group(2).rpartition("= ")[2])
    wrong = _literal(failure["got"].removeprefix(f"{name} "))
    found = [place for place, value in leaves(_json(end)) if place.rpartition("/")[2] == name and value == wrong]
    return ["other than", found[0], right] if found and right is not None and right != wrong else None


def _distinct(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """`six different ids` and the list of them."""
    shown = _literal(failure["got"])
    if "different" not in failure["expected"] or not isinstance(shown, list) or len(set(map(str, shown))) == len(shown):
        return None
    answers = [dict(leaves(_json(step))) for step in steps if step.operation == end.operation]
    for place in answers[-1] if answers else ():
        if Counter(str(one.get(place)) for one in answers) == Counter(map(str, shown)):
            return ["distinct", end.operation, place]
    return None


def _once_each(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """`35 receipts once each` and `5 missing, 0 repeated`: what was sent is known by the names that are usually shown."""
    wanted, told = _ONCE_EACH.fullmatch(failure["expected"]), _MISSING.fullmatch(failure["got"])
    if wanted is None or told is None or end.lane:
        return None
    earlier = [step for step in steps if not step.lane and step is not end]
    known = {name for step in earlier for name in (*_names(step.request.body), *_answered(step))}
    sent = {name for step in steps if step.lane for name in _names(step.request.body)} - known
    shown = Counter(str(value) for _, value in leaves(_json(end)))
    there = Counter(shown[name] for name in sent if shown[name])
    if not there:
        return None
    usual = there.most_common(1)[0][0]
    missing = sorted(name for name in sent if not shown[name])
    repeated = sorted(name for name in sent if shown[name] > usual)
    if (len(sent), len(missing), len(repeated)) != (int(wanted.group(1)), *map(int, told.groups())):
        return None
    return ["once each", sorted(sent), usual, "missing" if missing else "repeated"]


def _asked_for(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """Readings at the same time, each of a record of its own that is named in its address."""
    if not end.lane or end.request.method != "GET":
        return None
    names = [
        [place, found[0]]
        for place, step in enumerate(steps)
        if step.lane and (found := TOKEN.findall(unquote(step.request.url)))
    ]
    lacking = {place for place, name in names if not _says(steps[place], name)}
    at_end = steps.index(end)
    mixed_up = at_end in lacking and any(place != at_end and _says(end, name) for place, name in names)
    return ["asked for", names] if mixed_up and len(lacking) < len(names) else None


def _in_all(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """`3 clips in all, none below zero` and the counts that were read when all was done."""
    wanted, shown = IN_ALL.fullmatch(failure["expected"]), _literal(failure["got"])
    if wanted is None or not isinstance(shown, list):
        return None
    first = max((place for place, step in enumerate(steps) if step.lane), default=len(steps)) + 1
    answers = [dict(leaves(_json(step))) for step in steps[first:]]
    for place in answers[0] if answers else ():
        if sorted(map(str, (one.get(place) for one in answers))) == sorted(map(str, shown)):
            return ["in all", int(wanted.group(1)), place, first]
    return None


def _succeeded(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """`1 of 9 to succeed` and `8`, where nine steps of several lanes asked for the same."""
    wanted, came = _OF_SO_MANY.fullmatch(failure["expected"]), _SUCCEEDED.fullmatch(failure["got"])
    if wanted is None or came is None or end.lane:
        return None
    sizes = int(wanted.group(2)), int(came.group(1))
    alike = [places for _, places in _asked_alike(steps, end) if (len(places), _successes(steps, places)) == sizes]
    right = int(wanted.group(1))
    return ["succeeded", alike[0], right, "more" if sizes[1] > right else "fewer"] if len(alike) == 1 else None


def _counted(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """`redemptionCount 4 of open` and `0`, where an item of the last answer names what four successful steps asked for."""
    wanted, shown = _COUNT_OF_ONE.fullmatch(failure["expected"]), _literal(failure["got"])
    if wanted is None or end.lane:
        return None
    member, right = wanted.group(1), int(wanted.group(2))
    for item in _items(_json(end)):
        if member in item and item[member] == shown != right:
            for names, places in _asked_alike(steps, end):
                if item.get("id") in names and _successes(steps, places) == right:
                    return ["counted", places, item["id"], member]
    return None


def _asked_alike(steps: Sequence[Exchange], end: Exchange) -> list[tuple[set[str], list[int]]]:
    """The steps of all lanes that name the same records, one of which the last request asks for: those names, those places."""
    lanes = {place: _names(step.request.body) for place, step in enumerate(steps) if step.lane}
    often = Counter(name for names in lanes.values() for name in names)
    asked: dict[frozenset[str], list[int]] = {}
    for place, names in lanes.items():
        asked.setdefault(frozenset(name for name in names if often[name] > 1), []).append(place)
    of_the_end = set(TOKEN.findall(unquote(end.request.url)))
    return [(set(names), places) for names, places in asked.items() if names & of_the_end]


def _successes(steps: Sequence[Exchange], places: Sequence[int]) -> int:
    return sum(one.response is not None and one.response.status < 400 for one in (steps[place] for place in places))


def _items(document: Any) -> list[dict[str, Any]]:
    return [item for item in document if isinstance(item, dict)] if isinstance(document, list) else []


def _names(content: bytes) -> set[str]:
    return set(TOKEN.findall(content.decode("utf-8", "replace")))


def _answered(step: Exchange) -> set[str]:
    return _names(step.response.body) if step.response else set()


def _says(step: Exchange, name: str) -> bool:
    return step.response is not None and name.lower() in step.response.text.lower()


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _json(step: Exchange) -> Any:
    try:
        return orjson.loads(step.response.body) if step.response else None
    except ValueError:
        return None
