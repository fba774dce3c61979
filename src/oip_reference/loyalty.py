"""Loyalty as a customer record shows it: the point balance and the stamp cards."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from oip_reference.parts import Part
from oip_reference.points import Points
from oip_reference.stamp_cards import StampCards
from oip_reference.storage.member_records import Member

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


class Loyalty(Part):
    """The `loyalty` object of a customer, from the same sources as the operations of their own."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self._points = server.part(Points)
        self._cards = server.part(StampCards)

    def document(self, member: Member, now: datetime) -> dict[str, Any]:
        return {**self.points(member, now), "loyaltyCards": self.cards(member)}

    def points(self, member: Member, now: datetime) -> dict[str, Any]:
        return self._points.balance(member, now)

    def cards(self, member: Member) -> list[dict[str, Any]]:
        return self._cards.listed(member)
