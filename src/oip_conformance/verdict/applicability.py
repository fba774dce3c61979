"""Whether a requirement applies to a configuration at all: by what the profile claims and declares."""

from __future__ import annotations

from oip_conformance.contract import Contract
from oip_conformance.contract.requirements import Requirement
from oip_conformance.profile import Profile


def why_not_at_all(requirement: Requirement, profile: Profile, contract: Contract) -> str:
    """Why a requirement does not apply: its condition did not arise, or none of its operations is there by the
    profile's own word. Empty if it does apply."""
    if requirement.conditional:
        return _condition(requirement)
    reasons = _reasons(requirement, profile, contract)
    return reasons[0] if reasons and all(reasons) else ""


def why_not_whole(requirement: Requirement, profile: Profile, contract: Contract) -> str:
    """Why a requirement that no test said anything of need not be tested. Empty if it should have been."""
    if requirement.conditional:
        return _condition(requirement)
    return next((reason for reason in _reasons(requirement, profile, contract) if reason), "")


def _condition(requirement: Requirement) -> str:
    return f"it applies only when {requirement.conditional}"


def _reasons(requirement: Requirement, profile: Profile, contract: Contract) -> list[str]:
    """For each operation that a requirement binds, why it is not there, or nothing."""
    if requirement.everywhere:
        return []
    return [_why_absent(name, profile, contract) for name in requirement.operations]


def _why_absent(name: str, profile: Profile, contract: Contract) -> str:
    operation = contract.operations.get(name)
    if operation is None:
        return f"the contract has no operation {name}"
    if profile.activation(operation) == "not-activated":
        return f"the profile declares {name} not activated"
    if not profile.claims_class(operation.conformance_class):
        return f"the profile does not claim the class {operation.conformance_class}, to which {name} belongs"
    return ""
