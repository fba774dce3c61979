"""Loyalty as a customer record shows it: the point balance and the stamp cards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oip_reference.parts import Part
from oip_reference.storage.member_records import Member


class Loyalty(Part):
    """The `loyalty` object of a customer: active + pending = points; points + expired = total."""

    def document(self, member: Member, now: datetime) -> dict[str, Any]:
        return {**self.points(member, now), "loyaltyCards": self.cards(member, now)}

    def points(self, _member: Member, _now: datetime) -> dict[str, Any]:
        return {"points": 0, "pointsActive": 0, "pointsPending": 0, "pointsExpired": 0, "pointsTotal": 0}

    def cards(self, _member: Member, _now: datetime) -> list[dict[str, Any]]:
        return []
