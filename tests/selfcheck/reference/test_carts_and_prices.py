"""Carts are kept by their id, and priced as they are stored."""

from __future__ import annotations

import pytest

ITEMS = [
    {"itemId": "1001", "quantity": 2, "price": 100, "salePrice": 80},
    {"itemId": "1002", "quantity": 1, "price": 49.9},
]


def store(oip, cart, contact, items=ITEMS, tenant="main"):
    body = {"cartId": cart, "contactId": contact, "items": items}
    return oip.ask("POST", "/abandonedCarts", body, tenant=tenant)


def empty(oip, cart, tenant="main"):
    return oip.ask("POST", "/abandonedCarts/empty", {"cartId": cart}, tenant=tenant)


def price(oip, body, kind=None):
    return oip.ask("POST", "/price/calculate" + (f"/{kind}" if kind else ""), body)


def test_the_price_follows_the_cart_through_update_and_emptying(oip):
    member = oip.new_member()
    assert store(oip, "C-1", member["id"]).status == 200
    priced = price(oip, {"cartId": "C-1"}).json
    assert (priced["grossAmount"], priced["discount"], priced["amount"]) == (249.9, 40, 209.9)
    assert store(oip, "C-1", member["id"], ITEMS[1:]).status == 200
    assert price(oip, {"cartId": "C-1"}).json["amount"] == 49.9
    assert empty(oip, "C-1").status == 200
    assert price(oip, {"cartId": "C-1"}).json["amount"] == 0


def test_a_cart_is_emptied_alone(oip):
    member = oip.new_member()
    store(oip, "C-1", member["id"])
    store(oip, "C-2", member["id"])
    empty(oip, "C-1")
    assert price(oip, {"cartId": "C-2"}).json["amount"] == 209.9


def test_a_cart_that_was_never_stored_cannot_be_emptied_or_priced(oip):
    empty(oip, "C-1").refused(400)
    price(oip, {"cartId": "C-1"}).refused(400)
    price(oip, {"cartId": 7}).refused(400)


@pytest.mark.parametrize("kind", ["id", "mobilePhone", "externalId"])
def test_the_contact_is_a_member_by_any_kind_of_id(oip, kind):
    member = oip.new_member(externalId="E-1")
    assert store(oip, "C-1", member[kind]).status == 200
    store(oip, "C-2", "nobody").refused(400)
    empty(oip, "C-2").refused(400)


def test_carts_are_each_accounts_own(oip):
    mine, yours = oip.new_member(), oip.new_member("second")
    store(oip, "C-1", mine["id"])
    empty(oip, "C-1", tenant="second").refused(400)
    store(oip, "C-1", mine["id"], tenant="second").refused(400)
    assert store(oip, "C-1", yours["id"], [], tenant="second").status == 200
    assert price(oip, {"cartId": "C-1"}).json["amount"] == 209.9


def test_the_kind_of_calculation_decides_about_sale_prices(oip):
    for body in ({"items": ITEMS}, ITEMS):
        assert price(oip, body, "standard").json["amount"] == 209.9
    assert price(oip, {"items": ITEMS}, "regular").json["amount"] == 249.9
    price(oip, {"items": ITEMS}, "unknown").refused(400)


@pytest.mark.parametrize("body", [{}, {"field1": "x"}, {"nested": {"a": [1]}}, {"items": []}, {"cartId": None}, []])
def test_a_body_without_items_costs_nothing(oip, body):
    assert price(oip, body).json == {"items": [], "grossAmount": 0, "discount": 0, "amount": 0}


@pytest.mark.parametrize(
    "items",
    ["x", {"a": 1}, [1], [{"price": "ten"}], [{"quantity": None}], [{"salePrice": True}],
     [{"price": 1e308, "quantity": 1e308}], [{"price": 1.7e308}] * 2],
)  # fmt: skip
def test_items_that_cannot_be_counted_are_refused(oip, items):
    price(oip, {"items": items}).refused(400)


def test_pricing_writes_nothing(oip):
    member = oip.new_member()
    store(oip, "C-1", member["id"])
    before = oip.ask("GET", f"/customers/id/{member['id']}").json
    for body in ({"cartId": "C-1"}, {"items": ITEMS}):
        assert price(oip, body).json == price(oip, body).json
    assert oip.ask("GET", f"/customers/id/{member['id']}").json == before
