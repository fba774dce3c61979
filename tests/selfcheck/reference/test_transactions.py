"""Receipts are kept as they were sent, once, and earn their points once."""

from __future__ import annotations

import copy
from typing import Any

import pytest


def line(number=1, product="VR-7", gross=125.0, **fields: Any) -> dict[str, Any]:
    amounts = {"GrossAmount": gross, "Vat": 25.0, "NetAmount": round(gross - 25, 2), "Discount": 0.1}
    return {"LineNo": number, "Quantity": 1, "ProductId": product, "TransactionType": "PURCHASE", **amounts, **fields}


def receipt(member, receipt_id="R-1", *items, store="STORE-001", **header: Any) -> dict[str, Any]:
    sent = {"StoreId": store, "ReceiptId": receipt_id, "TimeStamp": "2024-03-31T02:30:00", "GrossAmount": 979.3}
    if member:
        sent["ConsumerId"] = member
    return {"Header": {**sent, **header}, "Items": list(items) or [line()]}


def returned(item):
    return {**item, "Quantity": -item["Quantity"], "TransactionType": "RETURN"}


def send(oip, *receipts, **more):
    return oip.ask("POST", "/transactions", {"ReceiptRequests": list(receipts)}, **more)


def bought(oip, identifier, **more):
    return oip.ask("GET", f"/transactions/customerId/{identifier}", **more)


def loyalty(oip, member):
    return oip.ask("GET", f"/customers/id/{member['id']}").json["data"]["loyalty"]


def test_a_receipt_is_read_back_as_it_was_sent(oip):
    member = oip.new_member()
    items = [line(10, "0007", ProductName="Lue, blå"), line(2, gross=0.1), line(1, Quantity=2.5)]
    assert send(oip, receipt(member["id"], "0099", *items, store="ONLINE-001", Vat=195.86)).status == 200

    (found,) = bought(oip, member["id"]).json
    rows = found.pop("rows")
    assert found == {
        "receiptId": "0099",
        "receiptDate": "2024-03-31T02:30:00",
        "storeId": "ONLINE-001",
        "storeName": "Our store ONLINE-001",
        "grossAmount": 979.3,
        "vat": 195.86,
    }
    assert [row["lineNo"] for row in rows] == ["1", "2", "10"]
    assert rows[2]["productId"] == "0007"
    assert rows[2]["productName"] == "Lue, blå"
    assert (rows[0]["quantity"], rows[1]["grossAmount"], rows[1]["discount"]) == (2.5, 0.1, 0.1)


def test_a_purchase_earns_points_that_are_seen_everywhere_and_are_pending_at_first(oip):
    member, other = oip.new_member(), oip.new_member()
    before = loyalty(oip, member)
    send(oip, receipt(member["mobilePhone"], "R-1", line(1, gross=750), line(2, gross=0.1)))
    after = loyalty(oip, member)

    assert after["points"] == before["points"] + 75.01
    assert (after["pointsPending"], after["pointsActive"]) == (75.01, before["points"])
    assert after["pointsTotal"] == after["points"]
    _, first, second = oip.ask("GET", f"/loyalty/bonus/transactions/{member['id']}").json["transactions"]
    assert (first["value"], first["points"], second["points"]) == (750, 75, 0.01)
    assert (first["dataId"], first["dataLineId"], first["transactionDateTime"]) == (
        "R-1",
        "R-1-1",
        "2024-03-31T02:30:00",
    )
    assert [row["points"] for row in bought(oip, member["id"]).json[0]["rows"]] == [75, 0.01]
    assert loyalty(oip, other) == other["loyalty"]


def test_a_return_takes_the_points_back_and_is_read_back_as_one(oip):
    member = oip.new_member()
    before = loyalty(oip, member)
    send(oip, receipt(member["id"], "R-1", line(gross=333.33)))
    send(oip, receipt(member["id"], "R-2", returned(line(gross=333.33))))

    assert loyalty(oip, member) == before
    row = bought(oip, member["id"]).json[0]["rows"][0]
    assert (row["transactionType"], row["quantity"], row["grossAmount"]) == ("RETURN", -1, 333.33)


def test_a_campaign_of_double_points_doubles_the_points_of_its_products(oip):
    member = oip.new_member()
    send(oip, receipt(member["id"], "R-1", line(1, "AA-123456789", gross=100), line(2, gross=100)))
    assert [row["points"] for row in bought(oip, member["id"]).json[0]["rows"]] == [20, 10]


def test_products_that_count_fill_the_stamp_card_and_no_more(oip):
    member = oip.new_member()

    def clips():
        return [card["count"] for card in oip.ask("GET", f"/loyalty/loyalty-cards/{member['id']}").json]

    coffee = line(product="7049987090935", Quantity=4)
    for number, expected in enumerate((4, 8, 10)):
        send(oip, receipt(member["id"], f"R-{number}", coffee))
        assert clips() == [expected, 0, 0]
    send(oip, receipt(member["id"], "R-4", returned(coffee)))
    assert clips() == [6, 0, 0]


def test_a_receipt_sent_twice_is_stored_and_rewarded_once(oip):
    member = oip.new_member()
    sent = receipt(member["id"])
    assert [send(oip, sent).status, send(oip, sent, copy.deepcopy(sent)).status] == [200, 200]
    assert send(oip, receipt(member["id"], store="STORE-002")).status == 200
    assert [found["storeId"] for found in bought(oip, member["id"]).json] == ["STORE-002", "STORE-001"]
    assert loyalty(oip, member)["points"] == member["loyalty"]["points"] + 25


@pytest.mark.parametrize(
    "spoilt",
    [{"TimeStamp": "yesterday"}, {"ConsumerId": "NOBODY"}, {"StoreId": ""}, {"GrossAmount": "1"}, {"ReceiptId": None}],
)
def test_a_batch_with_one_invalid_receipt_stores_none(oip, spoilt):
    member = oip.new_member()
    send(oip, receipt(member["id"]), receipt(member["id"], "R-2", **spoilt)).refused(400)
    assert bought(oip, member["id"]).json == []
    assert loyalty(oip, member) == member["loyalty"]


def test_an_amount_beyond_all_points_is_refused_with_its_batch(oip):
    member = oip.new_member()
    send(oip, receipt(member["id"]), receipt(member["id"], "R-2", line(gross=1e300))).refused(400)
    assert bought(oip, member["id"]).json == []


def test_a_batch_of_400_is_stored_whole(oip):
    members = [oip.new_member() for _ in range(4)]
    batch = [receipt(members[n % 4]["id"], f"R-{n}", *(line(k, "P" * 30) for k in range(1, 13))) for n in range(400)]
    assert send(oip, *batch).status == 200
    found = [entry["receiptId"] for member in members for entry in bought(oip, member["id"]).json]
    assert sorted(found) == sorted(f"R-{n}" for n in range(400))


@pytest.mark.parametrize(
    ("sent", "read"),
    [("2023-12-31T23:59:59", "2023-12-31T23:59:59"), ("2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00"),
     ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00")],
)  # fmt: skip
def test_the_local_time_of_the_till_is_kept(oip, sent, read):
    member = oip.new_member()
    send(oip, receipt(member["id"], TimeStamp=sent))
    assert bought(oip, member["id"]).json[0]["receiptDate"] == read


def test_a_receipt_of_nobody_is_stored_and_shown_to_nobody(oip):
    member = oip.new_member()
    assert send(oip, receipt(None), receipt("", "R-2")).status == 200
    assert bought(oip, member["id"]).json == []
    bought(oip, "NOBODY").refused(404)


def test_receipts_are_found_by_every_kind_of_id_and_not_by_another_account(oip):
    member = oip.new_member(externalId="E-1")
    for number, identifier in enumerate((member["id"], member["mobilePhone"], "E-1")):
        assert send(oip, receipt(identifier, f"R-{number}")).status == 200
    found = bought(oip, "E-1").json
    assert len(found) == 3
    assert found == bought(oip, member["id"]).json == bought(oip, member["mobilePhone"]).json
    bought(oip, "E-1", tenant="second").refused(404)
    send(oip, receipt(member["id"], "R-9"), tenant="second").refused(400)
    assert bought(oip, "E-1").json == found
