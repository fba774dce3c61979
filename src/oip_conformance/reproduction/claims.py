"""What a story that asks at the same time says of all its answers, as a claim that a script can hold against them again.

Which of several calls is first is decided anew each time, so that no single answer comes again. What must hold of all of them
does: that a sum is right, that no two have one number, that each thing that was sent is there once. A claim is made only where
the recorded answers show the fault that the failure tells of, so that a script says no more than its answers do.

    ["other than", pointer, right]          the last answer has another value there than the right one
    ["distinct", operation, pointer]        two answers have the same value there
    ["once each", ids, usual, how]          of what was sent something is "missing" in the last answer, or "repeated"
    ["asked for", [[step, name], ...]]      an answer does not name what its request did, and names what another did
    ["in all", total, pointer, first]       the values in the answers from a step on do not add up to it, or one is below zero
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
_MISSING = re.compile(r"(\d+) missing, (\d+) repeated")


def claim_of(failure: Mapping[str, Any], steps: Sequence[Exchange], end: Exchange) -> Claim | None:
    """The claim that a failed story makes of its answers; None where they are not known to show it."""
    makers = (_in_all, _once_each, _distinct, _asked_for, _other_than)
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
