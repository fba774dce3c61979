"""What can be wrong with a profile: stable codes, each with a title and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CODES: dict[str, tuple[str, str]] = {
    "CFG-01": ("the profile cannot be read", "Check the path."),
    "CFG-02": ("the profile is not TOML", "Mend the syntax at the place named."),
    "CFG-03": ("an unknown setting", "Remove it, or correct its spelling."),
    "CFG-04": ("a value of the wrong kind", "Give it the kind that is expected."),
    "CFG-05": ("a required setting is missing", "Add it."),
    "CFG-06": ("a secret stands in the profile", "Remove it; keys come from the environment (OIP_API_KEY)."),
    "CFG-20": ("an unknown operation", "Name operations by the ids of the contract."),
    "CFG-21": ("an unknown conformance class", "`oip-conformance profile schema` lists the classes."),
    "CFG-22": ("an operation is both activated and not activated", "Keep it in one of the two lists."),
    "CFG-40": ("the target URL cannot be used", "Give the base URL, such as https://api.staging.oculos.no/v4."),
    "CFG-60": ("the phone range cannot be used", "Give two E.164 numbers of one length, in order."),
    "CFG-61": ("an effect outside OIP has no recipient", "Name the recipients, or remove the operation."),
    "CFG-62": ("a limit is out of range", "Give a positive number."),
    "CFG-80": ("a contract or overlay file is missing", "Check the path; it is relative to the profile."),
}


@dataclass(frozen=True)
class Problem:
    """One mistake: its code, where it stands, and what is wrong there."""

    code: str
    place: str
    message: str
    line: int | None = None
    hint: str = ""

    @property
    def next_step(self) -> str:
        """What to do about it."""
        return self.hint or CODES[self.code][1]

    def __str__(self) -> str:
        where = f"{self.place} (line {self.line})" if self.line else self.place
        return f"{self.code} {where}: {self.message} {self.next_step}"


class ProfileError(Exception):
    """A profile that cannot be used, with every mistake that was found in it."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        super().__init__(f"{name}: " + "; ".join(map(str, problems)))
        self.name = name
        self.problems = tuple(problems)
