"""What can be wrong with the requirement register, its lock, or a name looked up in it."""

from __future__ import annotations

from collections.abc import Sequence

CODES: dict[str, tuple[str, str]] = {
    "REQ-01": ("the register cannot be read", "Restore spec/requirements.yaml."),
    "REQ-02": ("a required field is missing or blank", "Write a sentence there."),
    "REQ-03": ("an unknown field", "Remove it, or correct its spelling."),
    "REQ-04": ("a value outside its list", "Use one of the values the register's heading names."),
    "REQ-05": ("an id is used twice", "Give the later requirement a new id."),
    "REQ-06": ("an unknown operation", "Name operations by the ids of the contract."),
    "REQ-07": ("an unknown conformance class", "Add it to `classes`, or correct its spelling."),
    "REQ-08": ("a reading that is not written down", "Add it to `readings`."),
    "REQ-20": ("the lock cannot be read", "Restore spec/requirements.lock."),
    "REQ-21": ("a locked id has vanished", "Put it back; give it `untestable: withdrawn` when it no longer holds."),
    "REQ-22": ("the meaning of a locked id has changed", "Restore level, statement and operations; add a new id."),
    "REQ-30": ("the list of defects cannot be used", "Restore spec/defects.json."),
    "REQ-40": ("no such requirement", "`oip-conformance explain` shows what there is."),
}


class RequirementError(Exception):
    """A register that cannot be used: the code of the first mistake, every mistake as a cause, and the next step."""

    def __init__(self, code: str, message: str, causes: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.causes = tuple(causes)
        self.hint = hint or CODES[code][1]


class UnknownRequirement(RequirementError, LookupError):
    """A name that no requirement has."""


class Mistakes:
    """Collects mistakes, so that all of them are told at once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: list[tuple[str, str]] = []

    def add(self, code: str, place: str, what: str) -> None:
        """One mistake: its code, where it stands, and what is wrong there."""
        self._found.append((code, f"{code} {place}: {what}"))

    def raise_if_any(self) -> None:
        """Raises RequirementError when there was a mistake."""
        if self._found:
            code = self._found[0][0]
            what = CODES[code][0] if len(self._found) == 1 else f"{len(self._found)} mistakes"
            raise RequirementError(code, f"{self._name}: {what}.", [cause for _, cause in self._found])
