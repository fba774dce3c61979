"""The states of a judgement, their one total order, and the law by which they merge."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """What can be said of a requirement, a class or a run.

    The order goes from saying least to saying most; merging takes the greater. A skip is stronger than a pass, so that
    nothing half tested turns green; a failure is strongest, since one proven fact is not undone by what else happened.
    """

    NOT_APPLICABLE = "not-applicable"
    PASSED = "passed"
    WARNED = "warned"
    NOT_TESTED = "not-tested"
    INCONCLUSIVE = "inconclusive"
    CONFIG_ERROR = "config-error"
    SUITE_ERROR = "suite-error"
    FAILED = "failed"

    @property
    def rank(self) -> int:
        """Position in the total order, 0 for the weakest."""
        return _RANK[self]

    def __lt__(self, other: str) -> bool:
        return self.rank < State(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= State(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > State(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= State(other).rank

    def __or__(self, other: State) -> State:
        return max(self, other)


_RANK = {state: position for position, state in enumerate(State)}


def merge(states: Iterable[State]) -> State:
    """The strongest of the states; of none at all, nothing applied. Associative, commutative and idempotent."""
    return max(states, default=State.NOT_APPLICABLE)


class ExitCode:
    """How the command ends (the table in the README is made from these)."""

    CONFORMANT = 0
    NONCONFORMANT = 1
    WRONG_USE = 2
    INCOMPLETE = 3
    SUITE_ERROR = 4


def exit_code(state: State) -> int:
    """The exit code that a run with this verdict ends with; only a pass or a warning is 0."""
    return {
        State.PASSED: ExitCode.CONFORMANT,
        State.WARNED: ExitCode.CONFORMANT,
        State.FAILED: ExitCode.NONCONFORMANT,
        State.CONFIG_ERROR: ExitCode.WRONG_USE,
        State.SUITE_ERROR: ExitCode.SUITE_ERROR,
    }.get(state, ExitCode.INCOMPLETE)
