"""Who a person is: finds the member that an identifier names, of whatever kind the account accepts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

from oip_reference.clock import Clock
from oip_reference.http.request import Call
from oip_reference.parts import Part
from oip_reference.server import ReferenceServer
from oip_reference.storage.member_records import Member, MemberRecords

if TYPE_CHECKING:
    from oip_reference.tenancy.tenant import Tenant

Welcome: TypeAlias = Callable[["Tenant", Member, datetime], None]


class Members(Part):
    """Identification of members, and what happens when a new one comes."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.records = server.part(MemberRecords)
        self.clock = server.part(Clock)
        self.welcomes: list[Welcome] = []
        self._finders: dict[str, Callable[[str, str], Member | None]] = {
            "id": self.by_id,
            "mobilePhone": self.by_mobile_phone,
            "externalId": self.by_external_id,
        }

    def by_id(self, tenant: str, identifier: str) -> Member | None:
        return self.records.by_id(tenant, identifier)

    def by_mobile_phone(self, tenant: str, identifier: str) -> Member | None:
        return self.records.by_mobile_phone(tenant, identifier)

    def by_external_id(self, tenant: str, identifier: str) -> Member | None:
        return self.records.by_external_id(tenant, identifier)

    def find(self, tenant: Tenant, identifier: str) -> Member | None:
        """The member that `identifier` names, tried as each kind of id that the account is configured for."""
        for kind in tenant.identifiers:
            member = self._finders[kind](tenant.name, identifier)
            if member is not None:
                return member
        return None

    def named(self, call: Call, identifier: str) -> Member:
        """The member that `identifier` names; refuses with 404 (400 where the operation documents no 404)."""
        member = self.find(call.tenant, identifier)
        if member is None:
            raise call.not_found("There is no such member.")
        return member

    def new_id(self) -> str:
        return str(uuid4()).upper()

    def enrol(self, tenant: Tenant, member: Member, now: datetime) -> None:
        """Stores a new member and lets every domain give what a new member gets (see `welcomes`)."""
        self.records.add(member)
        for welcome in self.welcomes:
            welcome(tenant, member, now)
