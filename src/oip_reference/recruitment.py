"""Recruitment with Vipps: a till asks a person who is no member yet to join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.storage.outbox_records import Outbox

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant


class Recruitment(Domain):
    """Our reading: the number is national, the account's country code completes it, and asking twice is allowed."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.outbox = server.part(Outbox)

    @handles("vippsRecruit")
    def recruit(self, call: Call) -> Answer:
        number = self.international(call.tenant, call.body["mobilePhone"])
        self.check_is_no_member(call.tenant, number)
        self.ask(call, number)
        return Answer(200)

    # rules

    def international(self, tenant: Tenant, number: str) -> str:
        return tenant.phone_country_code + number

    def check_is_no_member(self, tenant: Tenant, number: str) -> None:
        """Refuses with 409 a number that is a member's, without saying whose."""
        if self.members.by_mobile_phone(tenant.name, number) is not None:
            raise Refused(409, [{"field": "/mobilePhone", "message": "belongs to a member already"}])

    def ask(self, call: Call, number: str) -> None:
        content = {name: call.body[name] for name in ("storeId", "sourceName") if name in call.body}
        self.outbox.post(call.tenant.name, "vipps", number, content, call.now)
