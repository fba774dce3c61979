"""Which variations may be shown at once, so that one long run looks at several of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from oip_conformance.detection.deviations import Deviation

LARGEST = 7
"""Variations in one company: the more, the likelier that one hides what another would show."""

TURNS = 2
"""Times that a variation is shown, each time with others, so that it is hidden only if both companies hide it."""

APART = frozenset({"pace", "busy", "state"})
"""Families whose variations leave less to be seen of all others; they are shown among themselves."""

_STEP = 3
"""How far the families are moved against each other from one turn to the next."""


@dataclass(frozen=True)
class Showing:
    """One company, and which turn it is; each turn takes another seed, and those after the first the shorter run."""

    company: tuple[Deviation, ...]
    turn: int


def showings(variations: Sequence[Deviation]) -> list[Showing]:
    """All companies of all turns; one that a turn before had already is not shown again."""
    made: dict[frozenset[Deviation], Showing] = {}
    for turn in range(TURNS):
        for company in companies(variations, turn):
            made.setdefault(frozenset(company), Showing(company, turn))
    return list(made.values())


def companies(variations: Sequence[Deviation], turn: int = 0) -> list[tuple[Deviation, ...]]:
    """Companies of variations of different families that need the same profile; with another turn, other companies."""
    apart = [one for one in variations if one.family in APART]
    others = [one for one in variations if one.family not in APART]
    return [*_companies(others, turn), *_companies(apart, turn)]


def _companies(variations: Sequence[Deviation], turn: int) -> list[tuple[Deviation, ...]]:
    by_family: dict[str, list[Deviation]] = defaultdict(list)
    for one in variations:
        by_family[one.family].append(one)
    made: list[list[Deviation]] = []
    for rank, family in enumerate(sorted(by_family, key=lambda name: (-len(by_family[name]), name))):
        for position, one in enumerate(by_family[family]):
            first = position + turn * rank * _STEP
            order = (made[(first + step) % len(made)] for step in range(len(made)))
            place = next((company for company in order if _has_room(company, one)), None)
            if place is None:
                made.append([one])
            else:
                place.append(one)
    return [tuple(company) for company in made]


def _has_room(company: Sequence[Deviation], one: Deviation) -> bool:
    return (
        len(company) < LARGEST
        and company[0].profile == one.profile
        and one.family not in {other.family for other in company}
    )
