"""Twins: for each invalid case the valid one it differs from in the fewest things.

A refusal proves something only beside the acceptance of a request that is the same but for one thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from oip_conformance.generation.bindings import references
from oip_conformance.generation.case import Case
from oip_conformance.generation.conformity import body_value


def with_twins(cases: list[Case]) -> list[Case]:
    """Valid cases first, then invalid ones, each with the name of its nearest valid case, if there is any."""
    valid = [case for case in cases if case.intent != "invalid"]
    invalid = [case for case in cases if case.intent == "invalid"]
    known = [(case, _traits(case), _rank(case)) for case in valid]
    return valid + [replace(case, twin=_nearest(case, known)) for case in invalid]


def _nearest(case: Case, known: list[tuple[Case, frozenset[object], int]]) -> str | None:
    if not known:
        return None
    traits = _traits(case)
    return min(known, key=lambda one: (len(traits ^ one[1]), one[2], one[0].id))[0].id


def _rank(case: Case) -> int:
    """Between equally near cases the one that surely succeeds wins: one that names what exists, then an example."""
    order = {"domain": 0, "example": 1, "coverage": 2, "fuzzing": 3}
    return 2 * order[case.origin] + (0 if references(case) else 1)


def _traits(case: Case) -> frozenset[object]:
    traits: set[object] = {("path", number, part) for number, part in enumerate(case.path.split("/"))}
    traits |= {("query", part) for part in case.query.split("&") if part}
    traits |= {("header", pair) for pair in case.headers}
    traits.add(("media type", (case.media_type or "").partition(";")[0]))
    value = body_value(case.body, case.media_type)
    traits.update(_leaves(value, "")) if value is not None else traits.add(("body", case.body))
    return frozenset(traits)


def _leaves(value: Any, way: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield way, "{}"
        for name, one in value.items():
            yield from _leaves(one, f"{way}/{name}")
    elif isinstance(value, list):
        yield way, "[]"
        for number, one in enumerate(value):
            yield from _leaves(one, f"{way}/{number}")
    else:
        yield way, repr(value)
