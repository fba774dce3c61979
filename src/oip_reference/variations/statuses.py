"""Variations of statuses, where several are allowed."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.customers import Customers
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.bodies import Bodies, Parsed
from oip_reference.http.gate import Gate
from oip_reference.http.reader import Reader
from oip_reference.rewriting import redo
from oip_reference.server import ReferenceServer
from oip_reference.stamp_cards import StampCards
from oip_reference.variations.registration import variation

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call, Request
    from oip_reference.tenancy.tenant import Tenant


@variation("answers_415_to_other_content_types", family="statuses")
def _(server: ReferenceServer) -> None:
    """A content type that an operation does not take is answered 415."""

    def parse(part: Bodies, request: Request, accepted: tuple[str, ...]) -> tuple[str, Parsed]:
        given, _ = part.content_type(request)
        if given not in accepted and not (given == "text/xml" and "application/xml" in accepted):
            raise Refused(415, f"The content type must be {' or '.join(accepted)}.")
        return kept(request, accepted)

    kept = server.replace(Bodies, "parse", parse)


@variation("answers_413_to_large_bodies", family="statuses")
def _(server: ReferenceServer) -> None:
    """A body that is too large is answered 413."""

    def call(_part: Reader, request: Request, *rest: Any) -> Call:
        if request.too_large:
            raise Refused(413, "The body is too large.")
        return kept(request, *rest)

    kept = server.replace(Reader, "call", call)


def _refuses_in_creations(server: ReferenceServer, name: str) -> None:
    def create(_part: Customers, call: Call) -> Answer:
        if name in call.body["data"] or name in call.body:
            raise Refused(400, [{"field": f"/data/{name}", "message": "is set by the server"}])
        return kept(call)

    kept = server.replace(Customers, "create", create)


@variation("refuses_points_from_clients", family="statuses")
def _(server: ReferenceServer) -> None:
    """A creation that gives points is refused instead of read without them."""
    _refuses_in_creations(server, "loyalty")


@variation("refuses_ids_from_clients", family="statuses")
def _(server: ReferenceServer) -> None:
    """A creation that chooses an id is refused instead of read without it."""
    _refuses_in_creations(server, "id")


@variation("refuses_times_from_clients", family="statuses")
def _(server: ReferenceServer) -> None:
    """A creation with metaData is refused instead of read without it."""
    _refuses_in_creations(server, "metaData")


@variation("says_where_a_new_customer_is", family="headers")
def _(server: ReferenceServer) -> None:
    """A 201 has a Location."""

    def answer(_request: Request, given: Answer) -> Answer:
        where = f"/v4/customers/id/{given.body['data']['id']}"
        return replace(given, headers=(*given.headers, ("location", where)))

    redo(server, "createMember", answer=answer)


def _busy(
    server: ReferenceServer, status: int, every: int, detail: Any, headers: tuple[tuple[str, str], ...] = ()
) -> None:
    turn = count(1)

    def reach(_part: Gate, tenant: Tenant, operation: Operation, request: Request) -> None:
        kept(tenant, operation, request)
        if next(turn) % every == 0:
            raise Refused(status, detail, headers=headers)

    kept = server.replace(Gate, "reach_gateway", reach)


@variation("is_busy_now_and_then", family="busy")
def _(server: ReferenceServer) -> None:
    """One request in a hundred and fifty is answered 429, as documented."""
    _busy(server, 429, 151, {})


@variation("is_busy_and_says_for_how_long", family="busy")
def _(server: ReferenceServer) -> None:
    """Now and then a request is answered 429 with Retry-After."""
    _busy(server, 429, 173, {}, (("retry-after", "1"),))


@variation("a_gateway_fails_now_and_then", family="busy")
def _(server: ReferenceServer) -> None:
    """One request in a hundred and fifty is answered 502 with the failing system, as documented."""
    detail = {"gateway": "Connection to backend system failed. System: ERP", "gatewayMessage": "timeout"}
    _busy(server, 502, 157, detail)


@variation("says_nothing_but_404_to_odd_ids", family="statuses")
def _(server: ReferenceServer) -> None:
    """An id that could be nobody's is answered 400 instead of 404 where it has more than eighty characters."""

    def find(_part: Customers, call: Call) -> Answer:
        if len(call.path["id"]) > 80:
            raise Refused(400, [{"field": "id", "message": "is too long"}])
        return kept(call)

    kept = server.replace(Customers, "by_id", find)


@variation("lets_a_member_hand_clips_on_to_oneself", family="statuses")
def _(server: ReferenceServer) -> None:
    """A transfer from a member to the same one is done: the clips are taken and given, and all is as it was."""
    server.replace(StampCards, "is_same_person", lambda *_: False)
