"""What a receipt earns its customer: points by the rules and campaigns, and clips for the products that count."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from oip_reference.bonus_rules import PURCHASE, BonusRules
from oip_reference.campaigns import Campaigns
from oip_reference.http.answer import Refused
from oip_reference.parts import Part
from oip_reference.point_amounts import is_bookable
from oip_reference.points import Points
from oip_reference.stamp_cards import StampCards
from oip_reference.storage.member_records import Member
from oip_reference.storage.receipt_records import Receipt

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

Line: TypeAlias = tuple[str | None, str | None]
"""A line of a receipt: its store and its id there."""


class Earnings(Part):
    """Each line earns on its own, so that the return of one line takes back what that line gave."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.rules = server.part(BonusRules)
        self.campaigns = server.part(Campaigns)
        self.points = server.part(Points)
        self.cards = server.part(StampCards)

    def book(self, tenant: Tenant, member: Member, receipt: Receipt, now: datetime) -> None:
        """Books what every line of a receipt earns."""
        for position, item in enumerate(receipt.items, start=1):
            points = self.points_earned(member, item, now)
            if not is_bookable(points):
                raise Refused(400, "An amount of a receipt is too large.")
            booking = self.points.booking(
                member,
                points,
                PURCHASE,
                now,
                value=self.value(item),
                occurred=receipt.date[:19],
                due=self.points.due_after_purchase(now),
                store=receipt.store,
                receipt=receipt.receipt,
                line=self.line_id(receipt, item, position),
            )
            self.points.book(tenant, booking)
            self.cards.count_purchase(member, item.get("ProductId"), self.pieces(item))

    def earned(self, member: Member) -> dict[Line, int]:
        """(store, line id) -> hundredths of points, for every line that earned the member any."""
        earned: dict[Line, int] = {}
        for entry in self.points.records.entries(member.tenant, member.id):
            if entry.line is not None:
                earned[entry.store, entry.line] = earned.get((entry.store, entry.line), 0) + entry.amount
        return earned

    # rules

    def is_return(self, item: dict[str, Any]) -> bool:
        return item.get("TransactionType") == "RETURN"

    def value(self, item: dict[str, Any]) -> float:
        """The kroner of a line; below zero for a return, whose amounts are sent as positive numbers."""
        gross = float(item.get("GrossAmount", 0))
        return -abs(gross) if self.is_return(item) else gross

    def points_earned(self, member: Member, item: dict[str, Any], now: datetime) -> Decimal:
        """What a line earns; a return takes the same back."""
        factor = self.campaigns.factor(member, item.get("ProductId"), now)
        return factor * self.rules.purchase_points(member.tenant, self.value(item))

    def pieces(self, item: dict[str, Any]) -> int:
        """How many whole pieces were bought; below zero for a return."""
        quantity = abs(int(max(-1e6, min(1e6, item.get("Quantity", 1)))))
        return -quantity if self.is_return(item) else quantity

    def line_id(self, receipt: Receipt, item: dict[str, Any], position: int) -> str:
        return f"{receipt.receipt}-{self.line_number(item, position)}"

    def line_number(self, item: dict[str, Any], position: int) -> str:
        """The number of a line as text; its position where none was sent."""
        return f"{item.get('LineNo', position):.15g}"
