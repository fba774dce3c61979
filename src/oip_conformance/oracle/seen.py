"""What was found in a body, kept for the next one that is equal: many answers of a run differ in their date alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Found = TypeVar("Found")

AT_MOST = 16_384
"""So many findings are kept; a run of days starts again from none."""


class Seen(Generic[Found]):
    """Findings by what they depend on. Whoever asks names all of that in the key; no body is kept, only its digest."""

    def __init__(self, at_most: int = AT_MOST) -> None:
        self._at_most = at_most
        self._findings: dict[Hashable, Found] = {}

    def __call__(self, key: Hashable, look: Callable[[], Found]) -> Found:
        """What is known under a key, or else what `look` finds."""
        try:
            return self._findings[key]
        except KeyError:
            found = look()
        if len(self._findings) >= self._at_most:
            self._findings.clear()
        self._findings[key] = found
        return found
