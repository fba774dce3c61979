"""Automations: configured triggers, for nobody in particular or for a person. What they would do is in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.storage.outbox_records import Outbox
from oip_reference.wellknown import TRIGGERS

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


class Automation(Domain):
    """Our reading: the identified person is a member, named by any kind of id that the account accepts."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.outbox = server.part(Outbox)

    @handles("triggerAutomation")
    def trigger(self, call: Call) -> Answer:
        self.check_trigger(call)
        self.start(call, recipient="")
        return Answer(200, "Triggered")

    @handles("triggerAutomationForIdentifier")
    def trigger_for(self, call: Call) -> Answer:
        self.check_trigger(call)
        member = self.members.named(call, call.path["identifier"])
        self.start(call, recipient=member.mobile_phone)
        return Answer(200, "Triggered")

    # rules

    def check_trigger(self, call: Call) -> None:
        if not self.is_configured(call, call.path["triggerId"]):
            raise call.not_found("There is no such trigger.")

    def is_configured(self, call: Call, trigger_id: str) -> bool:
        return trigger_id in (call.tenant.fixtures.triggers or TRIGGERS)

    def start(self, call: Call, *, recipient: str) -> None:
        content = {"trigger": call.path["triggerId"], "data": call.body}
        self.outbox.post(call.tenant.name, "trigger", recipient, content, call.now)
