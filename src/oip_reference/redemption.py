"""Redemption: using a promotion at a till or in a web shop, and what was redeemed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.promotions import Promotions
from oip_reference.storage.member_records import Member
from oip_reference.storage.promotion_records import Assignment, Promotion, PromotionRecords, Redemption

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant


class Redemptions(Domain):
    """A redemption is refused outside the window, the stores, the channels, the limit, or while use is disabled."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.promotions = server.part(Promotions)
        self.records = server.part(PromotionRecords)

    @handles("redeemPromotion")
    def redeem(self, call: Call) -> Answer:
        promotion = self.promotion_named(call, call.body["id"])
        customer_id = call.body.get("customerId")
        member = None if customer_id is None else self.members.named(call, customer_id)
        assignment = None if member is None else self.assignment_of(call, member, promotion)
        self.check_place(call, promotion)
        if member is not None and assignment is not None:
            self.check_member(promotion, assignment)
            self.count(member, promotion)
        self.record(call, member, promotion)
        return Answer(200)

    @handles("getRedeemedPromotions")
    def redeemed(self, call: Call) -> Answer:
        member = self.members.named(call, call.path["id"])
        return Answer(200, self.redeemed_by(member))

    # rules

    def promotion_named(self, call: Call, promotion_id: str) -> Promotion:
        promotion = self.records.definitions(call.tenant.name).get(promotion_id)
        if promotion is None:
            raise call.not_found("There is no such promotion.")
        return promotion

    def assignment_of(self, call: Call, member: Member, promotion: Promotion) -> Assignment:
        assignment = self.promotions.assigned_one(member, promotion.id)
        if assignment is None:
            raise call.not_found("The promotion is not assigned to this member.")
        return assignment

    def check_place(self, call: Call, promotion: Promotion) -> None:
        """The rules that also hold for an anonymous redemption: window, store, channel."""
        if not self.promotions.window_is_open(promotion, call.now):
            raise Refused(400, "The promotion is not valid now.")
        if not self.store_is_included(promotion, call.body["storeId"]):
            raise Refused(400, "The promotion cannot be used in this store.")
        if not self.channel_is_allowed(promotion, self.channel(call.tenant, call.body)):
            raise Refused(400, "The promotion cannot be used in this channel.")

    def check_member(self, promotion: Promotion, assignment: Assignment) -> None:
        """The rules of one member's promotion: the switch and the limit."""
        if not self.promotions.use_is_enabled(assignment):
            raise Refused(400, "The promotion is disabled for this member.")
        if not self.promotions.limit_is_left(promotion, assignment):
            raise Refused(400, "The promotion has been redeemed as often as it may be.")

    def store_is_included(self, promotion: Promotion, store_id: str) -> bool:
        return not promotion.stores or store_id in promotion.stores

    def channel(self, tenant: Tenant, body: dict[str, Any]) -> str | None:
        """`extendedProperties.channel` if given, else POS with a cash register, else what the account says."""
        named = (body.get("extendedProperties") or {}).get("channel")
        if isinstance(named, str) and named:
            return named.upper()
        return "POS" if body.get("cashRegisterId") else tenant.channel_without_till

    def channel_is_allowed(self, promotion: Promotion, channel: str | None) -> bool:
        return channel is None or not promotion.channels or channel in promotion.channels

    def count(self, member: Member, promotion: Promotion) -> None:
        self.records.count_up(member.tenant, member.id, promotion.id)

    def record(self, call: Call, member: Member | None, promotion: Promotion) -> None:
        self.records.record(
            call.tenant.name,
            Redemption(
                None if member is None else member.id,
                promotion.id,
                call.body["storeId"],
                call.body.get("receiptId"),
                call.now,
            ),
        )

    def redeemed_by(self, member: Member) -> list[dict[str, Any]]:
        """Each promotion the member redeemed, once, in the order of its first redemption. Our reading: a member
        who redeemed nothing gets an empty list."""
        definitions = self.records.definitions(member.tenant)
        ids = dict.fromkeys(redemption.promotion for redemption in self.records.redemptions(member.tenant, member.id))
        return [
            {"couponId": promotion_id, "description": definitions[promotion_id].document["description"]}
            for promotion_id in ids
            if promotion_id in definitions
        ]
