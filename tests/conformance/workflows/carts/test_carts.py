"""Abandoned carts: stored by their id, replaced by the same id, emptied."""

from __future__ import annotations

from typing import Any

from oip_conformance.scenario import Answer, Member, NotApplicable, NotTested, Oip, Unmet, requirement
from oip_conformance.scenario.comparing import at_once, expect_same_substance


def store(oip: Oip, cart: str, member: Member, *, items: int = 1) -> Answer:
    """Send a cart with so many items."""
    lines: list[dict[str, Any]] = [
        {"itemId": f"100{number}", "quantity": number, "name": f"Vare {number}", "price": 99.9, "currency": "NOK"}
        for number in range(1, items + 1)
    ]
    return oip.call("createCart", json={"cartId": cart, "contactId": oip.person_id(member), "items": lines})


def empty(oip: Oip, cart: str) -> Answer:
    """Empty a cart."""
    return oip.call("emptyCart", json={"cartId": cart})


@requirement("OIP-CART-01")
def test_a_cart_is_accepted(oip: Oip, member: Member) -> None:
    """A cart with an id, a contact and items answers 200."""
    store(oip, oip.fresh_id("cart"), member, items=3).expect(200)


@requirement("OIP-CART-02")
def test_the_same_cart_id_updates_the_cart(oip: Oip, member: Member) -> None:
    """Sent again with other items, it is an update and no error."""
    cart = oip.fresh_id("cart")
    store(oip, cart, member, items=1).expect(200)
    store(oip, cart, member, items=2).expect(200)
    empty(oip, cart).expect(200)


@requirement("OIP-CART-03")
def test_a_stored_cart_is_emptied(oip: Oip, member: Member) -> None:
    """An emptied cart can be filled and emptied again."""
    cart = oip.fresh_id("cart")
    for _ in range(2):
        store(oip, cart, member).expect(200)
        empty(oip, cart).expect(200)


@requirement("OIP-CART-04")
def test_emptying_an_unknown_cart_is_refused(oip: Oip, member: Member) -> None:
    """A cart that was never stored answers 400; once stored it answers 200."""
    cart = oip.fresh_id("cart")
    empty(oip, cart).expect_error(400)
    store(oip, cart, member).expect(200)
    empty(oip, cart).expect(200)


@requirement("OIP-CART-05")
def test_emptying_touches_one_cart(oip: Oip, member: Member) -> None:
    """Other carts, of the same contact too, are still known."""
    first, second, third = (oip.fresh_id("cart") for _ in range(3))
    other = oip.create_member()
    for cart, holder in ((first, member), (second, member), (third, other)):
        store(oip, cart, holder).expect(200)

    empty(oip, first).expect(200)

    for cart in (second, third):
        empty(oip, cart).expect(200)


@requirement("OIP-CART-06")
def test_parallel_updates_of_one_cart_all_succeed(oip: Oip, member: Member) -> None:
    """One id sent several times at once is one cart."""
    cart = oip.fresh_id("cart")
    at_once([lambda items=items: store(oip, cart, member, items=items).expect(200) for items in range(1, 7)])
    empty(oip, cart).expect(200)


def price_of(oip: Oip, cart: str) -> Answer:
    """Ask what a cart costs. Raises NotApplicable where the account has not agreed on asking so."""
    answer = oip.call("calculatePrice", json={"cartId": cart})
    answer.expect_decided(200, 400)
    if answer.status != 200:
        raise NotApplicable("the account does not price carts by their id")
    return answer


def done(answer: Answer) -> None:
    """A cart was stored or emptied. Raises NotTested where it was not, which other requirements judge."""
    answer.expect_decided(200)
    if answer.status != 200:
        raise NotTested(f"{answer.exchange.operation} answered {answer.status}, so that no price can be compared")


def differ(one: Answer, two: Answer) -> bool:
    """Whether two prices say different things."""
    try:
        expect_same_substance(two, one.json, two.json)
    except Unmet:
        return True
    return False


@requirement("OIP-CART-08")
def test_a_cart_holds_what_was_sent_last(oip: Oip, member: Member) -> None:
    """A cart is known by its price: that of its last items after an update, of none after it was emptied."""
    few, many, none, cart, other = (oip.fresh_id("cart") for _ in range(5))
    for name, items in ((few, 1), (many, 3), (none, 0), (cart, 1), (other, 1)):
        done(store(oip, name, member, items=items))
    usual, most, nothing = (price_of(oip, name) for name in (few, many, none))
    if differ(usual, price_of(oip, few)) or not (differ(usual, most) and differ(usual, nothing)):
        raise NotApplicable("the prices of the account do not tell carts apart")

    done(store(oip, cart, member, items=3))
    updated = price_of(oip, cart)
    expect_same_substance(updated, most.json, updated.json)

    done(empty(oip, cart))
    emptied, untouched = price_of(oip, cart), price_of(oip, other)
    expect_same_substance(emptied, nothing.json, emptied.json)
    expect_same_substance(untouched, usual.json, untouched.json)


@requirement("OIP-POS-02")
def test_the_published_sample_of_a_cart_is_accepted(oip: Oip, member: Member) -> None:
    """The sample of the documentation, with its identifiers replaced, is stored."""
    for sample in oip.contract.operation("createCart").request_examples("application/json").values():
        wanted = {"cartId": oip.fresh_id("cart"), "contactId": oip.person_id(member)}
        oip.call("createCart", json={**sample, **wanted}).expect(200)
