"""Prices: what a stored cart, or the items sent along, comes to. A free format in both directions, by agreement."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from oip_reference.carts import Carts
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.wellknown import PRICE_CALCULATIONS

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


class Pricing(Domain):
    """Our reading: `{"cartId"}`, `{"items": [...]}` or a list of items is priced item by item; all else costs nothing.

    The kinds of calculation are those the account's fixtures name; "regular" leaves sale prices out.
    """

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.carts = server.part(Carts)

    @handles("calculatePrice")
    def calculate(self, call: Call) -> Answer:
        return Answer(200, self.price(call, self.items(call), "standard"))

    @handles("calculatePriceFor")
    def calculate_for(self, call: Call) -> Answer:
        kind = call.path["calculation"]
        self.check_kind(call, kind)
        return Answer(200, {"calculation": kind, **self.price(call, self.items(call), kind)})

    # rules

    def check_kind(self, call: Call, kind: str) -> None:
        if kind not in (call.tenant.fixtures.price_calculations or PRICE_CALCULATIONS):
            raise call.not_found("There is no such calculation.")

    def cart_id(self, call: Call) -> Any:
        return call.body.get("cartId") if isinstance(call.body, dict) else None

    def items(self, call: Call) -> list[dict[str, Any]]:
        """The items to be priced: those of the stored cart that is named, or those in the body."""
        cart_id = self.cart_id(call)
        if cart_id is not None:
            return self.carts.cart_named(call, cart_id if isinstance(cart_id, str) else "").items
        items = call.body.get("items", []) if isinstance(call.body, dict) else call.body
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise call.invalid("/items", "must be a list of items")
        return items

    def price(self, call: Call, items: list[dict[str, Any]], kind: str) -> dict[str, Any]:
        lines = [self.line(call, item, kind) for item in items]
        gross = round(sum(line["grossAmount"] for line in lines), 2)
        total = round(sum(line["amount"] for line in lines), 2)
        if not isfinite(gross) or not isfinite(total):
            raise call.invalid("/items", "come to more than can be counted")
        cart_id = self.cart_id(call)
        answered = {} if cart_id is None else {"cartId": cart_id}
        return {**answered, "items": lines, "grossAmount": gross, "discount": round(gross - total, 2), "amount": total}

    def line(self, call: Call, item: dict[str, Any], kind: str) -> dict[str, Any]:
        """One priced item; an item without a quantity is one piece."""
        quantity, price = self.number(call, item, "quantity", 1), self.number(call, item, "price", 0)
        paid = price if kind == "regular" else self.number(call, item, "salePrice", price)
        amounts = {"grossAmount": round(quantity * price, 2), "amount": round(quantity * paid, 2)}
        return {**({"itemId": item["itemId"]} if "itemId" in item else {}), "quantity": quantity, **amounts}

    def number(self, call: Call, item: dict[str, Any], name: str, missing: float) -> float:
        value = item.get(name, missing)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise call.invalid(f"/items/{name}", "must be a number")
        return float(value)
