"""Defects at the edges of the contract: unknown paths and methods, oversized and hostile requests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused, Rendering
from oip_reference.http.bodies import Bodies, Parsed
from oip_reference.http.reader import Reader
from oip_reference.http.routing import Route, Routing
from oip_reference.rewriting import redo_refusals
from oip_reference.server import ReferenceServer
from oip_reference.storage.database import Row
from oip_reference.storage.member_records import Member, MemberRecords

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call, Request
    from oip_reference.tenancy.tenant import Tenant


@defect("answers_any_method", breaks="OIP-NEG-06", family="refusals", also=("OIP-NEG-13", "OIP-CORE-02"))
def _(server: ReferenceServer) -> None:
    """A path that can be read answers every method as if it were a GET."""

    def operation(_part: Routing, route: Route, method: str) -> Operation:
        found = route.operations.get(method) or route.operations.get("GET")
        return found or kept(route, method)

    kept = server.replace(Routing, "operation", operation)


@defect("deletes_what_cannot_be_deleted", breaks="OIP-NEG-06", family="refusals", also=("OIP-NEG-13",))
def _(server: ReferenceServer) -> None:
    """DELETE of a customer is answered 204 although the contract has no such method."""

    def shaper(request: Request, _call: Call | None, given: Answer) -> Answer:
        gone = request.method == "DELETE" and request.path.startswith("/v4/customers/id/") and given.status == 405
        return Answer(204) if gone else given

    server.shape(shaper)


@defect("answers_a_wrong_method_404", breaks="OIP-NEG-13", family="refusals")
def _(server: ReferenceServer) -> None:
    """A method that a path does not have is answered 404."""

    def operation(_part: Routing, route: Route, method: str) -> Operation:
        try:
            return kept(route, method)
        except Refused:
            raise Refused(404, "There is no such path.") from None

    kept = server.replace(Routing, "operation", operation)


@defect("does_not_say_which_methods_there_are", breaks="OIP-NEG-13", family="refusals")
def _(server: ReferenceServer) -> None:
    """A 405 has no Allow header."""
    redo_refusals(server, 405, answer=lambda _request, given: replace(given, headers=()))


@defect("answers_unknown_paths_with_a_page", breaks="OIP-NEG-07", family="refusals", also=("OIP-NEG-14", "OIP-CUST-42"))
def _(server: ReferenceServer) -> None:
    """A path that does not exist is answered 200 with the start page, as a single-page application does."""

    def route(_part: Routing, path: str) -> Any:
        try:
            return kept(path)
        except Refused:
            raise _Page from None

    class _Page(Refused):
        def __init__(self) -> None:
            super().__init__(404, "start page")

    def answer(_request: Request, given: Answer) -> Answer:
        if given.body.get("detailedErrorMessage") != "start page":
            return given
        return Answer(200, b"<!doctype html><title>OIP</title>", media_type="text/html")

    kept = server.replace(Routing, "route", route)
    redo_refusals(server, 404, answer=answer)


@defect("answers_unknown_paths_403", breaks="OIP-NEG-07", family="refusals", also=("OIP-NEG-14",))
def _(server: ReferenceServer) -> None:
    """A path that does not exist is answered 403."""

    def route(_part: Routing, path: str) -> Any:
        try:
            return kept(path)
        except Refused:
            raise Refused(403, "Access denied.") from None

    kept = server.replace(Routing, "route", route)


@defect("answers_unknown_paths_in_html", breaks="OIP-NEG-14", family="refusals")
def _(server: ReferenceServer) -> None:
    """The 404 of an unknown path is a page of the web server."""

    def answer(_request: Request, given: Answer) -> Answer:
        if given.body.get("detailedErrorMessage") != "There is no such path.":
            return given
        return replace(given, body=b"<h1>404 Not Found</h1>", media_type="text/html")

    redo_refusals(server, 404, answer=answer)


@defect("fails_on_a_body_that_is_too_large", breaks="OIP-NEG-08", family="refusals", also=("OIP-CORE-02",))
def _(server: ReferenceServer) -> None:
    """A body that is too large makes the server fail."""

    def call(_part: Reader, request: Request, *rest: Any) -> Call:
        if request.too_large:
            raise Refused(500, "The body is too large.")
        return kept(request, *rest)

    kept = server.replace(Reader, "call", call)


@defect("ignores_a_body_that_is_too_large", breaks="OIP-NEG-08", family="refusals")
def _(server: ReferenceServer) -> None:
    """A body that is too large is answered 200 and thrown away."""

    def shaper(request: Request, _call: Call | None, given: Answer) -> Answer:
        return Answer(200, {"data": {"id": "none"}}) if request.too_large else given

    server.shape(shaper)


@defect(
    "puts_a_searched_number_into_a_header", breaks="OIP-NEG-09", family="refusals", also=("OIP-CORE-01", "OIP-CORE-09")
)
def _(server: ReferenceServer) -> None:
    """A number that nobody has is repeated in a header, so that what follows its line breaks are headers too."""
    searched: dict[str, bytes] = {}

    def find(_part: Customers, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused:
            searched["number"] = str(call.query["mobilePhone"]).encode("latin-1", "replace")
            raise

    def headers(_part: Rendering, answer: Answer, body: bytes) -> list[tuple[bytes, bytes]]:
        number = searched.pop("number", None)
        first, *others = number.splitlines() if number else [b""]
        injected = [line.split(b": ", 1) for line in others if b": " in line]
        searched_for = [(b"x-searched", first)] if number else []
        return [*keep(answer, body), *searched_for, *((name.lower(), value) for name, value in injected)]

    kept = server.replace(Customers, "by_mobile_phone", find)
    keep = server.replace(Rendering, "headers", headers)


def _read(part: MemberRecords, sql: str) -> Member | None:
    row: Row | None = part.database.row(part._SELECT.replace("tenant=?", "1=1") + sql)
    return None if row is None else Member(row[0], row[1], row[2], row[3], orjson.loads(row[4]), row[5], row[6])


@defect(
    "puts_an_external_id_into_its_query",
    breaks="OIP-NEG-10",
    family="refusals",
    also=("OIP-C*", "OIP-POS-01", "OIP-ISO-01"),
)
def _(server: ReferenceServer) -> None:
    """The query for an external id is made of text, so that it can be told to find anybody."""
    server.replace(
        MemberRecords, "by_external_id", lambda part, _tenant, name: _read(part, f"external_id='{name}' LIMIT 1")
    )


@defect("takes_wildcards_in_a_number", breaks="OIP-NEG-10", family="refusals", also=("OIP-CUST-41",))
def _(server: ReferenceServer) -> None:
    """A percent sign in a mobile phone stands for anything."""

    def find(part: MemberRecords, tenant: str, number: str) -> Member | None:
        if "%" not in number:
            return kept(tenant, number)
        row = part.database.row("SELECT id FROM member WHERE tenant=? AND mobile_phone LIKE ?", tenant, number)
        return None if row is None else part.by_id(tenant, row[0])

    kept = server.replace(MemberRecords, "by_mobile_phone", find)


@defect("reads_a_star_as_everybody", breaks="OIP-NEG-10", family="refusals", also=("OIP-CUST-41",))
def _(server: ReferenceServer) -> None:
    """The external id * finds the first customer there is."""

    def find(part: MemberRecords, tenant: str, name: str) -> Member | None:
        if name != "*":
            return kept(tenant, name)
        row = part.database.row("SELECT id FROM member WHERE tenant=?", tenant)
        return None if row is None else part.by_id(tenant, row[0])

    kept = server.replace(MemberRecords, "by_external_id", find)


@defect("replaces_broken_text", breaks="OIP-NEG-11", family="encoding", also=("OIP-NEG-03",))
def _(server: ReferenceServer) -> None:
    """Bytes that are not UTF-8 are stored as question marks."""
    kept = server.replace(Bodies, "json", lambda _part, body: kept(body.decode("utf-8", "replace").encode("utf-8")))


@defect("takes_a_nul_in_an_identifier", breaks="OIP-NEG-11", family="encoding", also=("OIP-NEG-01",))
def _(server: ReferenceServer) -> None:
    """What follows a NUL in an external id is cut off instead of refused."""

    def json(_part: Bodies, body: bytes) -> Parsed:
        return kept(body.replace(b"\\u0000", b""))

    kept = server.replace(Bodies, "json", json)


@defect("fails_on_deep_nesting", breaks="OIP-NEG-12", family="refusals", also=("OIP-CORE-02",))
def _(server: ReferenceServer) -> None:
    """JSON that is nested deeply makes the server fail."""

    def size(_part: Bodies, value: Any) -> None:
        try:
            kept(value)
        except Refused:
            raise Refused(500, "maximum recursion depth exceeded") from None

    def json(_part: Bodies, body: bytes) -> Parsed:
        if body.count(b"[") > 1000:
            raise Refused(500, "The server failed.")
        return keep(body)

    kept = server.replace(Bodies, "check_size", size)
    keep = server.replace(Bodies, "json", json)


@defect("fails_on_a_very_long_name", breaks="OIP-NEG-12", family="refusals", also=("OIP-CORE-02", "OIP-POS-01"))
def _(server: ReferenceServer) -> None:
    """A first name of more than 65,535 bytes makes the server fail."""

    def new(_part: Customers, tenant: Tenant, data: dict[str, Any], now: Any) -> Member:
        if len(str(data.get("firstName"))) > 65535:
            raise Refused(500, "Data too long for column.")
        return kept(tenant, data, now)

    kept = server.replace(Customers, "new_member", new)
