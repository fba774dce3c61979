"""Abandoned carts: what a web shop reports when somebody leaves, and the same cart reported again."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from oip_conformance.generation.identifiers import guids, make_guid


def cart_item(item_id: str, quantity: int, price: int, sale_price: int) -> dict[str, Any]:
    """One item; prices are given in øre and sent in kroner, the sale price is never above the price."""
    return {
        "itemId": item_id,
        "quantity": quantity,
        "name": f"Produkt {item_id}",
        "price": price / 100,
        "salePrice": min(price, sale_price) / 100,
        "currency": "NOK",
    }


def make_cart(
    random: Random, *, contact_id: str, cart_id: str | None = None, items: int | None = None
) -> dict[str, Any]:
    """A cart of a contact; giving its `cart_id` again makes it an update of the same cart."""
    prices = [random.randint(100, 200_000) for _ in range(random.randint(1, 5) if items is None else items)]
    return {
        "cartId": cart_id or make_guid(random),
        "contactId": contact_id,
        "items": [
            cart_item(str(1001 + number), random.randint(1, 9), price, price * random.choice((100, 80, 50)) // 100)
            for number, price in enumerate(prices)
        ],
    }


def carts(contact_id: str) -> SearchStrategy[dict[str, Any]]:
    """Carts with no item, one, or up to fifty; free items and items without discount among them."""
    price = st.one_of(st.integers(0, 1_000_000), st.sampled_from([0, 1, 79_990]))
    item = st.builds(cart_item, st.integers(1, 9999).map(str), st.integers(0, 99), price, price)
    return st.fixed_dictionaries(
        {
            "cartId": guids(),
            "contactId": st.just(contact_id),
            "items": st.one_of(
                st.lists(item, max_size=5),
                st.just([]),
                st.lists(item, min_size=1, max_size=1),
                st.lists(item, min_size=6, max_size=50),
            ),
        },
        optional={"externalId": st.integers(0, 10**9).map(str), "extendedProperties": extended_properties()},
    )


def extended_properties() -> SearchStrategy[dict[str, str]]:
    """What an account may add to most bodies: a few members of its own, as texts."""
    return st.dictionaries(st.sampled_from(["additionalProp1", "additionalProp2", "kampanje"]), st.text(max_size=20))
