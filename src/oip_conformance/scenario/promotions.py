"""Words about promotions: what a member has, redeeming, enabling and disabling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.members import Member, MemberWords
from oip_conformance.scenario.signals import NotTested


@dataclass(frozen=True)
class Promotion:
    """A promotion as a member's list shows it."""

    id: str
    listed: Mapping[str, Any]

    @property
    def redemptions_left(self) -> int | None:
        """How many redemptions the list says are left; None for no limit or an unknown one."""
        limit = self.listed.get("redemptionLimit")
        if self.listed.get("unlimitedRedemption") or not isinstance(limit, (int, float)):
            return None
        return max(0, int(limit) - int(self.listed.get("redemptionCount") or 0))

    @property
    def stores(self) -> tuple[str, ...]:
        """The stores it is limited to; empty for all."""
        return tuple(
            str(item["id"])
            for item in self.listed.get("storesIncluded") or []
            if isinstance(item, dict) and "id" in item
        )

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels it is limited to; empty for all."""
        return tuple(
            str(item["type"])
            for item in self.listed.get("redemptionChannels") or []
            if isinstance(item, dict) and item.get("type")
        )


class PromotionWords(MemberWords):
    """Sentences about promotions."""

    def promotions_answer(self, member: Member) -> Answer:
        """Ask for a member's promotions."""
        return self.call("getPromotions", path={"id": self.person_id(member)})

    def promotions_by_phone(self, phone: str) -> Answer:
        """Ask for the promotions of whoever has this mobile phone."""
        return self.call("getCouponsByMobilePhone", query={"mobilePhone": phone})

    def promotions_of(self, member: Member) -> list[Promotion]:
        """The promotions a member has; none when the target answers that there are none (404)."""
        answer = self.promotions_answer(member).expect(200, 404)
        if answer.status == 404:
            return []
        listed = answer.items()
        return [
            Promotion(str(answer.at(position, "id")), item if isinstance(item, dict) else {})
            for position, item in enumerate(listed)
        ]

    def promotion_of(
        self, member: Member, *, role: str | None = None, redemptions_left: int | None = None
    ) -> Promotion:
        """The profile's promotion of a role, or one the member can redeem anywhere now with so many redemptions left.

        Raises NotTested when the profile names no such fixture or the member has no such promotion.
        """
        listed = self.promotions_of(member)
        if role is not None:
            named = self.promotion_named(role)
            return next((item for item in listed if item.id == named), Promotion(named, {}))
        for item in listed:
            fits = redemptions_left is None or item.redemptions_left == redemptions_left
            if item.listed.get("available") and fits and not (item.stores or item.channels):
                return item
        raise NotTested(
            f"the member has no promotion with {redemptions_left or 'any'} redemptions left; name promotions in "
            "[fixtures.promotions] of the profile that every new customer is given"
        )

    def promotion_named(self, role: str) -> str:
        """The promotion id that the profile gives for a role. Raises NotTested when it gives none, and NotApplicable
        where the account has no promotions."""
        self.require("getPromotions")
        named = self.profile.fixtures.promotions.get(role)
        if not named:
            raise NotTested(f"[fixtures.promotions] of the profile names no {role!r}")
        return named

    def redeem(
        self, promotion: Promotion | str, member: Member | None, *, store: str | None = None, **more: Any
    ) -> Answer:
        """Redeem a promotion for a member, in the given store or the first of the profile's."""
        identifier = promotion if isinstance(promotion, str) else promotion.id
        allowed = () if isinstance(promotion, str) else promotion.stores
        body: dict[str, Any] = {"id": identifier, "storeId": store or (allowed[0] if allowed else self.some_store())}
        if member is not None:
            body["customerId"] = self.person_id(member)
        body.setdefault("receiptId", self.fresh_id("receipt"))
        return self.call("redeemPromotion", json={**body, **more})

    def redeemed_answer(self, member: Member) -> Answer:
        """Ask for a member's redeemed promotions."""
        return self.call("getRedeemedPromotions", path={"id": self.person_id(member)})

    def redeemed_by(self, member: Member) -> list[str]:
        """The ids of what a member has redeemed, in the order of the list; none when the answer is 404."""
        answer = self.redeemed_answer(member).expect(200, 404)
        if answer.status == 404:
            return []
        return [str(answer.at(position, "couponId")) for position in range(len(answer.items()))]

    def count_of(self, promotion: Promotion, member: Member) -> int:
        """How often the member's list says that a promotion was redeemed. Raises Unmet when it is no longer listed."""
        answer = self.promotions_answer(member).expect(200)
        for position, item in enumerate(answer.items()):
            if isinstance(item, dict) and item.get("id") == promotion.id:
                return int(answer.at(position, "redemptionCount"))
        raise answer.unmet(f"promotion {promotion.id} in the list", "it is not listed")

    def disable_use(self, promotion: Promotion, member: Member) -> Answer:
        """Forbid a member the use of a promotion."""
        return self.call("disableUse", query={"id": promotion.id, "customerId": self.person_id(member)})

    def enable_use(self, promotion: Promotion, member: Member) -> Answer:
        """Allow a member the use of a promotion again."""
        return self.call("enableUse", query={"id": promotion.id, "customerId": self.person_id(member)})

    def cart_promotions(self, member: Member | None, *, receipt: str = "RECEIPT-1") -> Answer:
        """Ask which promotions fit a cart of a member, or of a customer that nobody is."""
        holder = self.person_id(member) if member else "00000000-0000-4000-8000-000000000000"
        articles = [{"articleId": "7049987090935", "price": 100.0, "quantity": 1}]
        cart = {"customerId": holder, "storeId": self.some_store(), "receiptId": receipt}
        return self.call("getCartPromotions", json={**cart, "articles": articles})

    def some_store(self) -> str:
        """A store of the target: the profile's first, or the first that the target lists."""
        if self.profile.fixtures.stores:
            return self.profile.fixtures.stores[0]
        answer = self.call("getStores").expect(200)
        if not answer.items():
            raise NotTested("the target lists no store; name one that it takes in [fixtures] stores of the profile")
        return str(answer.at(0, "id"))
