"""Defects of messages and one-time codes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.parameters import Parameters
from oip_reference.http.reader import Reader
from oip_reference.messaging import Messaging
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call, Request
    from oip_reference.tenancy.tenant import Tenant

_SOMEBODY = "+4740000999"


def _checked(server: ReferenceServer, name: str, stands_for: str) -> None:
    """An SMS is checked as if this field held something that is allowed."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        if operation.id == "sendSms" and isinstance(value, dict):
            value = {**value, name: stands_for}
        kept(operation, media_type, value)

    kept = server.replace(Reader, "check", check)


@defect("an_sms_with_a_sender_is_refused", breaks="OIP-MSG-01", family="validation", also=("OIP-MSG-0*",))
def _(server: ReferenceServer) -> None:
    """A message that names its sender is answered 400."""

    def send(_part: Messaging, call: Call) -> Answer:
        if "sender" in call.body:
            raise call.invalid("/sender", "is set by the account")
        return kept(call)

    kept = server.replace(Messaging, "send_sms", send)


@defect("an_sms_is_sent_to_anything", breaks="OIP-MSG-02", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A message to what is no phone number is answered 200."""
    _checked(server, "phoneNumber", _SOMEBODY)


@defect("an_sms_without_text_is_sent", breaks="OIP-MSG-03", family="validation")
def _(server: ReferenceServer) -> None:
    """A message with an empty text is answered 200."""
    server.replace(Messaging, "check_text", lambda *_: None)
    _empty_is_allowed(server)


def _empty_is_allowed(server: ReferenceServer) -> None:
    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        if operation.id == "sendSms" and isinstance(value, dict) and value.get("message") == "":
            value = {**value, "message": "x"}
        kept(operation, media_type, value)

    kept = server.replace(Reader, "check", check)


@defect("an_sms_without_a_message_says_hello", breaks="OIP-MSG-03", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A message whose text is missing is sent with a text of the account's."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        if operation.id == "sendSms" and isinstance(value, dict):
            value.setdefault("message", "Hello!")
        kept(operation, media_type, value)

    kept = server.replace(Reader, "check", check)


@defect(
    "a_code_for_an_encoded_plus_is_refused", breaks="OIP-MSG-04", family="encoding", also=("OIP-MSG-05", "OIP-MSG-08")
)
def _(server: ReferenceServer) -> None:
    """The plus of a phone number in the path, sent as %2B, is not decoded."""

    def read(_part: Reader, request: Request, tenant: Tenant, operation: Operation, path: dict[str, str]) -> Call:
        if operation.id == "sendSmsCode" and "%2B" in request.path.upper():
            raise Refused(400, "phoneNumber is no phone number.")
        return kept(request, tenant, operation, path)

    kept = server.replace(Reader, "call", read)


@defect("a_code_is_sent_to_anything", breaks="OIP-MSG-05", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A one-time code for what is no phone number is answered 200."""

    def path(_part: Parameters, operation: Operation, values: dict[str, str]) -> dict[str, Any]:
        try:
            return kept(operation, values)
        except Refused:
            if operation.id != "sendSmsCode":
                raise
            return {"phoneNumber": _SOMEBODY}

    kept = server.replace(Parameters, "path", path)


def _sent(server: ReferenceServer, change: Any) -> None:
    """A message goes out as `change(phone, text, sender)` makes it."""

    def send(_part: Messaging, call: Call, kind: str, phone: str, text: str, sender: str) -> None:
        kept(call, kind, *change(phone, text, sender))

    kept = server.replace(Messaging, "send", send)


@defect("a_long_message_is_cut", breaks="OIP-MSG-07", family="rare")
def _(server: ReferenceServer) -> None:
    """Of a text of more than 70 letters only those go out."""
    _sent(server, lambda phone, text, sender: (phone, text[:70], sender))


@defect("a_message_is_sent_twice", breaks="OIP-MSG-07", family="duplicated", also=("OIP-MSG-08",))
def _(server: ReferenceServer) -> None:
    """Every message goes out two times."""

    def send(_part: Messaging, call: Call, kind: str, phone: str, text: str, sender: str) -> None:
        kept(call, kind, phone, text, sender)
        kept(call, kind, phone, text, sender)

    kept = server.replace(Messaging, "send", send)


@defect("a_message_is_never_sent", breaks="OIP-MSG-07", family="lost", also=("OIP-MSG-08",))
def _(server: ReferenceServer) -> None:
    """Every message is answered 200 and none goes out."""
    server.replace(Messaging, "send", lambda *_: None)


@defect("a_message_loses_its_letters", breaks="OIP-MSG-07", family="encoding")
def _(server: ReferenceServer) -> None:
    """Letters beyond Latin-1 go out as question marks."""
    _sent(server, lambda phone, text, sender: (phone, text.encode("latin-1", "replace").decode("latin-1"), sender))


@defect("a_message_loses_its_lines", breaks="OIP-MSG-07", family="rare")
def _(server: ReferenceServer) -> None:
    """The line breaks of a text go out as spaces."""
    _sent(server, lambda phone, text, sender: (phone, text.replace("\n", " "), sender))


@defect("a_message_has_the_accounts_sender", breaks="OIP-MSG-07", family="state")
def _(server: ReferenceServer) -> None:
    """The sender that was sent is not used."""
    _sent(server, lambda phone, text, _sender: (phone, text, "OIP"))


@defect("a_message_goes_to_somebody_else", breaks="OIP-MSG-07", family="state", also=("OIP-MSG-08",))
def _(server: ReferenceServer) -> None:
    """The last digit of the number is lost on the way."""
    _sent(server, lambda phone, text, sender: (phone[:-1] + str((int(phone[-1]) + 1) % 10), text, sender))


@defect("a_number_has_one_code", breaks="OIP-MSG-08", family="secrets")
def _(server: ReferenceServer) -> None:
    """The codes of a phone number are all the same."""
    server.replace(Messaging, "new_code", lambda _part, _tenant, phone: f"{int(phone[1:]) * 7919 % 10**6:06}")


@defect("a_code_is_in_the_answer", breaks="OIP-MSG-08", family="secrets")
def _(server: ReferenceServer) -> None:
    """The answer to the client shows the code that was sent to the person."""

    def new_code(_part: Messaging, _tenant: str, _phone: str) -> str:
        latest[:] = [f"{secrets.randbelow(10**6):06}"]
        return latest[0]

    latest: list[str] = []
    server.replace(Messaging, "new_code", new_code)
    rewrite(server, "sendSmsCode", body=lambda value, _call: {**value, "debug": f"sent {latest[0]}"})


@defect("a_code_stays_while_it_is_good", breaks="OIP-MSG-08", family="secrets")
def _(server: ReferenceServer) -> None:
    """A number that has a code gets the same one again until it expires."""

    def new_code(part: Messaging, tenant: str, phone: str) -> str:
        latest = part.codes.latest(tenant, phone)
        return latest[0] if latest else kept(tenant, phone)

    kept = server.replace(Messaging, "new_code", new_code)
    server.replace(Messaging, "expiry", lambda _part, now: now + timedelta(hours=1))
