"""Which operations a run sends generated cases to, by what it was asked for."""

from __future__ import annotations

from oip_conformance.contract import Contract
from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.oracle import general_rules
from oip_conformance.session.settings import Settings


def exercised(settings: Settings, contract: Contract, requirements: RequirementSet) -> frozenset[str]:
    """The operations named; else those of the classes asked for and those that a general rule asked for binds."""
    operations = {name for name in settings.only if name in contract.operations}
    named = set(settings.only) - operations
    rules = [requirements[name] for name in {rule.requirement for rule in general_rules()}]
    if named and not any(one.id in named or any(map(one.binds, operations)) for one in rules):
        return frozenset()
    if operations:
        return frozenset(operations)
    if not settings.classes:
        return frozenset(contract.operations)
    asked = [one for one in rules if one.conformance_class in settings.classes]
    return frozenset(
        one.id
        for one in contract.operations.values()
        if one.conformance_class in settings.classes or any(rule.binds(one.id) for rule in asked)
    )
