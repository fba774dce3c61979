"""A customer read again from ready bytes is the customer as it is now, whatever was written in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oip_reference.clock import Clock
from oip_reference.wellknown import PROMOTIONS


def read(oip, member):
    return oip.ask("GET", f"/customers/id/{member}").json


def read_anew(oip, member):
    oip.application.server.database.kept_of_members.clear()
    return read(oip, member)


def changes(member, other):
    item = {"LineNo": 1, "Quantity": 1, "ProductId": "7049987090935", "GrossAmount": 100, "TransactionType": "PURCHASE"}
    header = {"StoreId": "STORE-001", "ReceiptId": "R-1", "ConsumerId": member}
    move = {"loyaltycardId": "5", "clipCount": 1}
    open_one = {"id": PROMOTIONS["open"], "storeId": "STORE-001"}
    return {
        "an update": ("PUT", "/customers", {"data": {"id": member, "firstName": "Ola"}}),
        "points by hand": ("POST", "/loyalty/bonus/addRewardPoints",
                           {"points": 5, "description": "", "externalId": member}),
        "an activity": ("POST", "/loyalty/bonus/import", {"externalId": member, "activity": "20", "activityValue": 10}),
        "clips": ("PUT", "/loyalty/loyalty-cards", {"id": "4", "memberId": member}),
        "clips given away": ("POST", "/loyalty/loyalty-cards/transfer-clips",
                             {"fromCustomerId": member, "toCustomerId": other, **move}),
        "clips received": ("POST", "/loyalty/loyalty-cards/transfer-clips",
                           {"fromCustomerId": other, "toCustomerId": member, **move}),
        "a receipt": ("POST", "/transactions", {"ReceiptRequests": [{"Header": header, "Items": [item]}]}),
        "a redemption": ("POST", "/promotions/redeem", {**open_one, "customerId": member}),
        "a switch": ("PUT", f"/promotions/disableUse?id={PROMOTIONS['open']}&customerId={member}", None),
    }  # fmt: skip


@pytest.mark.parametrize("change", changes("", ""))
def test_a_change_is_seen_at_once(oip, change):
    member, other = oip.new_member()["id"], oip.new_member()["id"]
    for person in (member, other):
        assert oip.ask("PUT", "/loyalty/loyalty-cards", {"id": "5", "memberId": person, "itemCount": 3}).status == 200
    before = read(oip, member)
    assert oip.ask(*changes(member, other)[change]).status == 200

    after = read(oip, member)
    assert after != before
    assert after == read_anew(oip, member)


def test_a_change_that_is_refused_leaves_no_trace(oip):
    member = oip.new_member()["id"]
    before = read(oip, member)
    receipts = changes(member, "")["a receipt"][2]["ReceiptRequests"]
    spoilt = {"Header": {**receipts[0]["Header"], "ReceiptId": "R-2", "TimeStamp": "never"}, "Items": []}
    oip.ask("POST", "/transactions", {"ReceiptRequests": [*receipts, spoilt]}).refused(400)
    assert read(oip, member) == before == read_anew(oip, member)


@pytest.mark.parametrize("days", [13, 15, 500, 3 * 366, -1])
def test_the_passing_of_time_is_seen(oip, days):
    member = oip.new_member()["id"]
    oip.ask(*changes(member, "")["a receipt"])
    assert read(oip, member)["data"]["loyalty"]["pointsPending"] == 10
    oip.application.server.part(Clock).offset = timedelta(days=days)
    later = read(oip, member)
    assert later == read_anew(oip, member)
    assert (later["data"]["loyalty"]["pointsPending"] == 10) == (0 < days < 14)


def test_another_account_does_not_get_it(oip):
    member = oip.new_member()["id"]
    read(oip, member)
    oip.ask("GET", f"/customers/id/{member}", tenant="second").refused(404)
