"""Deliberate deviations: defects, which must be caught, and variations, which must not be flagged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

from oip_reference.server import ReferenceServer

Change: TypeAlias = Callable[[ReferenceServer], None]


class UnknownDeviation(Exception):
    """There is no defect or variation of this name."""


@dataclass(frozen=True)
class Deviation:
    """One deliberate difference: its name (a sentence), its family, the requirements it breaks (a variation breaks
    none), what it does in words, how it changes a server, which requirements necessarily fail with those it breaks, and
    the example profile without which it would change nothing (empty: the default one)."""

    id: str
    family: str
    breaks: tuple[str, ...]
    summary: str
    apply: Change
    also: tuple[str, ...] = ()
    profile: str = ""

    def to_json(self) -> dict[str, Any]:
        """What is known of it before it is applied."""
        return {
            "id": self.id,
            "family": self.family,
            "breaks": list(self.breaks),
            "also": list(self.also),
            "lie": self.summary,
            "profile": self.profile,
        }


class Register:
    """Deviations of one kind by name; a name is registered once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._known: dict[str, Deviation] = {}

    def add(
        self,
        identifier: str,
        family: str,
        breaks: tuple[str, ...],
        *,
        also: tuple[str, ...] = (),
        profile: str = "",
    ) -> Callable[[Change], Change]:
        """A decorator; the summary is the first line of the function's docstring."""

        def register(change: Change) -> Change:
            if identifier in self._known:
                raise ValueError(f"the {self.kind} {identifier} is registered twice")
            summary = (change.__doc__ or "").strip().partition("\n")[0]
            if not summary:
                raise ValueError(f"the {self.kind} {identifier} does not say what it does")
            self._known[identifier] = Deviation(identifier, family, breaks, summary, change, also, profile)
            return change

        return register

    def named(self, identifier: str) -> Deviation:
        """The deviation of this name; raises `UnknownDeviation` with the nearest name."""
        found = self._known.get(identifier)
        if found is None:
            near = get_close_matches(identifier, self._known, n=1)
            raise UnknownDeviation(
                f"there is no {self.kind} {identifier}" + (f"; did you mean {near[0]}?" if near else "")
            )
        return found

    def __iter__(self) -> Iterator[Deviation]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)
