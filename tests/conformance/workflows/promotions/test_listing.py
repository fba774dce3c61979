"""A member's promotions: the same by every way, and available exactly when they can be used."""

from __future__ import annotations

import datetime as dt
from typing import Any

from oip_conformance.scenario import Answer, Member, NotTested, Oip, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import expect_same, expect_same_substance


def by_id(answer: Answer) -> dict[str, Any]:
    """The listed promotions by id."""
    return {str(answer.at(position, "id")): item for position, item in enumerate(answer.items())}


def time_of(answer: Answer, position: int, name: str) -> dt.datetime:
    """One end of a promotion's window. Raises Unmet when it is no RFC 3339 date-time with an offset."""
    text = answer.at(position, name)
    try:
        moment = dt.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise answer.unmet(f"{name} as an RFC 3339 date-time", repr(text)) from None
    if moment.tzinfo is None or "T" not in str(text):
        raise answer.unmet(f"{name} with an offset or Z", repr(text))
    return moment


@requirement("OIP-PROMO-01")
def test_a_members_promotions_are_listed(oip: Oip, member: Member) -> None:
    """Each promotion stands once, with an id and whether it is available."""
    answer = oip.promotions_answer(member).expect(200)
    ids = [answer.at(position, "id") for position in range(len(answer.items()))]
    if not all(ids) or len(set(ids)) != len(ids):
        raise answer.unmet("different, non-empty ids", repr(ids))
    for position in range(len(ids)):
        if not isinstance(answer.at(position, "available"), bool):
            raise answer.unmet("available true or false", repr(answer.at(position, "available")))
    missing = {oip.profile.fixtures.promotions.get(role) for role in ("open", "single_use")} - {None, *ids}
    if missing:
        raise answer.unmet("the promotions every new member has", f"without {sorted(map(str, missing))}")


@requirement("OIP-PROMO-02")
def test_the_list_by_phone_number_is_the_same_list(oip: Oip, member: Member) -> None:
    """Asked for by phone, also after a redemption, the list is the one asked for by id."""
    oip.redeem(oip.promotion_of(member, role="open"), member).expect(200)
    listed = oip.promotions_answer(member).expect(200)

    by_phone = oip.promotions_by_phone(member.mobile_phone).expect(200)

    expect_same(by_phone, by_id(listed), by_id(by_phone))


@requirement("OIP-PROMO-03")
def test_the_customer_shows_the_same_promotions(oip: Oip, member: Member) -> None:
    """`data.promotions` has what is listed, with its counts, limits and availability; what else it has is not available."""
    oip.redeem(oip.promotion_of(member, role="single_use"), member).expect(200)
    listed = by_id(oip.promotions_answer(member).expect(200))

    customer = oip.read(member).expect(200)
    shown = {str(item.get("id")): item for item in customer.items("data", "promotions") if isinstance(item, dict)}

    names = ("available", "redemptionCount", "redemptionLimit", "unlimitedRedemption")
    brief = {key: {name: item.get(name) for name in names} for key, item in listed.items()}
    same = {key: {name: item.get(name) for name in names} for key, item in shown.items() if key in listed}
    expect_same(customer, brief, same)
    more = [key for key, item in shown.items() if key not in listed and item.get("available") is not False]
    if more:
        raise customer.unmet("available false for what is not listed", repr(more))


@requirement("OIP-PROMO-19")
def test_a_promotion_is_enabled_when_assigned(oip: Oip, member: Member) -> None:
    """Within its window, a new member's promotion is available."""
    now = oip.now()
    answer = oip.promotions_answer(member).expect(200)
    within = [
        position
        for position in range(len(answer.items()))
        if time_of(answer, position, "validFrom") <= now <= time_of(answer, position, "validTo")
    ]
    if not within:
        raise NotTested("the member has no promotion whose window is open")
    for position in within:
        answer.expect_value(True, position, "available")


@requirement("OIP-PROMO-25")
def test_a_used_up_promotion_is_not_available(oip: Oip, member: Member) -> None:
    """After its last use it is listed as not available, or not at all."""
    promotion = oip.promotion_of(member, role="single_use")
    oip.redeem(promotion, member).expect(200)

    answer = oip.promotions_answer(member).expect(200, 404)

    left = by_id(answer).get(promotion.id) if answer.status == 200 else None
    if left and left.get("available") is not False:
        raise answer.unmet("available false", repr(left.get("available")))


@requirement("OIP-PROMO-27")
def test_ended_promotions_are_not_listed(oip: Oip, member: Member) -> None:
    """No list holds a promotion whose window is over; the customer's record may, as one that is not available."""
    now = oip.now()
    expired = oip.profile.fixtures.promotions.get("expired")
    answers = [oip.promotions_answer(member).expect(200), oip.promotions_by_phone(member.mobile_phone).expect(200)]
    for answer in answers:
        for position, item in enumerate(answer.items()):
            if time_of(answer, position, "validTo") < now:
                raise answer.unmet("only promotions that have not ended", repr(item.get("validTo")))
        if expired in by_id(answer):
            raise answer.unmet("no expired promotion", expired)
    customer = oip.read(member).expect(200)
    for item in customer.items("data", "promotions"):
        if item.get("id") == expired and item.get("available") is not False:
            raise customer.unmet("no expired promotion in the customer, or one with available false", str(expired))


@requirement("OIP-PROMO-28")
def test_a_promotion_outside_its_window_is_not_available(oip: Oip, member: Member) -> None:
    """What has not begun may be listed, but not as available."""
    named = oip.promotion_named("not_yet_valid")
    answer = oip.promotions_answer(member).expect(200)
    now = oip.now()
    for position, item in enumerate(answer.items()):
        early = item.get("id") == named or time_of(answer, position, "validFrom") > now
        if early and item.get("available") is not False:
            raise answer.unmet("available false before validFrom", repr(item.get("available")))


@requirement("OIP-PROMO-29")
def test_promotions_of_nobody_are_404(oip: Oip, member: Member) -> None:
    """Nobody's id and nobody's number answer 404 in the envelope; a member's are found."""
    oip.promotions_answer(member).expect(200)

    oip.call("getPromotions", path={"id": NOBODY}).expect_enveloped(404)
    oip.promotions_by_phone(oip.person_data()["mobilePhone"]).expect_enveloped(404)


@requirement("OIP-PROMO-31")
def test_the_window_is_spelt_with_its_time_zone(oip: Oip, member: Member) -> None:
    """Both ends are RFC 3339 date-times, in order."""
    answer = oip.promotions_answer(member).expect(200)
    for position, item in enumerate(answer.items()):
        if time_of(answer, position, "validFrom") > time_of(answer, position, "validTo"):
            raise answer.unmet("validFrom not after validTo", f"{item.get('validFrom')} > {item.get('validTo')}")


@requirement("OIP-PROMO-39")
def test_a_cart_is_offered_what_can_be_redeemed_with_it(oip: Oip, member: Member) -> None:
    """What is named for a member's cart is the member's and can be redeemed in the cart's store."""
    answer = oip.cart_promotions(member).expect(200)
    own = {promotion.id: promotion for promotion in oip.promotions_of(member)}
    named = {*oip.profile.fixtures.promotions.values(), *filter(None, [oip.profile.fixtures.unassigned_promotion])}
    offered = named_promotions(answer.json, set(own) | named)
    if not offered:
        raise NotTested("the answer names no promotion in a form that is known")
    for name in offered:
        if name not in own:
            raise answer.unmet("promotions of the member", f"{name}, which is not listed")
        oip.redeem(own[name].id, member, store=oip.some_store(), cashRegisterId="POS-1").expect(200)


@requirement("OIP-PROMO-40")
def test_asking_for_a_cart_redeems_nothing(oip: Oip, member: Member) -> None:
    """Counts and availability stay, and the same question has the same answer."""
    before = oip.promotions_answer(member).expect(200)

    first, second = oip.cart_promotions(member).expect(200), oip.cart_promotions(member).expect(200)

    after = oip.promotions_answer(member).expect(200)
    expect_same(after, before.json, after.json)
    expect_same_substance(second, first.json, second.json)
    own = {item["id"] for item in before.items() if isinstance(item, dict) and isinstance(item.get("id"), str)}
    if named_promotions(first.json, own) != named_promotions(second.json, own):
        raise second.unmet("the promotions named the first time", "others")


@requirement("OIP-PROMO-41")
def test_a_cart_of_nobody_is_refused(oip: Oip, member: Member) -> None:
    """A customer that nobody is answers 404 or 400; a member's cart is answered."""
    oip.cart_promotions(member).expect(200)
    oip.cart_promotions(None).expect_error(404, 400)


def named_promotions(value: Any, known: set[str]) -> list[str]:
    """The promotion ids that an answer in a free form names."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return list(dict.fromkeys(name for part in parts for name in named_promotions(part, known)))
    return [value] if isinstance(value, str) and value in known else []
