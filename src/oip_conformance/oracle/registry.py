"""The general rules: which requirement each one judges, found by the decorator that names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oip_conformance.oracle.judgement import Rule


@dataclass(frozen=True)
class RegisteredRule:
    """One rule and the requirement whose outcome it decides."""

    requirement: str
    name: str
    judge: Rule


_RULES: list[RegisteredRule] = []


def rule(requirement: str) -> Callable[[Rule], Rule]:
    """Register a function on a Scene as the judge of a requirement on every exchange of a run."""

    def register(judge: Rule) -> Rule:
        _RULES.append(RegisteredRule(requirement, getattr(judge, "__name__", "rule"), judge))
        return judge

    return register


def general_rules() -> tuple[RegisteredRule, ...]:
    """All rules on single exchanges, in order of requirement."""
    from oip_conformance.oracle import (  # noqa: F401 - importing a module registers its rules
        acceptance,
        content,
        delivery,
        disclosure,
        envelope,
        published,
        second_opinion,
        status,
    )

    return tuple(sorted(_RULES, key=lambda item: (item.requirement, item.name)))
