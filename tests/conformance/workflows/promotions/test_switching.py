"""Disabling and enabling the use of a promotion for one customer."""

from __future__ import annotations

import pytest

from oip_conformance.scenario import Member, Oip, Promotion, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import expect_same


def availability(oip: Oip, promotion: Promotion, member: Member) -> bool | None:
    """Whether a member's list shows a promotion as available; None when it does not show it."""
    for item in oip.promotions_of(member):
        if item.id == promotion.id:
            return bool(item.listed.get("available"))
    return None


@requirement("OIP-PROMO-14")
def test_a_disabled_promotion_is_refused(oip: Oip, member: Member) -> None:
    """After disableUse it cannot be redeemed, and nothing is counted."""
    promotion = oip.promotion_of(member, role="open")
    oip.redeem(promotion, member).expect(200)
    oip.disable_use(promotion, member).expect(200)

    oip.redeem(promotion, member).expect_error(400)

    oip.enable_use(promotion, member).expect(200)
    count = oip.count_of(promotion, member)
    if count != 1:
        raise oip.promotions_answer(member).unmet("redemptionCount 1", str(count))


@requirement("OIP-PROMO-15")
def test_a_disabled_promotion_is_not_available(oip: Oip, member: Member) -> None:
    """It is listed as not available, or not at all."""
    promotion = oip.promotion_of(member, role="open")
    assert availability(oip, promotion, member), "the promotion is not available before it is disabled"
    oip.disable_use(promotion, member).expect(200)
    if availability(oip, promotion, member):
        raise oip.promotions_answer(member).unmet("available false", "true")


@requirement("OIP-PROMO-42")
def test_no_promotions_are_404(oip: Oip, member: Member) -> None:
    """When all are disabled they are listed as not available, or the answer is 404; enabled again, one is listed."""
    promotions = oip.promotions_of(member)
    for promotion in promotions:
        oip.disable_use(promotion, member).expect(200)

    answer = oip.promotions_answer(member).expect(200, 404)

    if answer.status == 200 and not answer.items():
        raise answer.unmet("status 404 where there is nothing to list", "an empty list")
    oip.enable_use(promotions[0], member).expect(200)
    oip.promotions_answer(member).expect(200)


@requirement("OIP-PROMO-16")
def test_an_enabled_promotion_can_be_used_again(oip: Oip, member: Member) -> None:
    """After enableUse it is available with the count it had, and can be redeemed."""
    promotion = oip.promotion_of(member, role="open")
    oip.redeem(promotion, member).expect(200)
    oip.disable_use(promotion, member).expect(200)
    oip.enable_use(promotion, member).expect(200)

    if not availability(oip, promotion, member):
        raise oip.promotions_answer(member).unmet("available true", "false")
    oip.redeem(promotion, member).expect(200)
    count = oip.count_of(promotion, member)
    if count != 2:
        raise oip.promotions_answer(member).unmet("redemptionCount 2", str(count))


@requirement("OIP-PROMO-17")
def test_switching_twice_is_like_switching_once(oip: Oip, member: Member) -> None:
    """The same switch again answers 200 and changes nothing more."""
    promotion = oip.promotion_of(member, role="open")
    for switch, available in ((oip.disable_use, False), (oip.enable_use, True)):
        switch(promotion, member).expect(200)
        once = oip.promotions_answer(member).expect(200)
        switch(promotion, member).expect(200)
        twice = oip.promotions_answer(member).expect(200)
        expect_same(twice, once.json, twice.json)
        if bool(availability(oip, promotion, member)) is not available:
            raise twice.unmet(f"available {available}", str(not available))


@requirement("OIP-PROMO-18")
def test_disabling_concerns_one_promotion_of_one_customer(oip: Oip, member: Member) -> None:
    """The customer's other promotions, and the same promotion of another customer, stay usable."""
    other = oip.create_member()
    promotion, another = oip.promotion_of(member, role="open"), oip.promotion_of(member, role="unlimited")
    oip.disable_use(promotion, member).expect(200)

    oip.redeem(another, member).expect(200)
    oip.redeem(promotion, other).expect(200)
    oip.redeem(promotion, member).expect_error(400)


@requirement("OIP-PROMO-32")
@pytest.mark.parametrize("operation", ["enableUse", "disableUse"])
def test_switching_what_does_not_exist_is_refused(oip: Oip, member: Member, operation: str) -> None:
    """An unknown promotion or customer answers 400 and changes nothing."""
    promotion = oip.promotion_of(member, role="open")
    oip.call(operation, query={"id": promotion.id, "customerId": oip.person_id(member)}).expect(200)
    before = oip.promotions_answer(member).expect(200)

    oip.call(operation, query={"id": NOBODY, "customerId": oip.person_id(member)}).expect_error(400)
    oip.call(operation, query={"id": promotion.id, "customerId": NOBODY}).expect_error(400)

    after = oip.promotions_answer(member).expect(200)
    expect_same(after, before.json, after.json)
