"""Deliberate deviations: defects, which must be caught, and variations, which must not be flagged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from oip_reference.server import ReferenceServer

Change: TypeAlias = Callable[[ReferenceServer], None]


class UnknownDeviation(Exception):
    """There is no defect or variation of this name."""


@dataclass(frozen=True)
class Deviation:
    """One deliberate difference: its name (a sentence), its family, the requirements it breaks (a variation breaks
    none), what it does in words, and how it changes a server."""

    id: str
    family: str
    breaks: tuple[str, ...]
    summary: str
    apply: Change


class Register:
    """Deviations of one kind by name; a name is registered once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._known: dict[str, Deviation] = {}

    def add(self, identifier: str, family: str, breaks: tuple[str, ...]) -> Callable[[Change], Change]:
        """A decorator; the summary is the first line of the function's docstring."""

        def register(change: Change) -> Change:
            if identifier in self._known:
                raise ValueError(f"the {self.kind} {identifier} is registered twice")
            summary = (change.__doc__ or "").strip().partition("\n")[0]
            if not summary:
                raise ValueError(f"the {self.kind} {identifier} does not say what it does")
            self._known[identifier] = Deviation(identifier, family, breaks, summary, change)
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
