"""How an attempt at a test ended: an exception, or none, read as a state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from oip_conformance.contract import OperationMissing
from oip_conformance.evidence import Exchange
from oip_conformance.oracle import Broken
from oip_conformance.scenario.signals import Inconclusive, NotApplicable, NotTested, Unmet
from oip_conformance.target import LimitReached, NotAllowed
from oip_conformance.verdict.state import State


@dataclass(frozen=True)
class Ending:
    """The state of one attempt, why, what was unmet, and which exchanges it made."""

    state: State
    reason: str = ""
    failures: tuple[Unmet, ...] = ()
    exchanges: tuple[str, ...] = ()
    reached: int = 0

    def with_evidence(self, exchanges: tuple[str, ...], reached: int) -> Ending:
        """The same ending, citing what was sent."""
        return replace(self, exchanges=exchanges, reached=reached)


_SIGNALS: tuple[tuple[type[BaseException], State], ...] = (
    (NotApplicable, State.NOT_APPLICABLE),
    (NotTested, State.NOT_TESTED),
    (NotAllowed, State.NOT_TESTED),
    (LimitReached, State.NOT_TESTED),
    (OperationMissing, State.NOT_TESTED),
    (Inconclusive, State.INCONCLUSIVE),
)


def ending_of(call: pytest.CallInfo[None], broken: Sequence[tuple[str, Broken, Exchange]] = ()) -> Ending:
    """Read the end of one phase. Anything that is not a signal or a failed assertion is an error of the suite."""
    problem = call.excinfo.value if call.excinfo else None
    if problem is None:
        if broken and call.when == "call":
            return Ending(State.FAILED, f"{len(broken)} exchanges break a general rule")
        return Ending(State.PASSED)
    if isinstance(problem, BaseExceptionGroup):
        unmet = [one for one in problem.exceptions if isinstance(one, Unmet)]
        if len(unmet) == len(problem.exceptions):
            return Ending(State.FAILED, str(unmet[0]), tuple(unmet))
    for kind, state in _SIGNALS:
        if isinstance(problem, kind):
            return Ending(state, str(problem))
    if isinstance(problem, Unmet):
        return Ending(State.FAILED, str(problem), (problem,))
    if isinstance(problem, AssertionError):
        text = str(problem).strip() or "an assertion failed"
        return Ending(State.FAILED, text, (Unmet("what the requirement states", text.splitlines()[0]),))
    return Ending(State.SUITE_ERROR, f"{type(problem).__name__}: {problem}")
