"""Making a failing request small while the target is there: ever simpler ones are sent, and the judge keeps the smallest.

Only what a target proves whatever it was meant to answer is made smaller. A request that had to succeed or had to be refused
would mean something else without a part of it, and already differs in one thing from its twin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from oip_conformance.contract import Operation
from oip_conformance.generation.case import Case
from oip_conformance.generation.shrink import shrink
from oip_conformance.scenario.voice import Voice
from oip_conformance.target import Reply

BUDGET = 60
"""So many requests for one failure at the most."""

FAILURES = 3
"""So many failures of one operation are made smaller; more of them rarely have another cause."""

LARGEST = 20_000
"""Bytes of a case that is made smaller; trying all parts of a larger one would take longer than it is worth."""

_BOUND_TO_INTENT = ("OIP-POS-", "OIP-NEG-")


class Ask(Protocol):
    """Sends a case."""

    def __call__(self, case: Case, *, intent: str | None = None) -> Reply: ...


class Shrinking:
    """Shrinks the failures of one operation."""

    def __init__(self, oip: Voice, operation: Operation, ask: Ask) -> None:
        self._oip = oip
        self._operation = operation
        self._ask = ask

    def run(self, cases: Iterable[Case]) -> int:
        """Shrink the first failures among these cases; returns how many requests that took.

        Nothing is sent where a smaller request could reach somebody: a write on a target that is not on this machine.
        """
        if not self._oip.target.gate.everything and self._operation.effect != "read":
            return 0
        by_id = {case.id: case for case in cases}
        smallest: dict[tuple[str, str], Case] = {}
        for requirement, broken, exchange in list(self._oip.broken):
            case = by_id.get(exchange.case or "")
            if case is None or exchange.response is None or requirement.startswith(_BOUND_TO_INTENT):
                continue
            known = smallest.setdefault((requirement, broken.cause), case)
            if _size(case) < _size(known):
                smallest[requirement, broken.cause] = case
        shown = {case.id: cause for cause, case in smallest.items() if _size(case) <= LARGEST}
        return sum(
            shrink(by_id[name], self._still_breaks(cause), budget=BUDGET).calls
            for name, cause in list(shown.items())[:FAILURES]
        )

    def _still_breaks(self, cause: tuple[str, str]) -> Callable[[Case], bool]:
        def still_breaks(case: Case) -> bool:
            reply = self._ask(case, intent="probe")
            return any(
                exchange.id == reply.exchange.id and (requirement, broken.cause) == cause
                for requirement, broken, exchange in self._oip.broken[-20:]
            )

        return still_breaks


def _size(case: Case) -> int:
    return len(case.path) + len(case.query) + len(case.body or b"")
