"""Redeeming: what counts, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from oip_conformance.scenario import Member, NotApplicable, NotTested, Oip, Promotion, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import at_once, expect_same


def trace(oip: Oip, member: Member) -> dict[str, Any]:
    """All that shows a member's redemptions: the list by promotion, and what was redeemed."""
    listed = oip.promotions_answer(member).expect(200)
    by_id = {str(listed.at(position, "id")): item for position, item in enumerate(listed.items())}
    return {"promotions": by_id, "redeemed": oip.redeemed_by(member)}


def expect_no_trace(oip: Oip, member: Member, before: dict[str, Any]) -> None:
    """Nothing that shows a member's redemptions has changed."""
    expect_same(oip.promotions_answer(member), before, trace(oip, member))


@requirement("OIP-PROMO-04")
def test_redeeming_past_the_limit_is_refused_and_changes_nothing(oip: Oip, member: Member) -> None:
    """A promotion is redeemed at most `redemptionLimit` times by one customer."""
    promotion = oip.promotion_of(member, role="open")
    for _ in range(promotion.redemptions_left or 0):
        oip.redeem(promotion, member).expect(200)
    before = trace(oip, member)

    oip.redeem(promotion, member).expect_error(400)

    expect_no_trace(oip, member, before)


@requirement("OIP-PROMO-04")
def test_a_single_use_promotion_is_used_once(oip: Oip, member: Member) -> None:
    """The second redemption is refused and changes nothing."""
    promotion = oip.promotion_of(member, role="single_use")
    oip.redeem(promotion, member).expect(200)
    before = trace(oip, member)

    oip.redeem(promotion, member).expect_error(400)

    expect_no_trace(oip, member, before)


@requirement("OIP-PROMO-04")
def test_a_limit_holds_for_all_stores_together(oip: Oip, member: Member) -> None:
    """What was used up in one store is used up in every other, and at a till as well as without one."""
    stores = oip.profile.fixtures.stores
    if len(stores) < 2:
        raise NotApplicable("the profile names no second store")
    promotion = oip.promotion_of(member, role="single_use")
    oip.redeem(promotion, member, store=stores[0]).expect(200)
    before = trace(oip, member)

    for store in stores[1:]:
        oip.redeem(promotion, member, store=store).expect_error(400)
        oip.redeem(promotion, member, store=store, cashRegisterId="POS-002").expect_error(400)

    expect_no_trace(oip, member, before)


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("expired", marks=requirement("OIP-PROMO-05")),
        pytest.param("not_yet_valid", marks=requirement("OIP-PROMO-06")),
    ],
)
def test_outside_its_window_a_promotion_is_refused(oip: Oip, member: Member, role: str) -> None:
    """Another promotion is redeemed the same way, so it is the window that refuses."""
    outside = oip.promotion_named(role)
    oip.redeem(oip.promotion_of(member, role="unlimited"), member).expect(200)
    before = trace(oip, member)

    oip.redeem(outside, member).expect_error(400)

    expect_no_trace(oip, member, before)


@requirement("OIP-PROMO-07")
def test_a_redemption_is_counted_once(oip: Oip, member: Member) -> None:
    """redemptionCount rises by exactly one with each redemption."""
    promotion = oip.promotion_of(member, role="open")
    before = oip.count_of(promotion, member)
    for more in (1, 2):
        oip.redeem(promotion, member).expect(200)
        count = oip.count_of(promotion, member)
        if count != before + more:
            raise oip.promotions_answer(member).unmet(f"redemptionCount {before + more}", str(count))


@requirement("OIP-PROMO-08")
def test_a_redemption_is_in_the_history(oip: Oip, member: Member) -> None:
    """The history has one more entry: the store, the receipt, and a time near now."""
    promotion = oip.promotion_of(member, role="open")
    receipt = oip.fresh_id("receipt")
    oip.redeem(promotion, member, receiptId=receipt).expect(200)

    answer = oip.promotions_answer(member).expect(200)
    item = next((one for one in answer.items() if one.get("id") == promotion.id), {})
    entries = [entry for entry in item.get("redemptionHistory") or [] if entry.get("receiptId") == receipt]
    if len(entries) != 1 or entries[0].get("storeId") != oip.some_store():
        raise answer.unmet(f"one entry for {receipt} at {oip.some_store()}", repr(item.get("redemptionHistory")))
    moment = dt.datetime.fromisoformat(str(entries[0].get("redeemDateTime")).replace("Z", "+00:00"))
    if abs(moment.replace(tzinfo=None) - oip.now().replace(tzinfo=None)) > dt.timedelta(hours=15):
        raise answer.unmet("redeemDateTime near now", repr(entries[0].get("redeemDateTime")))


@requirement("OIP-PROMO-09")
def test_a_redeemed_promotion_is_in_the_redeemed_list(oip: Oip, member: Member) -> None:
    """What was redeemed is listed with its description, what was not is not."""
    used, unused = oip.promotion_of(member, role="single_use"), oip.promotion_of(member, role="open")
    oip.redeem(used, member).expect(200)

    answer = oip.redeemed_answer(member).expect(200)

    ids = oip.redeemed_by(member)
    if used.id not in ids or unused.id in ids:
        raise answer.unmet(f"{used.id} and not {unused.id}", repr(ids))
    entry = next(item for item in answer.items() if item.get("couponId") == used.id)
    wanted = {used.listed.get("description"), used.listed.get("name")}
    if used.listed.get("description") and entry.get("description") not in wanted:
        raise answer.unmet(f"its description, {used.listed.get('description')!r}", repr(entry.get("description")))


@requirement("OIP-PROMO-10")
def test_a_promotion_is_refused_in_other_stores(oip: Oip, member: Member) -> None:
    """At a store that is not among its own it answers 400; at its own it is redeemed."""
    promotion = oip.promotion_of(member, role="one_store")
    other = next((store for store in oip.profile.fixtures.stores if store not in promotion.stores), None)
    if not promotion.stores or other is None:
        raise NotTested("fixtures need a promotion limited to a store, and another store")
    before = trace(oip, member)

    oip.redeem(promotion, member, store=other).expect_error(400)

    expect_no_trace(oip, member, before)
    oip.redeem(promotion, member, store=promotion.stores[0]).expect(200)


@requirement("OIP-PROMO-11")
def test_a_promotion_works_in_its_stores(oip: Oip, member: Member) -> None:
    """One limited to a store works there, one without stores works in every store."""
    limited = oip.promotion_of(member, role="one_store")
    for store in limited.stores:
        oip.redeem(limited, member, store=store).expect(200)
    everywhere = oip.promotion_of(member, role="unlimited")
    for store in oip.profile.fixtures.stores:
        oip.redeem(everywhere, member, store=store).expect(200)


@requirement("OIP-PROMO-12")
def test_a_promotion_is_refused_in_other_channels(oip: Oip, member: Member) -> None:
    """One for tills only is refused in a web shop; at a till it is redeemed."""
    promotion = oip.promotion_of(member, role="pos_only")
    before = trace(oip, member)

    oip.redeem(promotion, member, extendedProperties={"channel": "ECOM"}).expect_error(400)

    expect_no_trace(oip, member, before)
    oip.redeem(promotion, member, cashRegisterId="POS-001").expect(200)


@requirement("OIP-PROMO-13")
def test_a_promotion_works_in_its_channels(oip: Oip, member: Member) -> None:
    """With a cash register it is a redemption at a till."""
    promotion = oip.promotion_of(member, role="pos_only")
    oip.redeem(promotion, member, cashRegisterId="POS-001", cashierId="123").expect(200)
    if promotion.id not in oip.redeemed_by(member):
        raise oip.redeemed_answer(member).unmet(f"{promotion.id} redeemed", repr(oip.redeemed_by(member)))


@requirement("OIP-PROMO-20")
def test_an_unknown_promotion_answers_404(oip: Oip, member: Member) -> None:
    """A promotion id that does not exist changes nothing."""
    oip.redeem(oip.promotion_of(member, role="unlimited"), member).expect(200)
    before = trace(oip, member)
    oip.redeem(NOBODY, member).expect_error(404)
    expect_no_trace(oip, member, before)


@requirement("OIP-PROMO-21")
def test_redeeming_for_an_unknown_member_answers_404(oip: Oip, member: Member) -> None:
    """A customer that nobody is, is not taken for no customer."""
    promotion = oip.promotion_of(member, role="unlimited")
    oip.redeem(promotion, member).expect(200)
    oip.redeem(promotion, None, customerId=NOBODY).expect_error(404)


@requirement("OIP-PROMO-22")
def test_a_promotion_that_is_not_assigned_answers_404(oip: Oip, member: Member) -> None:
    """An existing promotion of others is not the member's."""
    foreign = oip.profile.fixtures.unassigned_promotion
    if foreign is None:
        raise NotTested("[fixtures] of the profile names no unassigned_promotion")
    before = trace(oip, member)
    oip.redeem(foreign, member).expect_error(404)
    expect_no_trace(oip, member, before)


@requirement("OIP-PROMO-23")
def test_a_redemption_without_a_member_counts_for_nobody(oip: Oip, member: Member) -> None:
    """It answers 200, and members' counts stay."""
    before = trace(oip, member)
    oip.redeem(oip.promotion_named("open"), None).expect(200)
    expect_no_trace(oip, member, before)


@requirement("OIP-PROMO-24")
def test_a_redemption_without_a_member_follows_window_and_store(oip: Oip, member: Member) -> None:
    """Window and stores hold for everybody."""
    oip.redeem(oip.promotion_named("open"), None).expect(200)
    for role in ("expired", "not_yet_valid"):
        oip.redeem(oip.promotion_named(role), None).expect_error(400)
    limited = oip.promotion_of(member, role="one_store")
    other = next((store for store in oip.profile.fixtures.stores if store not in limited.stores), None)
    if other is not None:
        oip.redeem(limited, None, store=other).expect_error(400)


@requirement("OIP-PROMO-26")
def test_an_unlimited_promotion_has_no_limit(oip: Oip, member: Member) -> None:
    """It is redeemed more often than its limit says, counted each time, and stays available."""
    promotion = oip.promotion_of(member, role="unlimited")
    times = max(int(promotion.listed.get("redemptionLimit") or 0) + 2, 8)
    for _ in range(times):
        oip.redeem(promotion, member).expect(200)

    answer = oip.promotions_answer(member).expect(200)
    item = next((one for one in answer.items() if one.get("id") == promotion.id), {})
    if item.get("redemptionCount") != times or item.get("available") is not True:
        raise answer.unmet(f"count {times} and available", f"{item.get('redemptionCount')}, {item.get('available')}")


@requirement("OIP-PROMO-30")
def test_count_limit_and_history_agree(oip: Oip, member: Member) -> None:
    """The count is the length of the history and not above the limit."""
    for role, times in (("open", 2), ("single_use", 1), ("unlimited", 3)):
        promotion = oip.promotion_of(member, role=role)
        for _ in range(times):
            oip.redeem(promotion, member).expect(200)

    answer = oip.promotions_answer(member).expect(200)
    for position, item in enumerate(answer.items()):
        count = answer.at(position, "redemptionCount")
        history = item.get("redemptionHistory") or []
        limit = item.get("redemptionLimit")
        over = isinstance(limit, (int, float)) and not item.get("unlimitedRedemption") and count > limit
        if count < 0 or count != len(history) or over:
            raise answer.unmet(
                "count = length of history <= limit", f"{count}, {len(history)}, {limit} of {item.get('id')}"
            )


@requirement("OIP-PROMO-33")
def test_every_kind_of_id_names_the_same_member(oip: Oip, member: Member) -> None:
    """Redemptions by each identifier count together, and the lists are equal."""
    promotion = oip.promotion_of(member, role="unlimited")
    ways = oip.profile.identifiers.customer
    for way in ways:
        oip.redeem(promotion, None, customerId=member.identifier(way)).expect(200)

    lists = [oip.call("getPromotions", path={"id": member.identifier(way)}).expect(200) for way in ways]
    redeemed = [oip.call("getRedeemedPromotions", path={"id": member.identifier(way)}).expect(200) for way in ways]
    for answer in lists[1:]:
        expect_same(answer, lists[0].json, answer.json)
    for answer in redeemed[1:]:
        expect_same(answer, redeemed[0].json, answer.json)
    count = oip.count_of(promotion, member)
    if count != len(ways):
        raise lists[0].unmet(f"redemptionCount {len(ways)}", str(count))


@requirement("OIP-PROMO-34")
def test_a_redemption_touches_one_promotion_of_one_member(oip: Oip, member: Member) -> None:
    """The member's other promotions and other members' stay as they were."""
    other = oip.create_member()
    promotion = oip.promotion_of(member, role="open")
    before, before_other = trace(oip, member), trace(oip, other)

    oip.redeem(promotion, member).expect(200)

    after = trace(oip, member)
    before["promotions"].pop(promotion.id)
    after["promotions"].pop(promotion.id)
    expect_same(oip.promotions_answer(member), before["promotions"], after["promotions"])
    expect_no_trace(oip, other, before_other)


@requirement("OIP-PROMO-35")
def test_nothing_redeemed_lists_nothing(oip: Oip, member: Member) -> None:
    """A new member's redeemed list is empty, or 404; after a redemption it is not."""
    answer = oip.redeemed_answer(member).expect(200, 404)
    if answer.status == 200 and answer.items():
        raise answer.unmet("an empty list", repr(answer.json))
    oip.redeem(oip.promotion_of(member, role="open"), member).expect(200)
    oip.redeemed_answer(member).expect(200)


@requirement("OIP-PROMO-36")
def test_the_redeemed_list_of_nobody_is_404(oip: Oip) -> None:
    """Nobody's id answers 404 in the envelope."""
    oip.call("getRedeemedPromotions", path={"id": NOBODY}).expect_enveloped(404)


@pytest.mark.parametrize("role", ["single_use", "open"])
@requirement("OIP-PROMO-37")
def test_parallel_redemptions_keep_the_limit(oip: Oip, member: Member, role: str) -> None:
    """Of more redemptions at once than are left, exactly as many succeed as were left."""
    promotion: Promotion = oip.promotion_of(member, role=role)
    left = promotion.redemptions_left or 1
    calls = [lambda: oip.redeem(promotion, member).expect(200, 400) for _ in range(left + 5)]

    answers = at_once(calls)

    succeeded = [answer for answer in answers if answer.status == 200]
    if len(succeeded) != left:
        raise answers[0].unmet(f"{left} of {len(calls)} to succeed", f"{len(succeeded)} succeeded")
    oip.redeem(promotion, member).expect_error(400)
    if promotion.id in {one.id for one in oip.promotions_of(member)}:
        count = oip.count_of(promotion, member)
        if count != left:
            raise oip.promotions_answer(member).unmet(f"redemptionCount {left}", str(count))


@requirement("OIP-POS-02")
def test_the_published_sample_of_a_redemption_is_accepted(oip: Oip, member: Member) -> None:
    """The sample of the documentation, with its identifiers replaced, redeems."""
    promotion = oip.promotion_named("unlimited")
    for sample in oip.contract.operation("redeemPromotion").request_examples("application/json").values():
        wanted = {"id": promotion, "storeId": oip.some_store(), "customerId": oip.person_id(member)}
        oip.call("redeemPromotion", json={**sample, **wanted}).expect(200)
