"""Prices of a cart, in the form that was agreed."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.scenario import Answer, Member, NotApplicable, NotTested, Oip, requirement
from oip_conformance.scenario.comparing import expect_same, expect_same_substance

OPERATIONS = ("calculatePrice", "calculatePriceFor")


def cart_of(oip: Oip, member: Member) -> dict[str, Any]:
    """The request that the profile agrees on, or the published sample for a cart that exists."""
    agreed = oip.profile.fixtures.price_request
    return dict(agreed) if agreed else stored_cart(oip, member)


def stored_cart(oip: Oip, member: Member) -> dict[str, Any]:
    """The published sample for a cart that was just stored."""
    cart = oip.fresh_id("cart")
    items = [{"itemId": "1001", "quantity": 2, "name": "Product 1001", "price": 799.9, "currency": "NOK"}]
    oip.call("createCart", json={"cartId": cart, "contactId": oip.person_id(member), "items": items}).expect(200)
    return {"cartId": cart}


def calculate(oip: Oip, operation: str, body: dict[str, Any]) -> Answer:
    """Ask for a price."""
    if operation == "calculatePrice":
        return oip.call(operation, json=body)
    kinds = oip.profile.fixtures.price_calculations
    if not kinds:
        raise NotTested("[fixtures] of the profile names no price_calculations")
    return oip.call(operation, path={"calculation": kinds[0]}, json=body)


@requirement("OIP-PRICE-01")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_agreed_price_request_is_answered(oip: Oip, member: Member, operation: str) -> None:
    """It answers 200 with a JSON document."""
    answer = calculate(oip, operation, cart_of(oip, member)).expect(200)
    if not isinstance(answer.json, dict | list) or not answer.json:
        raise answer.unmet("a JSON document", repr(answer.json))


@requirement("OIP-PRICE-02")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_calculating_changes_nothing(oip: Oip, member: Member, operation: str) -> None:
    """The same question has the same answer, and the member's promotions stay."""
    body = cart_of(oip, member)
    before = oip.record_of(member)

    first = calculate(oip, operation, body).expect(200)
    second = calculate(oip, operation, body).expect(200)

    expect_same_substance(second, first.json, second.json)
    after = oip.read(member).expect(200)
    expect_same(after, before, after.at("data"))


@requirement("OIP-PRICE-02")
def test_a_stored_cart_keeps_its_price(oip: Oip, member: Member) -> None:
    """Where an account prices carts by their id, a cart nobody asked about before costs the same the second time."""
    body = stored_cart(oip, member)
    first = calculate(oip, "calculatePrice", body)
    first.expect_decided(200, 400)
    if first.status != 200:
        raise NotApplicable("the account does not price carts by their id")
    second = calculate(oip, "calculatePrice", body).expect(200)
    expect_same_substance(second, first.json, second.json)
