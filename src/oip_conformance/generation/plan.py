"""How many cases of which sort each level asks an operation for: the numbers, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oip_conformance.contract import Operation

Level = Literal["smoke", "standard", "deep"]

SHIPPED_SEED = 0
"""The seed whose cases ship with the suite, so that everybody is asked the same questions."""


@dataclass(frozen=True)
class Plan:
    """Upper bounds for one operation. `coverage` None means all of it; fuzzing is counted before duplicates go."""

    examples: int = 0
    coverage: int | None = 0
    unsupported_methods: int = 0
    malformed: int = 0
    domain: int = 0
    positive: int = 0
    negative: int = 0


def plan_for(operation: Operation, level: Level, seed: int) -> Plan:
    """What to draw. With the shipped seed it is everything a level has; with another, the fresh part put on top."""
    if seed != SHIPPED_SEED:
        return _fresh(operation, level)
    if level == "smoke":
        return Plan(examples=2, coverage=15, unsupported_methods=1, malformed=3, domain=6)
    positive, negative = (160, 160) if operation.request_media_types else (110, 110) if operation.parameters else (1, 0)
    return Plan(
        examples=10,
        coverage=None,
        unsupported_methods=10,
        malformed=20,
        domain=40,
        positive=positive,
        negative=negative,
    )


def _fresh(operation: Operation, level: Level) -> Plan:
    """Random ids in a path lead to 404 whatever the seed, so only bodies and queries are asked afresh."""
    if level == "smoke":
        return Plan()
    positive, negative = (0, 0)
    if operation.id in _SLOW_TO_DRAW:
        positive, negative = 4, 6
    elif operation.request_media_types:
        positive, negative = 26, 26
    elif any(parameter.location == "query" for parameter in operation.parameters):
        positive, negative = 6, 6
    factor = 4 if level == "deep" else 1
    return Plan(positive=positive * factor, negative=negative * factor)


_SLOW_TO_DRAW = frozenset({"addTransactions"})
"""Operations whose deep bodies take a quarter of a second to draw, and so are drawn less often while a run waits."""
