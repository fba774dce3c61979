"""Whether a requirement applies: by the word of the profile and the contract, and never for a reason nobody gave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oip_conformance.contract import Contract, load_contract
from oip_conformance.contract.requirements import Requirement, load_requirements
from oip_conformance.profile import Profile, profile_of
from oip_conformance.verdict.applicability import why_not_at_all, why_not_whole

ALL_GONE = "the contract has no operation goneOne"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


@pytest.fixture(scope="module")
def profile() -> Profile:
    """Claims stores and promotions; one of the promotions' operations is not activated."""
    claims = {"classes": ["core", "stores", "promotions"], "not_activated": ["redeemPromotion"]}
    return profile_of({"name": "Till", "claims": claims})


def binding(*operations: str, conditional: str = "", everywhere: bool = False) -> Requirement:
    """A requirement that binds these operations."""
    sample = next(one for one in load_requirements() if not one.conditional and not one.everywhere)
    return replace(sample, operations=operations, conditional=conditional, everywhere=everywhere)


@pytest.mark.parametrize(
    ("operations", "at_all", "whole"),
    [
        (("getStores",), "", ""),
        (("goneOne",), ALL_GONE, ALL_GONE),
        (("redeemPromotion",), "redeemPromotion not activated", "redeemPromotion not activated"),
        (("sendSms",), "not claim the class messaging", "not claim the class messaging"),
        (("redeemPromotion", "getStores"), "", "redeemPromotion not activated"),
        (("redeemPromotion", "sendSms"), "redeemPromotion not activated", "redeemPromotion not activated"),
        ((), "", ""),
    ],
)
def test_what_is_not_there_by_the_profiles_word_does_not_apply(
    contract: Contract, profile: Profile, operations: tuple[str, ...], at_all: str, whole: str
) -> None:
    """All operations must be away for it to apply not at all; one is enough for what no test said anything of."""
    requirement = binding(*operations)
    for expected, said in (
        (at_all, why_not_at_all(requirement, profile, contract)),
        (whole, why_not_whole(requirement, profile, contract)),
    ):
        assert said.endswith(expected) or expected in said
        assert bool(said) is bool(expected)


def test_a_condition_is_the_reason_before_all_others(contract: Contract, profile: Profile) -> None:
    requirement = binding("goneOne", conditional="it rains")
    assert why_not_at_all(requirement, profile, contract) == "it applies only when it rains"
    assert why_not_whole(requirement, profile, contract) == "it applies only when it rains"


def test_what_holds_everywhere_always_applies(contract: Contract, profile: Profile) -> None:
    requirement = binding("goneOne", everywhere=True)
    assert why_not_at_all(requirement, profile, contract) == ""
    assert why_not_whole(requirement, profile, contract) == ""
