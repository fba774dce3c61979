"""Clips are added to one card of one member, handed on between two, and never made or lost on the way."""

from __future__ import annotations

import pytest


def cards(oip, member, **more):
    listed = oip.ask("GET", f"/loyalty/loyalty-cards/{member['id']}", **more).json
    return {card["id"]: card["count"] for card in listed}


def add(oip, member, clips=None, card="4", **more):
    body = {"id": card, "memberId": member, "storeId": "STORE-001", "cashierId": 123}
    return oip.ask("PUT", "/loyalty/loyalty-cards", body | ({} if clips is None else {"itemCount": clips}), **more)


def transfer(oip, giver, receiver, clips, card="4", **more):
    body = {"fromCustomerId": giver, "toCustomerId": receiver, "loyaltycardId": card, "clipCount": clips}
    return oip.ask("POST", "/loyalty/loyalty-cards/transfer-clips", body, **more)


def test_clips_go_to_one_card_of_one_member(oip):
    member, other = oip.new_member(), oip.new_member()
    assert add(oip, member["mobilePhone"], 3).status == 200
    assert add(oip, member["id"]).status == 200

    assert cards(oip, member) == {"4": 4, "5": 0, "6": 0}
    assert cards(oip, other) == {"4": 0, "5": 0, "6": 0}
    shown = oip.ask("GET", f"/customers/id/{member['id']}").json["data"]["loyalty"]["loyaltyCards"]
    assert shown == oip.ask("GET", f"/loyalty/loyalty-cards/{member['mobilePhone']}").json


@pytest.mark.parametrize(
    ("fields", "status"), [({"clips": 0}, 400), ({"clips": -1}, 400), ({"clips": 11}, 409), ({"clips": 10**17}, 409),
                           ({"clips": 10**30}, 409), ({"card": "NONE"}, 400), ({"member": "NOBODY"}, 400)]
)  # fmt: skip
def test_clips_that_have_no_place_are_refused(oip, fields, status):
    member = oip.new_member()
    add(oip, **{"member": member["id"], "clips": 1, **fields}).refused(status)
    assert set(cards(oip, member).values()) == {0}


def test_handed_on_clips_change_hands(oip):
    giver, receiver = oip.new_member(), oip.new_member(externalId="E-1")
    add(oip, giver["id"], 5)
    assert transfer(oip, giver["mobilePhone"], "E-1", 2).status == 200
    assert (cards(oip, giver)["4"], cards(oip, receiver)["4"]) == (3, 2)


@pytest.mark.parametrize(
    "changed",
    [{"clips": 6}, {"clips": 0}, {"clips": -1}, {"clips": 10**30}, {"giver": "NOBODY"}, {"receiver": "NOBODY"},
     {"card": "NONE"}, {"card": "5"}, {"receiver": "giver"}, {"receiver": "full"}],
)  # fmt: skip
def test_a_transfer_that_cannot_be_moves_nothing(oip, changed):
    people = {name: oip.new_member()["id"] for name in ("giver", "receiver", "full")}
    add(oip, people["giver"], 5)
    add(oip, people["full"], 10)
    asked = {"giver": people["giver"], "receiver": people["receiver"], "clips": 1, **changed}
    asked["receiver"] = people.get(asked["receiver"], asked["receiver"])

    transfer(oip, **asked).refused(400)
    assert [cards(oip, {"id": person})["4"] for person in people.values()] == [5, 0, 10]


def test_the_products_belong_to_cards(oip):
    products = oip.ask("GET", "/loyalty/loyalty-cards/products").json
    assert products
    assert {product["stampCardId"] for product in products} <= set(cards(oip, oip.new_member()))
    assert all(product["productId"] for product in products)


def test_cards_of_nobody_and_of_another_account_are_not_found(oip):
    member, own = oip.new_member(), oip.new_member(tenant="second")
    add(oip, member["id"], 2)
    oip.ask("GET", "/loyalty/loyalty-cards/NOBODY").refused(404)
    oip.ask("GET", f"/loyalty/loyalty-cards/{member['id']}", tenant="second").refused(404)
    add(oip, member["id"], 1, tenant="second").refused(400)
    transfer(oip, member["id"], own["id"], 1, tenant="second").refused(400)
    assert cards(oip, member)["4"] == 2
