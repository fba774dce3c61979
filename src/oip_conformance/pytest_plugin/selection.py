"""Which tests belong to a run: by level, conformance class, requirement or operation."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from oip_conformance.contract.requirements import Requirement
from oip_conformance.oracle import general_rules
from oip_conformance.session.exercised import exercised

if TYPE_CHECKING:
    from oip_conformance.session import Session


class Selection:
    """Decides for each conformance test whether the run includes it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        settings = session.settings
        self._settings = settings
        self._operations = {name for name in settings.only if name in session.contract.operations}
        self._requirements = {name for name in settings.only if name not in self._operations}

    @cached_property
    def classes(self) -> frozenset[str]:
        """The conformance classes of the run: those asked for, else those the profile claims."""
        claimed = self._session.profile.claims.classes
        every = frozenset(self._session.requirements.classes)
        claimed_names = every if claimed == "all" else frozenset(claimed)
        return frozenset(self._settings.classes) or claimed_names

    def requirements_of(self, item: pytest.Item) -> list[Requirement]:
        """The requirements a test judges, those that the run asks for. Raises LookupError for an unknown id."""
        names = [str(name) for marker in item.iter_markers("requirement") for name in marker.args]
        found = [self._session.requirements[name] for name in names]
        return [requirement for requirement in found if self.asks_for(requirement)]

    def asks_for(self, requirement: Requirement) -> bool:
        """Whether the run asks for a requirement, whatever its level of test."""
        if requirement.conformance_class not in self.classes:
            return False
        if self._requirements or self._operations:
            named = requirement.id in self._requirements
            return named or any(requirement.binds(operation) for operation in self._operations)
        return True

    def general(self) -> set[str]:
        """The requirements that the general rules judge on every exchange, those that the run asks for."""
        ids = {rule.requirement for rule in general_rules()}
        return {name for name in ids if self.asks_for(self._session.requirements[name])}

    def includes(self, item: pytest.Item) -> bool:
        """Whether the run includes an item. Rounds after the first send afresh what is drawn, and tell no story twice."""
        marker = item.get_closest_marker("level")
        if not self._settings.includes(marker.args[0] if marker else "smoke"):
            return False
        if self._settings.tests and name_of(item) not in self._settings.tests:
            return False
        if item.get_closest_marker("general"):
            return self._includes_general(item)
        return not self._settings.round and bool(self.requirements_of(item))

    def _includes_general(self, item: pytest.Item) -> bool:
        if self._requirements and not self.general():
            return False
        callspec = getattr(item, "callspec", None)
        name = callspec.params.get("operation") if callspec else None
        if name is None:
            return not self._operations
        return name in self._exercised

    @cached_property
    def _exercised(self) -> frozenset[str]:
        return exercised(self._settings, self._session.contract, self._session.requirements)


def name_of(item: pytest.Item) -> str:
    """The stable name of a test: its place below the suite's folder, and its name."""
    return item.nodeid.replace("\\", "/").split("conformance/")[-1].split("_suite/")[-1]
