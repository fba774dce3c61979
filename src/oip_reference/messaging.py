"""Messaging: text messages, one-time codes and preconfigured messages. They go into the outbox and never further."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from oip_reference.clock import iso_milliseconds
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.storage.code_records import CodeRecords
from oip_reference.storage.outbox_records import Outbox
from oip_reference.wellknown import MESSAGES

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer

SENDER: Final = "OIP"
CODE_LENGTH: Final = 6
CODE_LIFETIME: Final = timedelta(minutes=5)


class Messaging(Domain):
    """Our reading: sender, length and lifetime of a code are the account's configuration, as published."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.codes = server.part(CodeRecords)
        self.outbox = server.part(Outbox)

    # operations

    @handles("sendSms")
    def send_sms(self, call: Call) -> Answer:
        self.check_text(call, call.body["message"])
        self.send(call, "sms", call.body["phoneNumber"], call.body["message"], call.body.get("sender", SENDER))
        return Answer(200)

    @handles("sendSmsCode")
    def send_code(self, call: Call) -> Answer:
        phone = call.path["phoneNumber"]
        code, expires = self.new_code(call.tenant.name, phone), self.expiry(call.now)
        self.codes.put(call.tenant.name, phone, code, expires)
        self.send(call, "code", phone, f"{code} is your one-time code.", SENDER)
        return Answer(200, {"codeLength": len(code), "expiresAt": iso_milliseconds(expires)})

    @handles("triggerSmsAutomation")
    def send_preconfigured(self, call: Call) -> Answer:
        """The one GET that sends something."""
        text = self.message_named(call, call.path["id"])
        member = self.members.named(call, call.path["customerId"])
        self.send(call, "message", member.mobile_phone, text, SENDER)
        return Answer(200, "Sent")

    # rules

    def check_text(self, call: Call, text: str) -> None:
        if not text.strip():
            raise call.invalid("/message", "must say something")

    def new_code(self, tenant: str, phone: str) -> str:
        """Digits that differ from those sent last."""
        latest = self.codes.latest(tenant, phone)
        while True:
            code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
            if latest is None or latest[0] != code:
                return code

    def expiry(self, now: datetime) -> datetime:
        return now + CODE_LIFETIME

    def message_named(self, call: Call, name: str) -> str:
        """The text of a preconfigured message; refuses a name that the account does not have."""
        names = call.tenant.fixtures.messages or tuple(MESSAGES)
        if name not in names:
            raise call.not_found("There is no such message.")
        return MESSAGES.get(name, f"This is the message {name}.")

    def send(self, call: Call, kind: str, phone: str, text: str, sender: str) -> None:
        self.outbox.post(call.tenant.name, kind, phone, {"message": text, "sender": sender}, call.now)
