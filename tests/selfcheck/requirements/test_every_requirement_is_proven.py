"""The build check of the register: a requirement without proof fails here, and so does a proof of nothing."""

from __future__ import annotations

from oip_conformance.contract.proofs import proofs_in
from oip_conformance.contract.requirements import Requirement, load_requirements
from oip_conformance.oracle import general_rules

RULED = frozenset(rule.requirement for rule in general_rules())
TESTED = frozenset(proofs_in())


def is_proven(requirement: Requirement) -> bool:
    """A general requirement has a rule; any other has a test, or a reason why none can exist."""
    if requirement.kind == "general":
        return requirement.id in RULED
    return requirement.untestable is not None or requirement.id in TESTED


def test_every_requirement_has_a_test_or_a_rule_or_a_reason_why_not() -> None:
    blank = [f"{one.id} {one.title}" for one in load_requirements() if not is_proven(one)]
    assert not blank, f"{len(blank)} requirements that nothing judges would never be failed:\n" + "\n".join(blank)


def test_no_test_carries_an_id_that_is_not_in_the_register() -> None:
    unknown = sorted(TESTED - {one.id for one in load_requirements()})
    assert not unknown, f"a test that judges no requirement is counted nowhere: {unknown}"


def test_every_general_rule_judges_a_general_requirement() -> None:
    general = {one.id for one in load_requirements() if one.kind == "general"}
    assert general >= RULED, f"a rule of a requirement that is not general: {sorted(RULED - general)}"


def test_what_is_called_untestable_has_no_test() -> None:
    tested = [one.id for one in load_requirements() if one.untestable and one.id in TESTED | RULED]
    assert not tested, f"these can be tested after all, so their reason is wrong: {tested}"
