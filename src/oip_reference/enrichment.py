"""Enrichment: fills in what is missing of a member from the directory, then redirects to the configured address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oip_reference.clock import milliseconds
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.lookups import Directory
from oip_reference.members import Members
from oip_reference.storage.member_records import Member, MemberRecords
from oip_reference.wellknown import ENRICHMENT_LOCATION

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

_FILLED: Final[tuple[str, ...]] = ("firstName", "lastName", "address", "zip", "city")


class Enrichment(Domain):
    """Our reading: what the member has already is left alone, and so are identifiers, consents and points."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.records = server.part(MemberRecords)
        self.directory = server.part(Directory)

    @handles("enrichMember")
    def enrich(self, call: Call) -> Answer:
        member = self.members.named(call, call.path["id"])
        enriched = self.enriched(member, self.found(call.tenant, member))
        if enriched != member:
            self.records.save(enriched._replace(updated=milliseconds(call.now)))
        return Answer(302, headers=(("location", self.location(call)),))

    # rules

    def location(self, call: Call) -> str:
        """The account's own address; nothing in the request has a say in it."""
        return call.tenant.fixtures.enrichment_location or ENRICHMENT_LOCATION

    def found(self, tenant: Tenant, member: Member) -> dict[str, Any]:
        """What the directory knows of the member, or nothing."""
        return self.directory.person_with_phone(tenant, member.mobile_phone) or {}

    def enriched(self, member: Member, found: dict[str, Any]) -> Member:
        missing = {name: found[name] for name in _FILLED if name in found and not member.profile.get(name)}
        return member._replace(profile={**member.profile, **missing})
