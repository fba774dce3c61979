"""The rounds of a run: one, or with a budget as many as there is time for, each with the next seed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from oip_conformance.run.execution import run_suite
from oip_conformance.run.progress import ProgressListener
from oip_conformance.session import Settings
from oip_conformance.session.ledger import read_ledgers

INTERRUPTED = 2
"""What pytest ends with when it was interrupted, or when a test asked it to stop."""


@dataclass
class Ran:
    """How the rounds went. `rounds` holds for each its seed, and how many of its tests were run."""

    code: int = 0
    errors: list[str] = field(default_factory=list)
    rounds: list[dict[str, Any]] = field(default_factory=list)


def run_rounds(settings: Settings, listen: Callable[[str], ProgressListener], ran: Ran) -> None:
    """Run the suite; `listen` makes a listener for a label. What happened is put into `ran` as it happens.

    The first round is the whole standard part. The others draw with a fresh seed and send again what was shipped.
    """
    while True:
        label = f"{settings.level} run" if settings.deadline is None else f"round {settings.round + 1}"
        listener = listen(label)
        seen: dict[str, Any] = {"seed": settings.seed, "tests": 0, "of": 0}
        ran.rounds.append(seen)
        try:
            ran.code = run_suite(settings, listener)
        finally:
            seen |= {"tests": listener.done, "of": listener.total}
            ran.errors += listener.errors
        over = settings.deadline is None or time.time() >= settings.deadline
        if over or ran.code not in (0, 1) or not listener.total:
            return
        settings = next_round(settings)


def next_round(settings: Settings) -> Settings:
    """The settings of the round that follows, with what was spent so far."""
    spent, created = spending(settings)
    return replace(settings, seed=settings.seed + 1, round=settings.round + 1, spent=spent, created=created)


def spending(settings: Settings) -> tuple[int, int]:
    """How many requests were sent and how many customers made so far, in all processes."""
    spent = 0
    for path in settings.parts.glob("*.evidence.ndjson"):
        with path.open("rb") as lines:
            spent += sum(1 for _ in lines)
    created = sum(one["kind"] == "created" for one in read_ledgers(settings.parts.glob("*.ledger.ndjson")))
    return spent, created
