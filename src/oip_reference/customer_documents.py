"""The customer as it is published: what the client gave, with loyalty, promotions and consents beside it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from oip_reference.clock import spaced_seconds
from oip_reference.consents import Consents
from oip_reference.loyalty import Loyalty
from oip_reference.parts import Part
from oip_reference.promotions import Promotions
from oip_reference.storage.member_records import Member

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


class CustomerDocuments(Part):
    """Composes `{data, metaData}`."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.consents = server.part(Consents)
        self.loyalty = server.part(Loyalty)
        self.promotions = server.part(Promotions)

    def envelope(self, member: Member, now: datetime) -> dict[str, Any]:
        return {"data": self.data(member, now), "metaData": self.meta_data(member)}

    def data(self, member: Member, now: datetime) -> dict[str, Any]:
        data = self.listed(member)
        data["loyalty"] = self.loyalty.document(member, now)
        data["promotions"] = self.promotions.listed_ready(member, now)
        return data

    def listed(self, member: Member) -> dict[str, Any]:
        """The customer's own record alone, as lists of many customers give it."""
        data = {"id": member.id, "mobilePhone": member.mobile_phone, **member.profile}
        if member.external_id is not None:
            data["externalId"] = member.external_id
        data["consents"] = self.consents.document(member.tenant, member.profile["consents"])
        return data

    def meta_data(self, member: Member) -> dict[str, Any]:
        return {"CreatedAt": spaced_seconds(member.created), "UpdatedAt": spaced_seconds(member.updated)}
