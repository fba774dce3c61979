"""Which variations may be shown at once, so that one long run looks at several of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from oip_conformance.detection.deviations import Deviation

LARGEST = 5
"""Variations in one company: the more, the likelier that one hides what another would show."""

ALONE = frozenset({"pace", "busy", "state"})
"""Families whose variations leave less to be seen of all others."""


def companies(variations: Sequence[Deviation]) -> list[tuple[Deviation, ...]]:
    """Companies of variations of different families that need the same profile."""
    made: list[list[Deviation]] = []
    by_family: dict[str, list[Deviation]] = defaultdict(list)
    for one in variations:
        by_family[one.family].append(one)
    for family in sorted(by_family, key=lambda name: -len(by_family[name])):
        for one in by_family[family]:
            place = next((company for company in made if family not in ALONE and _has_room(company, one)), None)
            if place is None:
                made.append([one])
            else:
                place.append(one)
    return [tuple(company) for company in made]


def _has_room(company: Sequence[Deviation], one: Deviation) -> bool:
    return (
        len(company) < LARGEST
        and company[0].profile == one.profile
        and company[0].family not in ALONE
        and one.family not in {other.family for other in company}
    )
