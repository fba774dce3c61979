"""Defects that give away what is nobody's business: keys, queries, paths, stack traces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oip_reference.customer_rules import CustomerRules
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.reader import Reader
from oip_reference.rewriting import redo, redo_refusals
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Request
    from oip_reference.storage.member_records import Member


@defect("shows_a_traceback_for_a_bad_body", breaks="OIP-CORE-07", family="secrets", also=("OIP-ERR-07",))
def _(server: ReferenceServer) -> None:
    """The detail of a body that breaks its schema is a Python traceback."""
    trace = 'Traceback (most recent call last):\n  File "/srv/oip/api/handlers.py", line 118, in create\nKeyError'

    def check(_part: Reader, operation: Operation, media_type: str, value: object) -> None:
        try:
            kept(operation, media_type, value)
        except Refused:
            raise Refused(400, trace) from None

    kept = server.replace(Reader, "check", check)


@defect("shows_the_query_of_a_conflict", breaks="OIP-CORE-07", family="secrets")
def _(server: ReferenceServer) -> None:
    """The detail of a conflict is the message of the database."""

    def check(_part: CustomerRules, member: Member) -> None:
        try:
            kept(member)
        except Refused:
            raise Refused(409, "UNIQUE constraint failed: member.tenant, member.mobile_phone") from None

    kept = server.replace(CustomerRules, "check_identifiers_are_free", check)


@defect("shows_a_path_of_the_server_for_unknown_members", breaks="OIP-CORE-07", family="secrets")
def _(server: ReferenceServer) -> None:
    """The detail of a 404 names a file of the server."""

    def answer(_request: Request, given: Answer) -> Answer:
        return replace(given, body={**given.body, "detailedErrorMessage": "no row in /var/lib/oip/members.db"})

    redo_refusals(server, 404, answer=answer)


@defect("shows_a_stack_trace_in_an_unpublished_field", breaks="OIP-CORE-07", family="secrets")
def _(server: ReferenceServer) -> None:
    """Refusals carry a .NET stack trace in a field of their own."""

    def answer(_request: Request, given: Answer) -> Answer:
        trace = "System.NullReferenceException at Oip.Api.Members.Find() in Members.cs:line 42"
        return replace(given, body={**given.body, "stackTrace": trace})

    redo_refusals(server, 404, 409, answer=answer)


@defect("shows_its_database_with_its_health", breaks="OIP-CORE-24", family="secrets")
def _(server: ReferenceServer) -> None:
    """getHealth shows how it reaches its database, with the password."""

    def answer(_request: Request, given: Answer) -> Answer:
        return replace(given, body={**given.body, "connection": "Server=db1;User Id=sa;Password=hunter2"})

    redo(server, "getHealth", answer=answer)


@defect("shows_the_hash_of_a_password_with_a_member", breaks="OIP-CORE-24", family="secrets")
def _(server: ReferenceServer) -> None:
    """A customer carries the hash of a password in a field of its own."""

    def answer(_request: Request, given: Answer) -> Answer:
        if given.status != 200 or not isinstance(given.body, dict) or not isinstance(given.body.get("data"), dict):
            return given
        data = {**given.body["data"], "passwordHash": "$2b$10$abcdefghijklmnopqrstuv"}
        return replace(given, body={**given.body, "data": data})

    redo(server, "getCustomerById", "getCustomerByMobilePhone", answer=answer)


@defect("repeats_the_key_in_a_refusal", breaks="OIP-CORE-08", family="secrets")
def _(server: ReferenceServer) -> None:
    """The detail of a 404 repeats the headers of the request, the key among them."""

    def answer(request: Request, given: Answer) -> Answer:
        headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
        return replace(given, body={**given.body, "detailedErrorMessage": {"request": headers}})

    redo_refusals(server, 404, answer=answer)


@defect("repeats_the_key_in_a_header", breaks="OIP-CORE-08", family="secrets")
def _(server: ReferenceServer) -> None:
    """getHealth sends the key back in a header."""

    def answer(request: Request, given: Answer) -> Answer:
        return replace(given, headers=(*given.headers, ("x-client", request.header(b"x-api-key") or "")))

    redo(server, "getHealth", answer=answer)


@defect("repeats_a_wrong_key", breaks="OIP-CORE-08", family="secrets", also=("OIP-AUTH-06",))
def _(server: ReferenceServer) -> None:
    """A 401 says which key was not accepted."""

    def answer(request: Request, given: Answer) -> Answer:
        said = f"The key {request.header(b'x-api-key')} is not known."
        return replace(given, body={**given.body, "detailedErrorMessage": said})

    redo_refusals(server, 401, answer=answer)
