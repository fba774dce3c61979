"""What a customer record must hold: required fields, the account's own properties, identifiers nobody else has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from oip_reference.http.answer import Refused
from oip_reference.parts import Part
from oip_reference.storage.member_records import Member, MemberRecords

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant


class CustomerRules(Part):
    """The checks of create and update; each refuses with the field at fault."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.records = server.part(MemberRecords)
        self._validators: dict[tuple[str, str], jsonschema_rs.Validator] = {}

    def check_fields(self, tenant: Tenant, data: dict[str, Any]) -> None:
        """Refuses a new customer that lacks a required field or has a property of the wrong kind."""
        missing = [name for name in tenant.required_fields if data.get(name) in (None, "")]
        if missing:
            raise Refused(400, [{"field": f"/data/{name}", "message": "is required"} for name in missing])
        self.check_extended_properties(tenant, data.get("extendedProperties") or {})

    def check_stored_fields(self, tenant: Tenant, member: Member, data: dict[str, Any]) -> None:
        """Refuses an update that clears a required field."""
        cleared = [name for name in tenant.required_fields if name in data and data[name] in (None, "")]
        if tenant.update_replaces:
            held = {**member.profile, "mobilePhone": member.mobile_phone, "externalId": member.external_id}
            cleared = [name for name in tenant.required_fields if held.get(name) in (None, "")]
        if cleared:
            raise Refused(400, [{"field": f"/data/{name}", "message": "cannot be cleared"} for name in cleared])
        self.check_extended_properties(tenant, data.get("extendedProperties") or {})

    def check_extended_properties(self, tenant: Tenant, given: dict[str, Any]) -> None:
        """Holds the account's own properties to the schemas its configuration gives."""
        for name, schema in tenant.extended_properties.items():
            if given.get(name) is None:
                continue
            validator = self._validators.get((tenant.name, name))
            if validator is None:
                validator = jsonschema_rs.validator_for(dict(schema))
                self._validators[tenant.name, name] = validator
            errors = [error.message for error in validator.iter_errors(given[name])]
            if errors:
                field = f"/data/extendedProperties/{name}"
                raise Refused(400, [{"field": field, "message": message[:300]} for message in errors[:20]])

    def check_identifiers_are_free(self, member: Member) -> None:
        """Refuses with 409 when another customer of the account has the same mobile phone or external id."""
        taken = [
            name
            for name, found in (
                ("mobilePhone", self.holder_of_phone(member)),
                ("externalId", self.holder_of_external_id(member)),
            )
            if found is not None and found.id != member.id
        ]
        if taken:
            raise Refused(409, [{"field": f"/data/{name}", "message": "belongs to another customer"} for name in taken])

    def holder_of_phone(self, member: Member) -> Member | None:
        return self.records.by_mobile_phone(member.tenant, member.mobile_phone)

    def holder_of_external_id(self, member: Member) -> Member | None:
        return None if member.external_id is None else self.records.by_external_id(member.tenant, member.external_id)
