"""Promotions are redeemed within their window, stores, channels and limit, and not otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oip_reference.clock import Clock
from oip_reference.wellknown import PROMOTIONS


def test_a_new_member_has_every_standing_promotion_whose_window_has_not_ended(oip):
    member = oip.new_member()
    listed = oip.ask("GET", f"/promotions/{member['id']}").json
    roles = {role for role, identifier in PROMOTIONS.items() if identifier in [item["id"] for item in listed]}

    assert roles == set(PROMOTIONS) - {"expired", "unassigned"}
    assert {item["id"]: item["available"] for item in listed}[PROMOTIONS["not_yet_valid"]] is False
    assert listed == member["promotions"]
    assert listed == oip.ask("GET", f"/promotions/mobilePhone?mobilePhone=%2B{member['mobilePhone'][1:]}").json


def test_a_promotion_is_redeemed_up_to_its_limit_and_no_further(oip):
    member = oip.new_member()["id"]
    for count in range(1, 6):
        assert oip.redeem("open", member, receiptId=f"R-{count}").status == 200
        assert oip.promotion(member, "open")["redemptionCount"] == count
    refusal = oip.redeem("open", member, receiptId="R-6")

    refusal.refused(400)
    promotion = oip.promotion(member, "open")
    assert promotion["available"] is False
    assert [entry["receiptId"] for entry in promotion["redemptionHistory"]] == [f"R-{n}" for n in range(1, 6)]
    assert [entry["couponId"] for entry in oip.ask("GET", f"/promotions/redeemed/{member}").json] == [
        PROMOTIONS["open"]
    ]


def test_an_unlimited_promotion_stays_available(oip):
    member = oip.new_member()["id"]
    assert [oip.redeem("unlimited", member).status for _ in range(12)] == [200] * 12
    assert oip.promotion(member, "unlimited")["available"] is True


def test_one_members_redemption_leaves_anothers_promotion_as_it_was(oip):
    first, second = oip.new_member()["id"], oip.new_member()["id"]
    assert oip.redeem("single_use", first).status == 200
    assert oip.promotion(second, "single_use")["redemptionCount"] == 0
    assert oip.redeem("single_use", second).status == 200


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        ("expired", {}),
        ("not_yet_valid", {}),
        ("one_store", {"storeId": "STORE-002"}),
        ("pos_only", {}),
        ("pos_only", {"cashRegisterId": "POS-1", "extendedProperties": {"channel": "ECOM"}}),
    ],
)
def test_a_redemption_outside_window_store_or_channel_is_refused(oip, role, fields):
    member = oip.new_member()["id"]
    oip.redeem(role, member, **fields).refused(400)
    oip.redeem(role, **fields).refused(400)
    assert oip.ask("GET", f"/promotions/redeemed/{member}").json == []


@pytest.mark.parametrize(
    ("role", "fields"),
    [("one_store", {}), ("pos_only", {"cashRegisterId": "POS-1"}),
     ("pos_only", {"extendedProperties": {"channel": "pos"}})],
)  # fmt: skip
def test_a_redemption_in_the_right_store_or_channel_succeeds(oip, role, fields):
    member = oip.new_member()["id"]
    assert oip.redeem(role, member, **fields).status == 200


def test_who_or_what_does_not_exist_is_not_found(oip):
    member = oip.new_member()["id"]
    oip.redeem("NO-SUCH-PROMOTION", member).refused(404)
    oip.redeem("open", "NO-SUCH-MEMBER").refused(404)
    oip.redeem("unassigned", member).refused(404)
    oip.ask("GET", "/promotions/NO-SUCH-MEMBER").refused(404)
    oip.ask("GET", "/promotions/redeemed/NO-SUCH-MEMBER").refused(404)


def test_an_anonymous_redemption_counts_for_nobody(oip):
    member = oip.new_member()["id"]
    assert oip.redeem("open").status == 200
    assert oip.promotion(member, "open")["redemptionCount"] == 0


def test_a_disabled_promotion_is_listed_as_unavailable_until_it_is_enabled(oip):
    member = oip.new_member()
    query = f"id={PROMOTIONS['open']}&customerId=%2B{member['mobilePhone'][1:]}"
    assert oip.ask("PUT", f"/promotions/disableUse?{query}").status == 200
    oip.redeem("open", member["id"]).refused(400)
    assert oip.promotion(member["id"], "open")["available"] is False
    assert oip.ask("PUT", f"/promotions/enableUse?{query}").status == 200
    assert oip.redeem("open", member["id"]).status == 200


def test_a_promotion_becomes_available_when_its_window_opens(oip):
    member = oip.new_member()["id"]
    oip.application.server.part(Clock).offset = timedelta(days=400)
    assert oip.promotion(member, "not_yet_valid")["available"] is True
    assert oip.ask("GET", f"/customers/id/{member}").json["data"]["promotions"][-1]["available"] is True
    oip.application.server.part(Clock).offset = timedelta(days=0)
    assert oip.ask("GET", f"/customers/id/{member}").json["data"]["promotions"][-1]["available"] is False


def test_a_cart_is_offered_what_its_member_could_redeem_there(oip):
    member = oip.new_member()["id"]
    articles = [{"articleId": "A", "price": 100, "quantity": 3}]
    cart = {"customerId": member, "storeId": "STORE-002", "articles": articles}
    offered = {item["id"]: item["discount"] for item in oip.ask("POST", "/promotions/cart", cart).json["promotions"]}

    assert offered == {PROMOTIONS["open"]: 30.0, PROMOTIONS["single_use"]: 100.0, PROMOTIONS["unlimited"]: 0.0}
    oip.ask("POST", "/promotions/cart", cart | {"customerId": "NOBODY"}).refused(404)
