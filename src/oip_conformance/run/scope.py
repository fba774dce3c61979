"""What a run sets out to test, and what of it does not apply to the configuration."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from oip_conformance.contract import Contract
from oip_conformance.contract.requirement_model import UNTESTABLE
from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.oracle import general_rules
from oip_conformance.profile import Profile
from oip_conformance.run import collection
from oip_conformance.run.gathering import Gathered
from oip_conformance.run.options import RunOptions
from oip_conformance.run.problems import RunProblem
from oip_conformance.session import Settings
from oip_conformance.session.settings import LEVELS
from oip_conformance.verdict.applicability import why_not_at_all, why_not_whole
from oip_conformance.verdict.coverage import shortfall
from oip_conformance.verdict.judging import Scope
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.state import State
from oip_conformance.verdict.tally import EVERY_EXCHANGE

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


def check_reach(
    collected: collection.Collection, settings: Settings, profile: Profile, requirements: RequirementSet
) -> None:
    """Refuse a selection of which nothing would be tested. Raises RunProblem RUN-07 with what would test it."""
    for name in settings.only:
        if name in requirements and name not in collected.requirements:
            raise _unreached(name, settings, profile, requirements)
    if not collected.tests:
        raise RunProblem(
            "RUN-07",
            "no test matches the selection.",
            "Ask for other classes, or fewer --only; --plan shows what is in.",
        )


def of_what_was_asked(outcomes: Iterable[Outcome], settings: Settings, contract: Contract) -> list[Outcome]:
    """Without what the general rules could not tell of operations that the run was not asked about.

    Stories about every operation touch them in passing: what such an exchange proves counts, what it leaves open does not.
    """
    named = set(settings.only) & set(contract.operations)
    asked = named or {
        one.id
        for one in contract.operations.values()
        if not settings.classes or one.conformance_class in settings.classes
    }
    return [
        one
        for one in outcomes
        if one.state not in (State.INCONCLUSIVE, State.NOT_TESTED)
        or one.operation in asked
        or not one.test.startswith(EVERY_EXCHANGE)
    ]


def _unreached(name: str, settings: Settings, profile: Profile, requirements: RequirementSet) -> RunProblem:
    one = requirements[name]
    if one.untestable:
        return RunProblem(
            "RUN-07",
            f"{name} cannot be tested: {UNTESTABLE[one.untestable]}.",
            f"`oip-conformance explain {name}` says what it demands.",
        )
    if settings.classes and one.conformance_class not in settings.classes:
        return RunProblem(
            "RUN-07",
            f"{name} belongs to the class {one.conformance_class}, which is not among the classes asked for.",
            f"Add --class {one.conformance_class}, or leave --class out.",
        )
    if not profile.claims_class(one.conformance_class):
        return RunProblem(
            "RUN-07",
            f"{name} belongs to the class {one.conformance_class}, which the profile does not claim.",
            f"Add {one.conformance_class} to claims.classes of the profile, or ask with --class {one.conformance_class}.",
        )
    for level in LEVELS[LEVELS.index(settings.level) + 1 :]:
        if name in collection.collect(replace(settings, level=level)).requirements:
            return RunProblem(
                "RUN-07", f"no test of the level {settings.level} judges {name}.", f"Raise it: --level {level}."
            )
    return RunProblem("RUN-07", f"no test judges {name}.", f"`oip-conformance explain {name}` says what it demands.")


def _proven(settings: Settings, gathered: Gathered) -> set[str]:
    """What the general rules found broken, whichever classes the run was asked for: a fact is not out of scope."""
    if settings.only:
        return set()
    return {
        one.requirement
        for one in gathered.outcomes
        if one.state is State.FAILED and one.test.startswith(EVERY_EXCHANGE)
    }


def scope_of(
    requirements: RequirementSet, profile: Profile, contract: Contract, settings: Settings, gathered: Gathered
) -> Scope:
    """The scope of a run: what its tests and rules judge, and which of it does not apply.

    What a general rule found broken belongs to it in any case. Where no test was collected (the target gave no answer),
    everything testable of the claimed classes is in scope.
    """
    ids = (
        gathered.scope | _proven(settings, gathered)
        if gathered.scope
        else {
            one.id
            for one in requirements
            if not one.untestable
            and (not settings.classes or one.conformance_class in settings.classes)
            and (not settings.only or one.id in settings.only or set(settings.only) & set(one.operations))
        }
    )
    asked = [requirements[name] for name in sorted(ids)]
    beside = _beside_the_point(settings, profile, contract)
    return Scope(
        frozenset(ids),
        beside | {one.id: reason for one in asked if (reason := why_not_whole(one, profile, contract))},
        {one.id: reason for one in asked if (reason := why_not_at_all(one, profile, contract))},
    )


def blamed_in(scope: Scope) -> str:
    """The requirement that an error of the suite or of the configuration is put down to: one in scope, or nobody hears."""
    first = "OIP-CORE-01"
    return first if first in scope.requirements else min(scope.requirements, default=first)


def what_was_missed(settings: Settings, statement: dict[str, Any]) -> str:
    """Which floors of coverage the run missed where they bind: with everything ours, nothing left out.

    How far a run gets at somebody else's target depends on its fixtures and its permissions, so there the statement
    only tells.
    """
    everything = settings.embedded and not (settings.deviations or settings.classes or settings.only)
    return shortfall(statement) if everything else ""


def _beside_the_point(settings: Settings, profile: Profile, contract: Contract) -> dict[str, str]:
    """The general rules, which need not be reached where single operations are asked for: not every one has a body, say."""
    named = [contract.operations[name] for name in settings.only if name in contract.operations]
    if len(named) < len(settings.only) or not named or any(profile.activation(one) != "activated" for one in named):
        return {}
    return {rule.requirement: f"no request to {', '.join(settings.only)} comes under it" for rule in general_rules()}


def _hint(name: str, names: Collection[str]) -> str:
    close = difflib.get_close_matches(name, list(names), 3)
    return f"Did you mean {', '.join(close)}?" if close else "`oip-conformance explain` lists them."
