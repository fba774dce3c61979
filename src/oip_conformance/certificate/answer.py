"""The four answers of a verification."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from oip_conformance.verdict.state import ExitCode

ODD = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What a value raises that has not the form of what a run writes, wherever it is looked at."""


class Found(StrEnum):
    """What can be said to a question."""

    GOOD = "good"
    UNDECIDED = "undecided"
    REFUTED = "refuted"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or cannot be decided here. `code` is stable, for programs."""

    code: str
    sentence: str
    state: Found = Found.REFUTED

    def to_json(self) -> dict[str, Any]:
        """The finding as a program reads it."""
        return {"code": self.code, "state": str(self.state), "sentence": self.sentence}


@dataclass(frozen=True)
class Answer:
    """The answer to one question: good when nothing was found against it."""

    question: str
    good: str
    findings: tuple[Finding, ...] = ()

    @property
    def state(self) -> Found:
        """Refuted when anything is, else undecided when anything is."""
        states = {finding.state for finding in self.findings}
        return next((state for state in (Found.REFUTED, Found.UNDECIDED) if state in states), Found.GOOD)

    def to_json(self) -> dict[str, Any]:
        """The answer as a program reads it."""
        return {
            "question": self.question,
            "state": str(self.state),
            "sentence": self.good if self.state is Found.GOOD else self.findings[0].sentence,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True)
class Verification:
    """All that verifying a run directory found. `certificate` is the readable text, empty when there is none."""

    answers: tuple[Answer, ...]
    not_proven: tuple[str, ...]
    certificate: str = ""

    @property
    def exit_code(self) -> int:
        """0 all good, 1 something is refuted, 3 something cannot be decided."""
        states = {answer.state for answer in self.answers}
        if Found.REFUTED in states:
            return ExitCode.NONCONFORMANT
        return ExitCode.INCOMPLETE if Found.UNDECIDED in states else ExitCode.CONFORMANT

    def to_json(self) -> dict[str, Any]:
        """The verification as a program reads it."""
        return {
            "exit_code": self.exit_code,
            "answers": [answer.to_json() for answer in self.answers],
            "not_proven": list(self.not_proven),
        }
