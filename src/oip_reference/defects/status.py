"""Defects of the status: a failing server, and statuses that nobody published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.customers import Customers
from oip_reference.defects.registration import defect
from oip_reference.health import Health
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.gate import Gate
from oip_reference.http.reader import Reader
from oip_reference.redemption import Redemptions
from oip_reference.rewriting import redo, redo_refusals
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call, Request
    from oip_reference.tenancy.tenant import Tenant


@defect("fails_on_an_emoji", breaks="OIP-CORE-02", family="status", also=("OIP-CUST-33", "OIP-POS-01"))
def _(server: ReferenceServer) -> None:
    """A customer whose first name has a character beyond the basic plane of Unicode makes the server fail."""

    def create(_part: Customers, call: Call) -> Answer:
        if any(ord(character) > 0xFFFF for character in str(call.body["data"].get("firstName", ""))):
            raise Refused(500, "The server failed.")
        return kept(call)

    kept = server.replace(Customers, "create", create)


@defect("fails_one_time_in_fifty", breaks="OIP-CORE-02", family="rare", also=("*",))
def _(server: ReferenceServer) -> None:
    """Every fiftieth request is answered 500."""
    turn = count(1)

    def admit(_part: Gate, tenant: Tenant, request: Request) -> None:
        kept(tenant, request)
        if next(turn) % 50 == 0:
            raise Refused(500, "The server failed.")

    kept = server.replace(Gate, "admit", admit)


@defect("is_unavailable_for_long_external_ids", breaks="OIP-CORE-02", family="status", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """Asking for an external id of more than forty characters is answered 503."""

    def find(_part: Customers, call: Call) -> Answer:
        if len(call.path["externalId"]) > 40:
            raise Refused(503, "Try again later.")
        return kept(call)

    kept = server.replace(Customers, "by_external_id", find)


@defect("answers_204_to_a_switch", breaks="OIP-CORE-03", family="status", also=("OIP-PROMO-*",))
def _(server: ReferenceServer) -> None:
    """enableUse and disableUse answer 204, which is not published for them."""
    redo(server, "enableUse", "disableUse", answer=lambda _request, given: replace(given, status=204))


@defect("answers_202_to_the_list_of_consents", breaks="OIP-CORE-03", family="status", also=("OIP-CONS-*",))
def _(server: ReferenceServer) -> None:
    """listConsents answers 202."""
    redo(server, "listConsents", answer=lambda _request, given: replace(given, status=202))


@defect(
    "answers_410_for_ended_promotions", breaks="OIP-CORE-03", family="status", also=("OIP-PROMO-05", "OIP-PROMO-24")
)
def _(server: ReferenceServer) -> None:
    """Redeeming an expired promotion answers 410 where 400 is published."""

    def check(_part: Redemptions, call: Call, promotion: Any) -> None:
        if promotion.valid_to < call.now:
            raise Refused(410, "The promotion is over.")
        kept(call, promotion)

    kept = server.replace(Redemptions, "check_place", check)


@defect("answers_422_to_an_invalid_body", breaks="OIP-NEG-01", family="status", also=("*",))
def _(server: ReferenceServer) -> None:
    """A body that breaks its schema is answered 422, as the framework would have it."""

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        try:
            kept(operation, media_type, value)
        except Refused as refusal:
            raise Refused(422, refusal.detail) from None

    kept = server.replace(Reader, "check", check)


@defect("answers_200_to_a_creation", breaks="OIP-CUST-01", family="status", also=("OIP-CORE-03", "OIP-*"))
def _(server: ReferenceServer) -> None:
    """createMember answers 200 instead of 201."""
    redo(server, "createMember", answer=lambda _request, given: replace(given, status=200))


@defect(
    "answers_nobody_with_200_and_null",
    breaks="OIP-CUST-08",
    family="status",
    also=("OIP-CORE-05", "OIP-ISO-01", "OIP-ERR-08", "OIP-NEG-09", "OIP-CUST-41"),
)
def _(server: ReferenceServer) -> None:
    """A customer that nobody is, is answered 200 with null."""
    kept = server.replace(
        Customers, "by_id", lambda _part, call: _found(kept, call) or Answer(200, {"data": None, "metaData": None})
    )


def _found(kept: Callable[..., Answer], call: Call) -> Answer | None:
    try:
        return kept(call)
    except Refused as refusal:
        if refusal.status == 404:
            return None
        raise


@defect("answers_400_for_nobody", breaks="OIP-CUST-08", family="status", also=("OIP-ISO-01", "OIP-CUST-15"))
def _(server: ReferenceServer) -> None:
    """An unknown external id is answered 400 although 404 is published."""

    def find(_part: Customers, call: Call) -> Answer:
        found = _found(kept, call)
        if found is None:
            raise Refused(400, "There is no such customer.")
        return found

    kept = server.replace(Customers, "by_external_id", find)


@defect("health_redirects", breaks="OIP-CORE-14", family="status", also=("OIP-CORE-03", "OIP-CORE-09"))
def _(server: ReferenceServer) -> None:
    """getHealth sends monitoring to a page for people."""
    server.replace(Health, "health", lambda *_: Answer(302, headers=(("location", "/status.html"),)))


@defect("health_is_down_while_all_works", breaks="OIP-CORE-14", family="status", also=("OIP-CORE-02", "OIP-POS-01"))
def _(server: ReferenceServer) -> None:
    """getHealth answers 503 although everything else works."""

    def health(*_: Any) -> Answer:
        raise Refused(503, "A dependency is slow.")

    server.replace(Health, "health", health)


@defect(
    "answers_409_as_400",
    breaks=("OIP-CUST-11", "OIP-CUST-12"),
    family="status",
    also=("OIP-CUST-21", "OIP-CUST-43", "OIP-ERR-08"),
)
def _(server: ReferenceServer) -> None:
    """A conflict is answered 400."""

    def answer(_request: Request, given: Answer) -> Answer:
        return replace(given, status=400, body={**given.body, "code": "400", "message": "Bad Request"})

    redo_refusals(server, 409, answer=answer)
