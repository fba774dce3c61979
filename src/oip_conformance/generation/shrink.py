"""Shrinking: the smallest request that still fails, found by sending ever simpler ones.

Works on what a case is made of: members and elements of a JSON body, parameters of the query, headers, texts and
numbers. Every candidate is judged by the caller, who sends it; a budget bounds how often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from oip_conformance.generation.case import Case
from oip_conformance.generation.conformity import body_value

StillFails = Callable[[Case], bool]


@dataclass(frozen=True)
class Shrunk:
    """The smallest failing case found, after how many calls, and whether nothing simpler is left to try."""

    case: Case
    calls: int
    finished: bool


def shrink(case: Case, still_fails: StillFails, *, budget: int = 200) -> Shrunk:
    """Simplify a failing case while it keeps failing, with at most `budget` calls of the predicate.

    The case itself is taken to fail. Each success starts over from the simpler case, largest cuts first.
    """
    calls = 0
    tried = {_weight(case)[1]}
    while True:
        for candidate in _simpler(case):
            weight = _weight(candidate)
            if weight[1] in tried or weight >= _weight(case):
                continue
            if calls >= budget:
                return Shrunk(case, calls, finished=False)
            tried.add(weight[1])
            calls += 1
            if still_fails(candidate):
                case = candidate
                break
        else:
            return Shrunk(case, calls, finished=True)


def _weight(case: Case) -> tuple[int, tuple[object, ...]]:
    """A simpler case weighs less: fewer bytes, then smaller in order."""
    form = (case.path, case.query, case.headers, case.body or b"")
    size = len(case.path) + len(case.query) + len(case.body or b"") + sum(len(n) + len(v) for n, v in case.headers)
    return size, form


def _simpler(case: Case) -> Iterator[Case]:
    for number in range(len(case.headers)):
        yield replace(case, headers=case.headers[:number] + case.headers[number + 1 :])
    yield from _simpler_queries(case)
    value = body_value(case.body, case.media_type)
    if isinstance(value, dict | list):
        for simpler in _simpler_values(value):
            yield replace(case, body=orjson.dumps(simpler))
    elif case.body:
        for size in _halvings(len(case.body)):
            yield replace(case, body=case.body[:size])


def _simpler_queries(case: Case) -> Iterator[Case]:
    pairs = case.query.split("&") if case.query else []
    for number, pair in enumerate(pairs):
        yield replace(case, query="&".join(pairs[:number] + pairs[number + 1 :]))
        name, equals, text = pair.partition("=")
        if equals and "%" not in text and "{{" not in text:
            for shorter in _simpler_texts(text):
                simpler = [*pairs[:number], f"{name}={shorter}", *pairs[number + 1 :]]
                yield replace(case, query="&".join(simpler))


def _simpler_values(value: Any) -> Iterator[Any]:
    """Simpler JSON values, largest cuts first: halves, single members, then what is inside them."""
    if isinstance(value, dict):
        yield from (dict(part) for part in _cuts(list(value.items())))
        for name, member in value.items():
            for simpler in _simpler_values(member):
                yield {**value, name: simpler}
    elif isinstance(value, list):
        yield from _cuts(value)
        for number, element in enumerate(value):
            for simpler in _simpler_values(element):
                yield [*value[:number], simpler, *value[number + 1 :]]
    elif isinstance(value, str) and "{{" not in value:
        yield from _simpler_texts(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _simpler_numbers(value)


def _cuts(parts: list[Any]) -> Iterator[list[Any]]:
    """Without large pieces, then without small ones, down to one at a time."""
    size = len(parts)
    while size:
        for start in range(0, len(parts), size):
            yield parts[:start] + parts[start + size :]
        size //= 2


def _simpler_texts(text: str) -> Iterator[str]:
    for size in _halvings(len(text)):
        yield text[:size]
    if text:
        yield text[1:]
    plain = "".join("a" if ord(letter) > 126 else letter for letter in text)
    if plain != text:
        yield plain


def _simpler_numbers(number: int | float) -> Iterator[int | float]:
    whole = int(number) if abs(number) < 2**53 else 0
    for simpler in (0, 1, -1, whole // 10 if whole > 0 else -(-whole // 10), whole):
        if len(str(simpler)) < len(str(number)):
            yield simpler


def _halvings(size: int) -> Iterator[int]:
    shorter = 0
    while shorter < size:
        yield shorter
        shorter = size - (size - shorter) // 2 if size - shorter > 1 else size
