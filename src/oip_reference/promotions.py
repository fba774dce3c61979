"""Promotions: which ones a member has, whether each can be used now, and the switch that enables its use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from oip_reference.clock import iso_milliseconds
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.seed_promotions import sandbox_promotions
from oip_reference.storage.member_records import Member
from oip_reference.storage.promotion_records import Assignment, Promotion, PromotionRecords, Redemption

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant


class _Ready(NamedTuple):
    """The listing of a member who has used nothing: true of this generation, from `begin` until before `end`."""

    generation: int
    begin: datetime
    end: datetime
    listing: orjson.Fragment


class Promotions(Domain):
    """A promotion names a definition shared by its members; use, count and history are each member's own."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.records = server.part(PromotionRecords)
        self._ready: dict[str, _Ready] = {}

    # operations

    @handles("getPromotions")
    def promotions_by_id(self, call: Call) -> Answer:
        return self._list(call, self.members.find(call.tenant, call.path["id"]))

    @handles("getCouponsByMobilePhone")
    def promotions_by_mobile_phone(self, call: Call) -> Answer:
        return self._list(call, self.members.by_mobile_phone(call.tenant.name, call.query["mobilePhone"]))

    @handles("enableUse")
    def enable_use(self, call: Call) -> Answer:
        return self._switch(call, enabled=True)

    @handles("disableUse")
    def disable_use(self, call: Call) -> Answer:
        return self._switch(call, enabled=False)

    def _list(self, call: Call, member: Member | None) -> Answer:
        listed = self.listed(member, call.now) if member is not None else []
        if not listed:
            raise call.not_found("There are no promotions for this member.")
        return Answer(200, listed)

    def _switch(self, call: Call, *, enabled: bool) -> Answer:
        member = self.members.named(call, call.query["customerId"])
        promotion_id = call.query["id"]
        if self.assigned_one(member, promotion_id) is None:
            raise call.not_found("The member has no such promotion.")
        self.set_enabled(member, promotion_id, enabled)
        return Answer(200)

    # rules

    def assigned(self, member: Member) -> Mapping[str, Assignment]:
        """A member's promotions by id: the standing ones, and those it was given."""
        return self.records.assignments(member.tenant, member.id)

    def assigned_one(self, member: Member, promotion_id: str) -> Assignment | None:
        return self.records.assignment(member.tenant, member.id, promotion_id)

    def set_enabled(self, member: Member, promotion_id: str, enabled: bool) -> None:
        self.records.set_enabled(member.tenant, member.id, promotion_id, enabled)

    def has_ended(self, promotion: Promotion, now: datetime) -> bool:
        return now > promotion.valid_to

    def window_is_open(self, promotion: Promotion, now: datetime) -> bool:
        return promotion.valid_from <= now <= promotion.valid_to

    def limit_is_left(self, promotion: Promotion, assignment: Assignment) -> bool:
        return promotion.unlimited or assignment.used < promotion.limit

    def use_is_enabled(self, assignment: Assignment) -> bool:
        return assignment.enabled

    def is_available(self, promotion: Promotion, assignment: Assignment, now: datetime) -> bool:
        """Whether the member could redeem the promotion now, in a fitting store and channel."""
        return (
            self.window_is_open(promotion, now)
            and self.limit_is_left(promotion, assignment)
            and self.use_is_enabled(assignment)
        )

    # documents

    def listed(self, member: Member, now: datetime) -> list[dict[str, Any]]:
        """The documents of the member's promotions whose window has not ended, in their order."""
        assignments = self.assigned(member)
        history: dict[str, list[Redemption]] = {}
        if any(assignment.used for assignment in assignments.values()):
            for redemption in self.records.redemptions(member.tenant, member.id):
                history.setdefault(redemption.promotion, []).append(redemption)
        return [
            self.document(promotion, assignments[promotion.id], history.get(promotion.id, []), now)
            for promotion in self.records.definitions(member.tenant).values()
            if promotion.id in assignments and not self.has_ended(promotion, now)
        ]

    def listed_ready(self, member: Member, now: datetime) -> list[dict[str, Any]] | orjson.Fragment:
        """As `listed`, in ready bytes while the member has used nothing, since these are then the same for all."""
        assignments = self.assigned(member)
        if self.server.replaced or not self.records.is_untouched(member.tenant, assignments):
            return self.listed(member, now)
        kept = self._ready.get(member.tenant)
        if kept is None or kept.generation != self.server.database.generation or not kept.begin <= now < kept.end:
            kept = self._ready[member.tenant] = _Ready(
                self.server.database.generation,
                now,
                self.next_change(member.tenant, now),
                orjson.Fragment(orjson.dumps(self.listed(member, now))),
            )
        return kept.listing

    def next_change(self, tenant: str, now: datetime) -> datetime:
        """When the next window opens or closes."""
        moments = [moment for p in self.records.definitions(tenant).values() for moment in p.window]
        return min((moment for moment in moments if moment > now), default=datetime.max.replace(tzinfo=UTC))

    def document(
        self, promotion: Promotion, assignment: Assignment, history: list[Redemption], now: datetime
    ) -> dict[str, Any]:
        """One promotion as its member sees it."""
        return {
            **promotion.document,
            "available": self.is_available(promotion, assignment, now),
            "redemptionCount": assignment.used,
            "redemptionHistory": [self.history_entry(redemption) for redemption in history],
        }

    def history_entry(self, redemption: Redemption) -> dict[str, Any]:
        entry = {"storeId": redemption.store, "redeemDateTime": iso_milliseconds(redemption.redeemed)}
        if redemption.receipt is not None:
            entry["receiptId"] = redemption.receipt
        return entry

    def seed(self, tenant: Tenant) -> None:
        for position, promotion in enumerate(sandbox_promotions(tenant)):
            self.records.define(promotion, position)
