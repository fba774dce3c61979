"""Abandoned carts: stored by the id that the shop gives them, replaced by the same id, emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.storage.cart_records import Cart, CartRecords
from oip_reference.storage.member_records import Member

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


class Carts(Domain):
    """Our reading: the contact is a member of the account, and an emptied cart is still a known one."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.records = server.part(CartRecords)

    @handles("createCart")
    def store(self, call: Call) -> Answer:
        self.put(call, self.contact(call))
        return Answer(200)

    @handles("emptyCart")
    def empty(self, call: Call) -> Answer:
        self.take_items_out(call, self.cart_named(call, call.body["cartId"]))
        return Answer(200)

    # rules

    def contact(self, call: Call) -> Member:
        return self.members.named(call, call.body["contactId"])

    def cart_named(self, call: Call, cart_id: str) -> Cart:
        """The cart of the account that has this id; refuses when none was ever stored."""
        cart = self.records.by_id(call.tenant.name, cart_id)
        if cart is None:
            raise call.not_found("There is no such cart.")
        return cart

    def put(self, call: Call, contact: Member) -> None:
        """Inserts the cart, or replaces all of the one that has its id."""
        body = call.body
        cart = Cart(call.tenant.name, body["cartId"], contact.id, body.get("items", []), body)
        self.records.put(cart, call.now)

    def take_items_out(self, call: Call, cart: Cart) -> None:
        self.records.empty(cart.tenant, cart.id, call.now)
