"""Customers: creating, reading, updating, and listing what changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from oip_reference.clock import milliseconds
from oip_reference.customer_documents import CustomerDocuments
from oip_reference.customer_fields import laid_over
from oip_reference.customer_rules import CustomerRules
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.ready_customers import ReadyCustomers
from oip_reference.storage.member_records import Member, MemberRecords
from oip_reference.wellknown import SEEDED_PHONES

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant


class Customers(Domain):
    """Mobile phone and external id are each unique within an account; an update is a merge unless configured."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.records = server.part(MemberRecords)
        self.rules = server.part(CustomerRules)
        self.documents = server.part(CustomerDocuments)
        self.ready = server.part(ReadyCustomers)

    # operations

    @handles("getCustomerByMobilePhone")
    def by_mobile_phone(self, call: Call) -> Answer:
        return self._read(call, self.members.by_mobile_phone(call.tenant.name, call.query["mobilePhone"]))

    @handles("getCustomerById")
    def by_id(self, call: Call) -> Answer:
        kept = None if self.server.deviates else self.ready.kept(call.tenant.name, call.path["id"], call.now)
        if kept is not None:
            return Answer(200, kept)
        return self._read(call, self.members.by_id(call.tenant.name, call.path["id"]))

    @handles("getCustomerByExternalId")
    def by_external_id(self, call: Call) -> Answer:
        return self._read(call, self.members.by_external_id(call.tenant.name, call.path["externalId"]))

    @handles("createMember")
    def create(self, call: Call) -> Answer:
        data = call.body["data"]
        self.rules.check_fields(call.tenant, data)
        member = self.new_member(call.tenant, data, call.now)
        self.rules.check_identifiers_are_free(member)
        self.members.enrol(call.tenant, member, call.now)
        return Answer(201, self.documents.envelope(member, call.now))

    @handles("updateMember")
    def update(self, call: Call) -> Answer:
        return self._update(call, self.members.by_id(call.tenant.name, call.body["data"]["id"]))

    @handles("updateCustomerByExternalId")
    def update_by_external_id(self, call: Call) -> Answer:
        return self._update(call, self.members.by_external_id(call.tenant.name, call.body["data"]["externalId"]))

    @handles("getChangedCustomersList")
    def changed_since(self, call: Call) -> Answer:
        since = self.timestamp(call.path["timestamp"])
        if since is None:
            raise call.invalid("timestamp", "must look like 20240101T2210")
        return self._changed(call, since)

    @handles("getChangedCustomersListSinceLastDay")
    def changed_since_last_day(self, call: Call) -> Answer:
        return self._changed(call, call.now - timedelta(days=1))

    def _read(self, call: Call, member: Member | None) -> Answer:
        if member is None:
            raise call.not_found("There is no such customer.")
        return Answer(200, self.ready.envelope(member, call.now))

    def _update(self, call: Call, member: Member | None) -> Answer:
        if member is None:
            raise call.not_found("There is no such customer.")
        updated = self.updated_member(call.tenant, member, call.body["data"], call.now)
        self.rules.check_stored_fields(call.tenant, updated, call.body["data"])
        self.rules.check_identifiers_are_free(updated)
        self.records.save(updated)
        return Answer(200, self.documents.envelope(updated, call.now))

    def _changed(self, call: Call, since: datetime) -> Answer:
        members = self.records.changed_since(call.tenant.name, since)
        return Answer(200, {"data": [self.documents.listed(member) for member in members]})

    # rules

    def new_member(self, tenant: Tenant, data: dict[str, Any], now: datetime) -> Member:
        return Member(
            tenant.name,
            self.members.new_id(),
            data["mobilePhone"],
            data.get("externalId"),
            laid_over({}, data, now),
            milliseconds(now),
            milliseconds(now),
        )

    def updated_member(self, tenant: Tenant, member: Member, data: dict[str, Any], now: datetime) -> Member:
        """The member with the update laid over it; identifiers that are not given stay."""
        stored = {} if tenant.update_replaces else member.profile
        return member._replace(
            mobile_phone=data.get("mobilePhone") or member.mobile_phone,
            external_id=data.get("externalId", member.external_id),
            profile=laid_over(stored, data, now),
            updated=milliseconds(now),
        )

    def timestamp(self, raw: str) -> datetime | None:
        """`20240101T2210` as a moment in UTC; None when it is spelt in any other way."""
        if len(raw) != 13 or not raw.isascii():
            return None
        try:
            return datetime.strptime(raw, "%Y%m%dT%H%M").replace(tzinfo=UTC)
        except ValueError:
            return None

    def seed(self, tenant: Tenant) -> None:
        """One member from the start, so that a sandbox is not empty."""
        phone = SEEDED_PHONES.get(tenant.name)
        if phone is None:
            return
        now = self.members.clock.now()
        data = {
            "mobilePhone": phone,
            "externalId": f"SEED-{tenant.name}",
            "email": f"kari.{tenant.name}@shop.example",
            "firstName": "Kari",
            "lastName": "Nordmann",
            "address": "Kongens gate 21",
            "zip": "0153",
            "city": "Oslo",
            "country": "NO",
            "birthDate": "1990-01-01T00:00:00",
            "gender": "Female",
            "favoriteStores": ["STORE-001"],
            "interests": ["Coffee"],
            "consents": {"acceptsTerms": True},
        }
        self.members.enrol(tenant, self.new_member(tenant, data, now), now)
