"""A corpus of faults of packs: each stands beside the finding that it must lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Fault: TypeAlias = Callable[[Any], None]
"""Spoils a pack, given its forger."""


class Corpus(list[tuple[str, Fault]]):
    """Faults, each after the code of its finding."""

    def refused_as(self, code: str) -> Callable[[Fault], Fault]:
        """Keep a fault, with the finding that it must lead to."""

        def keep(fault: Fault) -> Fault:
            self.append((code, fault))
            return fault

        return keep
