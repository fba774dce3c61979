"""What a rule says of an exchange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oip_conformance.contract import Contract, Operation
from oip_conformance.evidence.exchange import Exchange


@dataclass(frozen=True)
class Broken:
    """A rule that an exchange breaks. `cause` groups like with like: it holds nothing that varies from case to case."""

    cause: str
    title: str
    expected: str
    got: str


@dataclass(frozen=True)
class Kept:
    """A rule that an exchange reached and keeps."""


KEPT = Kept()

Judgement = Broken | Kept | None
"""None: the exchange does not reach the rule, so it proves nothing about it."""


@dataclass(frozen=True)
class Scene:
    """All that a rule on a single exchange may look at."""

    exchange: Exchange
    operation: Operation | None
    contract: Contract


Rule = Callable[[Scene], Judgement]
