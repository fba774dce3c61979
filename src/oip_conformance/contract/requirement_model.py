"""The requirements as values: one requirement, and the register of all."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from oip_conformance.contract.document import digest_of
from oip_conformance.contract.requirement_problems import UnknownRequirement

Level = Literal["must", "should"]
Source = Literal["documented", "inferred"]
Kind = Literal["general", "workflow", "relation", "model", "negative", "platform"]

EVERY_OPERATION = "*"

UNTESTABLE: Mapping[str, str] = {
    "advice-to-clients": "it tells clients what to do, not the server",
    "needs-external-system": "it needs a system behind the server to fail on demand",
    "needs-production": "it can only be seen on the production host",
    "needs-source-address": "it needs requests from another network address",
    "not-observable": "no published operation shows whether it holds",
    "nothing-published": "the documentation names it and publishes nothing of it",
    "withdrawn": "it no longer holds; its id stays taken",
}
"""The closed list of reasons why no test can show that a requirement holds."""


@dataclass(frozen=True)
class Requirement:
    """One testable statement about a target.

    `operations` are the ids it binds, all of the release when `everywhere`. `conditional` says what has to happen on
    the target for the requirement to apply at all; when it did not happen in a run, there is nothing to judge.
    """

    id: str
    title: str
    conformance_class: str
    level: Level
    source: Source
    kind: Kind
    clause: str
    operations: tuple[str, ...]
    statement: str
    why: str
    remedy: str
    everywhere: bool = False
    untestable: str | None = None
    conditional: str | None = None

    def binds(self, operation: str) -> bool:
        """Whether it says something of an operation. One for all binds those of other releases too."""
        return self.everywhere or operation in self.operations

    @property
    def meaning(self) -> str:
        """The digest of what is locked under the id: level, statement and operations."""
        operations = [EVERY_OPERATION] if self.everywhere else sorted(self.operations)
        return digest_of([self.level, self.statement, operations])

    def to_json(self) -> dict[str, object]:
        """The requirement as plain data."""
        return {
            "id": self.id,
            "title": self.title,
            "class": self.conformance_class,
            "level": self.level,
            "source": self.source,
            "kind": self.kind,
            "clause": self.clause,
            "operations": EVERY_OPERATION if self.everywhere else list(self.operations),
            "statement": self.statement,
            "why": self.why,
            "remedy": self.remedy,
            **({"untestable": self.untestable} if self.untestable else {}),
            **({"conditional": self.conditional} if self.conditional else {}),
        }


@dataclass(frozen=True, eq=False)
class RequirementSet:
    """The register: its requirements in order, and the classes, operations and readings they speak of.

    `classes` are titles by class id, `operations` class ids by operation id, `readings` sentences by reading id.
    """

    version: str
    classes: Mapping[str, str]
    operations: Mapping[str, str]
    readings: Mapping[str, str]
    requirements: tuple[Requirement, ...] = field(repr=False)

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.requirements)

    def __len__(self) -> int:
        return len(self.requirements)

    def __contains__(self, name: object) -> bool:
        return name in self._by_id

    def __getitem__(self, name: str) -> Requirement:
        """The requirement of an id. Raises UnknownRequirement (a LookupError) with suggestions."""
        found = self._by_id.get(name)
        if found is None:
            close = self.suggestions(name)
            hint = f"Did you mean {' or '.join(close)}?" if close else ""
            raise UnknownRequirement("REQ-40", f"there is no requirement {name!r}.", hint=hint)
        return found

    def get(self, name: str) -> Requirement | None:
        """The requirement of an id, if there is one."""
        return self._by_id.get(name)

    def suggestions(self, name: str) -> list[str]:
        """Up to three ids that look like a name."""
        return difflib.get_close_matches(name.upper(), self._by_id, 3, cutoff=0.7)

    def of_operation(self, operation: str) -> tuple[Requirement, ...]:
        """The requirements that bind an operation, in the order of the register."""
        return tuple(one for one in self.requirements if one.binds(operation))

    @cached_property
    def digest(self) -> str:
        """sha256 over everything the register says."""
        return digest_of([self.version, dict(self.classes), dict(self.readings), [one.to_json() for one in self]])

    @cached_property
    def _by_id(self) -> dict[str, Requirement]:
        return {one.id: one for one in self.requirements}
