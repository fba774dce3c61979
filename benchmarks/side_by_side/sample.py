"""Which defects and variations are tried, and in which order: the same for the same list, and balanced at any point.

From every family the members are taken at even distances over the family's list; the first of every family come before the
second of any, so that a measurement that is stopped early has still seen all families.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from oip_conformance.detection.deviations import Deviation

CLASSES = {
    "contract (status, schema, types, headers)": ("status", "schema", "types", "headers"),
    "error envelope, refusals": ("envelope", "refusals"),
    "authentication, activation": ("authentication", "activation"),
    "isolation of accounts": ("isolation",),
    "secrets in answers": ("secrets",),
    "validation, boundaries": ("validation", "boundary", "extremes"),
    "encoding": ("encoding",),
    "state (lost, stale, partial, repeated)": ("state", "lost", "stale", "partial", "duplicated", "idempotency"),
    "values, arithmetic": ("arithmetic",),
    "business rules: limits and windows": ("limits",),
    "paging": ("paging",),
    "concurrency": ("concurrency",),
    "rare, data-dependent": ("rare",),
    "slow or cut answers": ("slow",),
}
"""A row of the table -> the families of defects in it."""

VARIATIONS = "harmless variations"


def class_of(family: str) -> str:
    """The row of a family of defects; a family that nobody has sorted in stands for itself."""
    return next((name for name, families in CLASSES.items() if family in families), family)


def sampled(known: Iterable[Deviation], *, per_family: int, variations_per_family: int) -> list[Deviation]:
    """So many of every family (0: all), in balanced order, variations among the defects."""
    known = list(known)
    defects = _balanced([one for one in known if one.kind == "defect"], per_family)
    variations = _balanced([one for one in known if one.kind == "variation"], variations_per_family)
    return _interleaved(defects, variations)


def _balanced(known: Sequence[Deviation], count: int) -> list[Deviation]:
    families: dict[str, list[Deviation]] = defaultdict(list)
    for one in known:
        families[one.family].append(one)
    columns = zip_longest(*(_evenly(one, count) for one in families.values()))
    return [one for column in columns for one in column if one is not None]


def _evenly(members: Sequence[Deviation], count: int) -> list[Deviation]:
    if count == 0 or count >= len(members):
        return list(members)
    return [members[(2 * position + 1) * len(members) // (2 * count)] for position in range(count)]


def _interleaved(many: Sequence[Deviation], few: Sequence[Deviation]) -> list[Deviation]:
    if not few:
        return list(many)
    step = len(many) / len(few)
    keyed = [(float(position), 0, one) for position, one in enumerate(many)]
    keyed += [((position + 0.5) * step, 1, one) for position, one in enumerate(few)]
    return [one for *_, one in sorted(keyed, key=lambda entry: entry[:2])]
