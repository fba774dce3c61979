"""Comparing what a target shows with what was sent, by meaning and not by spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import quote

from oip_conformance.evidence import in_lane
from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.signals import shown
from oip_conformance.scenario.spelling import composed, equal

T = TypeVar("T")

LONG_ENOUGH = 6
"""So many characters of an identifier do not stand in another text by chance."""

_NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]+)?")

VOLATILE = frozenset({"UpdatedAt", "updatedAt"})
"""Members that may differ between two readings of an unchanged record."""

SETS = frozenset({"interests", "favoriteStores", "favouriteStores"})
"""Lists of which only the members count: nobody is said to be interested in one thing before another."""

NAMED_BY_ID = frozenset({"promotions", "loyaltyCards"})
"""Lists of records with ids, whose order is nowhere promised."""


def expect_shown(answer: Answer, record: Any, sent: Mapping[str, Any]) -> None:
    """Every field of `sent` is in `record` with the value that was sent. Raises Unmet naming the first that is not."""
    answer.compared(record, sent)
    for name, value in sent.items():
        got = record.get(name) if isinstance(record, Mapping) else None
        if not means(name, value, got):
            raise answer.unmet(f"{name} {shown(value)}", f"{name} {shown(got)}")


def means(name: str, sent: Any, got: Any) -> bool:
    """Whether a shown value says what was sent: zip codes by their digits, dates of birth by their day, texts by their
    letters, composed or not. An object may have more members than were sent."""
    if isinstance(sent, Mapping):
        return isinstance(got, Mapping) and all(means(key, value, got.get(key)) for key, value in sent.items())
    if name in SETS and isinstance(sent, list) and isinstance(got, list):
        return sorted(composed(map(str, got))) == sorted(composed(map(str, sent)))
    if isinstance(sent, list) and isinstance(got, list):
        return len(sent) == len(got) and all(means("", a, b) for a, b in zip(sent, got, strict=True))
    if name == "zip":
        return str(got) == str(sent) or (not isinstance(sent, str) and str(got).lstrip("0") == str(sent))
    if name == "birthDate" and isinstance(sent, str):
        return isinstance(got, str) and got[:10] == sent[:10]
    return equal(got, sent)


def expect_same(answer: Answer, before: Any, after: Any, *, except_for: Iterable[str] = ()) -> None:
    """Two readings of a record are equal, times of change aside. Raises Unmet naming the first difference."""
    answer.compared_whole(after, frozenset(except_for))
    difference = first_difference(before, after, frozenset(except_for) | VOLATILE)
    if difference:
        place, was, now = difference
        raise answer.unmet(f"{place or '/'} unchanged: {shown(was)}", shown(now))


def expect_same_substance(answer: Answer, before: Any, after: Any) -> None:
    """Two answers in a free form say the same: shape, numbers and yes or no. Words may be new, as ids and times are."""
    expect_same(answer, _substance(before), _substance(after))


def _substance(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _substance(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_substance(part) for part in value]
    return value if not isinstance(value, str) or _NUMBER.fullmatch(value) else ""


def moving(one: Any, two: Any) -> frozenset[str]:
    """The members in which two answers to the same question differ: trace ids, times, numbers of calculations.

    What moves by itself says nothing of a third answer, so comparisons leave it out.
    """
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        found: set[str] = set()
        for name in {*one, *two}:
            inner = moving(one.get(name), two.get(name))
            found |= inner or ({str(name)} if one.get(name) != two.get(name) else set())
        return frozenset(found)
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return frozenset[str]().union(*(moving(a, b) for a, b in zip(one, two, strict=True)))
    return frozenset()


def without_the_question(value: Any, *asked: str) -> Any:
    """A JSON value in which texts do not repeat what was asked for, as an error that names its path does."""
    if isinstance(value, Mapping):
        return {name: without_the_question(part, *asked) for name, part in value.items()}
    if isinstance(value, list):
        return [without_the_question(part, *asked) for part in value]
    if isinstance(value, str):
        for one in asked:
            for spelling in (one, quote(one), quote(one, safe="")):
                value = value.replace(spelling, "") if spelling else value
    return value


def mentions(value: Any, wanted: str) -> bool:
    """Whether a JSON value says `wanted`: as a value of its own, or, where it is long enough to be told from chance,
    within a text. Escapes and slashes of the JSON are read, so `\\u00e5` is å."""
    if isinstance(value, Mapping):
        return any(mentions(part, wanted) for part in value.values())
    if isinstance(value, list):
        return any(mentions(part, wanted) for part in value)
    if isinstance(value, str):
        return value == wanted or (len(wanted) >= LONG_ENOUGH and wanted in value)
    return len(wanted) >= LONG_ENOUGH and not isinstance(value, bool) and str(value) == wanted


def first_difference(one: Any, two: Any, ignored: frozenset[str], place: str = "") -> tuple[str, Any, Any] | None:
    """Where two JSON values first differ, and both values there; None when they are equal."""
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        for name in sorted({*one, *two} - ignored):
            found = first_difference(one.get(name), two.get(name), ignored, f"{place}/{name}")
            if found:
                return found
        return None
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        if place.rpartition("/")[2] in NAMED_BY_ID:
            one, two = (sorted(listed, key=_id_of) for listed in (one, two))
        pairs = enumerate(zip(one, two, strict=True))
        found_in = (first_difference(a, b, ignored, f"{place}/{position}") for position, (a, b) in pairs)
        return next((found for found in found_in if found), None)
    return None if one == two or equal(one, two) else (place, one, two)


def _id_of(item: Any) -> str:
    return str(item.get("id")) if isinstance(item, Mapping) else str(item)


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make all these calls at the same time, each in a lane of its own; returns their results in order.

    None begins before all lanes are ready. The first exception is raised. Inside a lane ids may be drawn, and no people.
    """
    ready = Barrier(len(calls))

    def in_its_lane(number: int, call: Callable[[], T]) -> T:
        with in_lane(number):
            ready.wait()
            return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(in_its_lane, range(1, len(calls) + 1), calls))
