"""Which variations may be shown at once, so that one long run looks at several of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import TypeAlias

from oip_conformance.detection.deviations import Deviation

LARGEST = 9
"""Variations in one company: the more, the likelier that one hides what another would show."""

TURNS = 2
"""Times that a variation is shown, each time with others, so that it is hidden only if both companies hide it."""

APART = frozenset({"pace", "busy", "state"})
"""Families whose variations leave less to be seen of all others; they are shown among themselves."""

Pair: TypeAlias = frozenset[Deviation]


@dataclass(frozen=True)
class Showing:
    """One company, and which turn it is; each turn takes another seed, and those after the first the shorter run."""

    company: tuple[Deviation, ...]
    turn: int


def showings(variations: Sequence[Deviation]) -> list[Showing]:
    """All companies of all turns; one that a turn before had already is not shown again."""
    made: dict[frozenset[Deviation], Showing] = {}
    met: set[Pair] = set()
    for turn in range(TURNS):
        for company in companies(variations, met):
            made.setdefault(frozenset(company), Showing(company, turn))
        met = {pair for shown in made for pair in map(frozenset, combinations(shown, 2))}
    return list(made.values())


def companies(variations: Sequence[Deviation], met: Collection[Pair] = ()) -> list[tuple[Deviation, ...]]:
    """Companies of variations of different families that need the same profile, of such as have not met where it can be."""
    alike: dict[tuple[bool, str], list[Deviation]] = defaultdict(list)
    for one in variations:
        alike[one.family in APART, one.profile].append(one)
    return [company for _, some in sorted(alike.items()) for company in _companies(some, met)]


def _companies(variations: Sequence[Deviation], met: Collection[Pair]) -> list[tuple[Deviation, ...]]:
    """As few as can be: one after the other goes where there is room, there where the fewest are whom it has met."""
    families: dict[str, list[Deviation]] = defaultdict(list)
    for one in variations:
        families[one.family].append(one)
    largest_first = sorted(families.values(), key=lambda family: (-len(family), family[0].family))
    count = max(len(largest_first[0]), ceil(len(variations) / LARGEST))
    made: list[list[Deviation]] = [[] for _ in range(count)]
    for family in largest_first:
        without = list(made)  # a company gets no two of a family
        for one in family:
            place = min(
                without, key=lambda company: (len(company) >= LARGEST, _met_in(company, one, met), len(company))
            )
            without = [company for company in without if company is not place]
            place.append(one)
    return [tuple(company) for company in made if company]


def _met_in(company: Sequence[Deviation], one: Deviation, met: Collection[Pair]) -> int:
    return sum(frozenset((one, other)) in met for other in company)
