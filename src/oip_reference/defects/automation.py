"""Defects of triggers and of agreed functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oip_conformance.profile.model import FunctionFixture
from oip_reference.automation import Automation
from oip_reference.defects.registration import defect
from oip_reference.functions import Functions
from oip_reference.http.answer import Answer, Refused
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_reference.http.request import Call


@defect("a_trigger_answers_an_object", breaks="OIP-AUTO-01", family="types", also=("OIP-CORE-*", "OIP-POS-*"))
def _(server: ReferenceServer) -> None:
    """triggerAutomation answers an object where a string is published."""
    rewrite(server, "triggerAutomation", body=lambda value, _call: {"status": value})


@defect("a_configured_trigger_is_unknown", breaks="OIP-AUTO-01", family="lost", also=("OIP-AUTO-*",))
def _(server: ReferenceServer) -> None:
    """A trigger that the account has is answered 404."""
    kept = server.replace(Automation, "is_configured", lambda _part, call, name: name != "welcome" and kept(call, name))


@defect("any_trigger_is_taken", breaks="OIP-AUTO-02", family="validation")
def _(server: ReferenceServer) -> None:
    """A trigger that does not exist is answered 200."""
    server.replace(Automation, "is_configured", lambda *_: True)


@defect("any_trigger_for_a_person_is_taken", breaks="OIP-AUTO-02", family="validation")
def _(server: ReferenceServer) -> None:
    """A trigger that does not exist is answered 200 where it is for a person."""
    kept = server.replace(
        Automation, "is_configured", lambda _part, call, name: "identifier" in call.path or kept(call, name)
    )


@defect("an_unknown_trigger_is_a_bad_request", breaks="OIP-AUTO-02", family="status")
def _(server: ReferenceServer) -> None:
    """A trigger that does not exist is answered 400, although 404 is published."""

    def check(_part: Automation, call: Call) -> None:
        try:
            kept(call)
        except Refused as refusal:
            raise Refused(400, refusal.detail) from None

    kept = server.replace(Automation, "check_trigger", check)


@defect("a_trigger_knows_no_members", breaks="OIP-AUTO-03", family="state")
def _(server: ReferenceServer) -> None:
    """A trigger for a member is answered 404."""

    def trigger_for(_part: Automation, call: Call) -> Answer:
        raise call.not_found("There is no such member.")

    server.replace(Automation, "trigger_for", trigger_for)


@defect(
    "a_trigger_for_a_person_answers_nothing", breaks="OIP-AUTO-03", family="types", also=("OIP-CORE-*", "OIP-POS-*")
)
def _(server: ReferenceServer) -> None:
    """triggerAutomationForIdentifier answers a number where a string is published."""
    rewrite(server, "triggerAutomationForIdentifier", body=lambda _value, _call: 1)


def _payload(server: ReferenceServer, refuses: Any) -> None:
    """A payload is refused when `refuses(payload)`."""

    def trigger(_part: Automation, call: Call) -> Answer:
        if refuses(call.body):
            raise Refused(400, "The data cannot be read.")
        return kept(call)

    kept = server.replace(Automation, "trigger", trigger)


@defect("an_empty_payload_is_refused", breaks="OIP-AUTO-04", family="boundary")
def _(server: ReferenceServer) -> None:
    """A trigger wants at least one value."""
    _payload(server, lambda payload: not payload)


@defect("a_nested_payload_is_refused", breaks="OIP-AUTO-04", family="validation")
def _(server: ReferenceServer) -> None:
    """A trigger takes no objects in its dictionary."""
    _payload(server, lambda payload: any(isinstance(value, dict) for value in payload.values()))


@defect("a_payload_with_a_list_is_refused", breaks="OIP-AUTO-04", family="validation")
def _(server: ReferenceServer) -> None:
    """A trigger takes no lists in its dictionary."""
    _payload(server, lambda payload: any(isinstance(value, list) for value in payload.values()))


@defect("names_beyond_ascii_are_refused", breaks="OIP-AUTO-04", family="encoding")
def _(server: ReferenceServer) -> None:
    """A trigger takes only names of ASCII."""
    _payload(server, lambda payload: not all(name.isascii() for name in payload))


def _result(server: ReferenceServer, operation: str, body: Any) -> None:
    rewrite(server, operation, body=lambda _value, _call: body)


@defect("a_customer_function_answers_something_else", breaks="OIP-FUN-01", family="state", also=("OIP-FUN-03",))
def _(server: ReferenceServer) -> None:
    """A customer function does not answer what was agreed."""
    _result(server, "customerFunction", {"levels": []})


@defect("a_customer_function_is_not_connected", breaks="OIP-FUN-01", family="lost", also=("OIP-FUN-03",))
def _(server: ReferenceServer) -> None:
    """The second customer function of the account is answered 404."""

    def named(_part: Functions, call: Call, configured: Mapping[str, FunctionFixture], name: str) -> FunctionFixture:
        if call.operation.id == "customerFunction" and name in list(configured)[1:]:
            raise call.not_found("There is no such function.")
        return kept(call, configured, name)

    kept = server.replace(Functions, "function_named", named)


@defect("a_promotions_function_answers_something_else", breaks="OIP-FUN-02", family="state", also=("OIP-FUN-03",))
def _(server: ReferenceServer) -> None:
    """A promotions function does not answer what was agreed."""
    _result(server, "promotionsFunction", {"won": False})


@defect("any_function_is_taken", breaks="OIP-FUN-03", family="validation")
def _(server: ReferenceServer) -> None:
    """A function that was never agreed is answered 200 with what was sent."""

    def named(_part: Functions, call: Call, configured: Mapping[str, FunctionFixture], name: str) -> FunctionFixture:
        return configured.get(name, FunctionFixture())

    server.replace(Functions, "function_named", named)


@defect("an_unknown_function_is_a_bad_request", breaks="OIP-FUN-03", family="status")
def _(server: ReferenceServer) -> None:
    """A function that was never agreed is answered 400, although 404 is published."""

    def named(_part: Functions, call: Call, configured: Mapping[str, FunctionFixture], name: str) -> FunctionFixture:
        try:
            return kept(call, configured, name)
        except Refused as refusal:
            raise Refused(400, refusal.detail) from None

    kept = server.replace(Functions, "function_named", named)
