"""Defects of the error envelope."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.customer_rules import CustomerRules
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Envelope, Refused
from oip_reference.http.gate import Gate
from oip_reference.rewriting import redo_refusals
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Request
    from oip_reference.storage.member_records import Member
    from oip_reference.tenancy.tenant import Tenant

_ENVELOPED = ("OIP-CUST-08", "OIP-PROMO-29", "OIP-PROMO-36", "OIP-AUTH-06", "OIP-NEG-14", "OIP-LOY-*", "OIP-REP-*")
"""What states in its own words that a refusal comes in the envelope."""


@defect("error_code_is_a_number", breaks="OIP-ERR-02", family="envelope", also=("OIP-CORE-05", *_ENVELOPED))
def _(server: ReferenceServer) -> None:
    """`code` is the number 409 instead of the text "409"."""
    kept = server.replace(Envelope, "document", lambda _part, status, detail: {**kept(status, detail), "code": status})


@defect("error_code_is_missing", breaks="OIP-ERR-02", family="envelope", also=("OIP-CORE-05", *_ENVELOPED))
def _(server: ReferenceServer) -> None:
    """The envelope has no `code`."""
    kept = server.replace(Envelope, "document", lambda _part, status, detail: _without(kept(status, detail), "code"))


@defect("conflicts_have_no_code", breaks="OIP-ERR-02", family="envelope", also=("OIP-CORE-05",))
def _(server: ReferenceServer) -> None:
    """Only the envelope of a 409 has no `code`."""
    redo_refusals(server, 409, answer=lambda _request, given: replace(given, body=_without(given.body, "code")))


@defect("error_code_is_always_400", breaks="OIP-ERR-03", family="envelope", also=_ENVELOPED)
def _(server: ReferenceServer) -> None:
    """`code` says "400" whatever the status is."""
    kept = server.replace(Envelope, "document", lambda _part, status, detail: {**kept(status, detail), "code": "400"})


@defect("error_code_is_a_word", breaks="OIP-ERR-03", family="envelope", also=_ENVELOPED)
def _(server: ReferenceServer) -> None:
    """`code` is a word such as "Conflict" instead of the status."""
    kept = server.replace(
        Envelope, "document", lambda part, status, detail: {**kept(status, detail), "code": part.message(status)}
    )


@defect("error_message_is_empty", breaks="OIP-ERR-04", family="envelope", also=("OIP-ERR-05",))
def _(server: ReferenceServer) -> None:
    """`message` is an empty text."""
    server.replace(Envelope, "message", lambda *_: "")


@defect("error_message_is_missing", breaks="OIP-ERR-04", family="envelope", also=("OIP-CORE-05",))
def _(server: ReferenceServer) -> None:
    """The envelope has no `message`."""
    kept = server.replace(Envelope, "document", lambda _part, status, detail: _without(kept(status, detail), "message"))


@defect("error_message_is_a_list", breaks="OIP-ERR-04", family="envelope", also=("OIP-CORE-05",))
def _(server: ReferenceServer) -> None:
    """`message` is a list of texts."""
    kept = server.replace(Envelope, "message", lambda _part, status: [kept(status)])


@defect("error_message_is_a_sentence", breaks="OIP-ERR-05", family="envelope")
def _(server: ReferenceServer) -> None:
    """`message` is a sentence of its own instead of the phrase of the status."""
    server.replace(Envelope, "message", lambda *_: "Something is not right with your request.")


@defect("errors_are_a_list", breaks="OIP-ERR-01", family="envelope", also=("OIP-CORE-05", *_ENVELOPED))
def _(server: ReferenceServer) -> None:
    """The envelope stands in a list."""
    redo_refusals(server, answer=lambda _request, given: replace(given, body=[given.body]))


@defect("errors_are_wrapped", breaks="OIP-ERR-02", family="envelope", also=("OIP-ERR-04", "OIP-CORE-05", *_ENVELOPED))
def _(server: ReferenceServer) -> None:
    """The envelope stands in a member `error`."""
    redo_refusals(server, answer=lambda _request, given: replace(given, body={"error": given.body}))


@defect(
    "errors_are_problem_details",
    breaks="OIP-ERR-02",
    family="envelope",
    also=("OIP-ERR-04", "OIP-CORE-04", "OIP-CORE-05", *_ENVELOPED),
)
def _(server: ReferenceServer) -> None:
    """Errors follow RFC 9457 instead of the documentation."""

    def answer(_request: Request, given: Answer) -> Answer:
        document = {"type": "about:blank", "title": given.body["message"], "status": given.status}
        return replace(given, body=document, media_type="application/problem+json")

    redo_refusals(server, answer=answer)


@defect(
    "answers_401_as_html", breaks="OIP-ERR-01", family="envelope", also=("OIP-AUTH-06", "OIP-CORE-04", "OIP-CORE-05")
)
def _(server: ReferenceServer) -> None:
    """A 401 is a page of the web server."""
    page = b"<html><head><title>401 Authorization Required</title></head></html>"
    redo_refusals(server, 401, answer=lambda _request, given: replace(given, body=page, media_type="text/html"))


@defect("conflicts_have_no_body", breaks="OIP-ERR-01", family="envelope", also=("OIP-CORE-05",))
def _(server: ReferenceServer) -> None:
    """A 409 comes with an empty body."""
    redo_refusals(server, 409, answer=lambda _request, given: replace(given, body=b""))


@defect("names_no_failing_gateway", breaks="OIP-ERR-06", family="envelope")
def _(server: ReferenceServer) -> None:
    """A 502 now and then says nothing of which system failed."""
    turn = count(1)

    def reach(_part: Gate, tenant: Tenant, operation: Operation, request: Request) -> None:
        kept(tenant, operation, request)
        if operation.id == "getStores" and next(turn) % 3 == 1:
            raise Refused(502, {"error": "upstream failed"})

    kept = server.replace(Gate, "reach_gateway", reach)


@defect("says_nothing_about_a_bad_request", breaks="OIP-ERR-07", family="envelope")
def _(server: ReferenceServer) -> None:
    """The detail of a 400 names no field."""
    redo_refusals(
        server,
        400,
        answer=lambda _request, given: replace(given, body={**given.body, "detailedErrorMessage": "Bad data."}),
    )


@defect("shows_whose_number_is_taken", breaks="OIP-ERR-08", family="envelope")
def _(server: ReferenceServer) -> None:
    """The detail of a conflict shows name and email of the customer who has the number."""

    def check(part: CustomerRules, member: Member) -> None:
        holder = part.holder_of_phone(member)
        if holder is not None and holder.id != member.id:
            raise Refused(
                409, {"takenBy": {"name": holder.profile.get("firstName"), "email": holder.profile.get("email")}}
            )
        kept(member)

    kept = server.replace(CustomerRules, "check_identifiers_are_free", check)


@defect("shows_the_id_behind_a_taken_number", breaks="OIP-ERR-08", family="envelope")
def _(server: ReferenceServer) -> None:
    """The detail of a conflict shows the id of the customer who has the number."""

    def check(part: CustomerRules, member: Member) -> None:
        holder = part.holder_of_phone(member)
        if holder is not None and holder.id != member.id:
            raise Refused(409, f"mobilePhone belongs to customer {holder.id}")
        kept(member)

    kept = server.replace(CustomerRules, "check_identifiers_are_free", check)


def _without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}
