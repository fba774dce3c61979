"""What a run sets out to test, and what of it does not apply to the configuration."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any

from oip_conformance.contract import Contract
from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.profile import Profile
from oip_conformance.run.gathering import Gathered
from oip_conformance.run.options import RunOptions
from oip_conformance.run.problems import RunProblem
from oip_conformance.session import Settings
from oip_conformance.verdict.applicability import why_not_at_all, why_not_whole
from oip_conformance.verdict.coverage import shortfall
from oip_conformance.verdict.judging import Scope

THE_SUITE = "the suite"
"""Under this name a run writes down the errors of the suite itself."""


def check_selection(options: RunOptions, contract: Contract, requirements: RequirementSet) -> None:
    """Refuse classes, requirements and operations that do not exist. Raises RunProblem."""
    for name in options.classes:
        if name not in requirements.classes:
            raise RunProblem("RUN-02", f"there is no class {name!r}.", _hint(name, requirements.classes))
    for name in options.only:
        if name not in requirements and name not in contract.operations:
            raise RunProblem(
                "RUN-03",
                f"there is no requirement or operation {name!r}.",
                _hint(name, [*(one.id for one in requirements), *contract.operations]),
            )


def scope_of(
    requirements: RequirementSet, profile: Profile, contract: Contract, settings: Settings, gathered: Gathered
) -> Scope:
    """The scope of a run: what its tests and rules judge, and which of it does not apply.

    Where no test was collected (the target gave no answer), everything testable of the claimed classes is in scope.
    """
    ids = gathered.scope or {
        one.id
        for one in requirements
        if not one.untestable
        and (not settings.classes or one.conformance_class in settings.classes)
        and (not settings.only or one.id in settings.only or set(settings.only) & set(one.operations))
    }
    asked = [requirements[name] for name in ids]
    return Scope(
        frozenset(ids),
        {one.id: reason for one in asked if (reason := why_not_whole(one, profile, contract))},
        {one.id: reason for one in asked if (reason := why_not_at_all(one, profile, contract))},
    )


def what_was_missed(settings: Settings, statement: dict[str, Any]) -> str:
    """Which floors of coverage the run missed where they bind: with everything ours, nothing left out.

    How far a run gets at somebody else's target depends on its fixtures and its permissions, so there the statement
    only tells.
    """
    everything = settings.embedded and not (settings.deviations or settings.classes or settings.only)
    return shortfall(statement) if everything else ""


def _hint(name: str, names: Collection[str]) -> str:
    close = difflib.get_close_matches(name, list(names), 3)
    return f"Did you mean {', '.join(close)}?" if close else "`oip-conformance explain` lists them."
