"""Promotions for a shopping cart: what a member could use on it, and what each would take off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.promotions import Promotions
from oip_reference.redemption import Redemptions
from oip_reference.storage.member_records import Member
from oip_reference.storage.promotion_records import PromotionRecords

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


class CartPromotions(Domain):
    """Our reading of a free format: the promotions that could be redeemed now, in the cart's store and channel."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.promotions = server.part(Promotions)
        self.redemptions = server.part(Redemptions)
        self.records = server.part(PromotionRecords)

    @handles("getCartPromotions")
    def promotions_for_cart(self, call: Call) -> Answer:
        cart = call.body
        customer_id = cart.get("customerId")
        found = [] if customer_id is None else self.applicable(call, self.members.named(call, customer_id))
        total = self.total(cart.get("articles") or [])
        answered = {key: cart[key] for key in ("customerId", "storeId", "receiptId") if key in cart}
        offers = [{**promotion, "discount": self.discount(promotion, total)} for promotion in found]
        return Answer(200, {**answered, "total": total, "promotions": offers})

    def applicable(self, call: Call, member: Member) -> list[dict[str, Any]]:
        """The documents of the member's promotions that the cart could use."""
        definitions = self.records.definitions(member.tenant)
        channel = self.redemptions.channel(call.tenant, call.body)
        store = call.body.get("storeId")
        return [
            document
            for document in self.promotions.listed(member, call.now)
            if document["available"]
            and (store is None or self.redemptions.store_is_included(definitions[document["id"]], store))
            and self.redemptions.channel_is_allowed(definitions[document["id"]], channel)
        ]

    def total(self, articles: list[dict[str, Any]]) -> float:
        return round(sum(float(a.get("price") or 0) * float(a.get("quantity") or 0) for a in articles), 2)

    def discount(self, promotion: dict[str, Any], total: float) -> float:
        """What the promotion takes off: never more than the total, never less than nothing."""
        for channel in promotion["redemptionChannels"]:
            amount = float(total * channel["value"] / 100 if channel["valueType"] == "PERCENT" else channel["value"])
            return round(max(0.0, min(amount, total)), 2)
        return 0.0
