"""Customers in ready bytes: reading one again costs no query while nothing about them has changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

from oip_reference.customer_documents import CustomerDocuments
from oip_reference.parts import Part
from oip_reference.points import Points
from oip_reference.promotions import Promotions
from oip_reference.storage.member_records import Member

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer

MOST: Final = 1000
"""How many customers are kept; then all are let go."""


class _Ready(NamedTuple):
    """One customer's envelope: true of this generation of the database, from `begin` until before `end`."""

    generation: int
    begin: datetime
    end: datetime
    envelope: orjson.Fragment


class ReadyCustomers(Part):
    """Kept with the database, which drops what a write makes obsolete; not used by a server that deviates."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self._documents = server.part(CustomerDocuments)
        self._points = server.part(Points)
        self._promotions = server.part(Promotions)
        self._kept: dict[tuple[str, str], _Ready] = server.database.kept_of_members

    def kept(self, tenant: str, member_id: str, now: datetime) -> orjson.Fragment | None:
        """The envelope of a customer that was made before and still holds."""
        found = self._kept.get((tenant, member_id))
        if found is None or found.generation != self.server.database.generation or not found.begin <= now < found.end:
            return None
        return found.envelope

    def envelope(self, member: Member, now: datetime) -> orjson.Fragment | dict[str, object]:
        """A customer's envelope, kept or made anew."""
        if self.server.deviates:
            return self._documents.envelope(member, now)
        found = self.kept(member.tenant, member.id, now)
        if found is None:
            found = orjson.Fragment(orjson.dumps(self._documents.envelope(member, now)))
            if len(self._kept) >= MOST:
                self._kept.clear()
            end = min(self._points.next_change(member, now), self._promotions.next_change(member.tenant, now))
            self._kept[member.tenant, member.id] = _Ready(self.server.database.generation, now, end, found)
        return found
