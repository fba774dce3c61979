"""One test's word on one requirement, and the failures it carries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from oip_conformance.verdict.state import State

CITED_AT_MOST = 12
"""How many exchanges an outcome names; `reached` counts them all."""


@dataclass(frozen=True)
class Failure:
    """One distinct cause: what was expected, what came, and the exchange that shows it.

    `cause` is the key of de-duplication: equal causes are one failure seen `count` times.
    """

    cause: str
    title: str
    expected: str
    got: str
    exchange: str | None = None
    operation: str | None = None
    count: int = 1

    def to_json(self) -> dict[str, Any]:
        """The failure as it stands in results.json."""
        return {
            "cause": self.cause,
            "title": self.title,
            "expected": self.expected,
            "got": self.got,
            "exchange": self.exchange,
            "operation": self.operation,
            "count": self.count,
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Failure:
        """The failure that `to_json` wrote."""
        return cls(**record)


@dataclass(frozen=True)
class Outcome:
    """One test's word on one requirement, for one operation or for none in particular.

    A pass cites evidence: `reached` counts the exchanges that reached the rule, `exchanges` names the first of them.
    """

    requirement: str
    test: str
    state: State
    operation: str | None = None
    reached: int = 0
    exchanges: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    reason: str = ""
    attempts: tuple[str, ...] = field(default=())
    """The state of each attempt, when there was more than one."""

    def __post_init__(self) -> None:
        if self.state in (State.PASSED, State.WARNED) and self.reached == 0:
            object.__setattr__(self, "state", State.NOT_TESTED)
            object.__setattr__(self, "reason", self.reason or "no recorded exchange reached the rule")

    def to_json(self) -> dict[str, Any]:
        """The outcome as it stands in results.json."""
        record: dict[str, Any] = {
            "requirement": self.requirement,
            "test": self.test,
            "state": self.state.value,
            "operation": self.operation,
            "reached": self.reached,
            "exchanges": list(self.exchanges),
        }
        if self.failures:
            record["failures"] = [failure.to_json() for failure in self.failures]
        if self.reason:
            record["reason"] = self.reason
        if self.attempts:
            record["attempts"] = list(self.attempts)
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Outcome:
        """The outcome that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            requirement=record["requirement"],
            test=record["test"],
            state=State(record["state"]),
            operation=record["operation"],
            reached=int(record["reached"]),
            exchanges=tuple(record["exchanges"]),
            failures=tuple(Failure.from_json(item) for item in record.get("failures", ())),
            reason=record.get("reason", ""),
            attempts=tuple(record.get("attempts", ())),
        )

    def softened(self) -> Outcome:
        """The same outcome for a `should`: what failed has only warned."""
        return replace(self, state=State.WARNED) if self.state is State.FAILED else self
