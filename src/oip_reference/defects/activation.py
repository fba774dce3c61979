"""Defects of activation: what is activated is refused, what is not is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.gate import Gate
from oip_reference.rewriting import redo_refusals
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call, Request
    from oip_reference.tenancy.tenant import Tenant

LIMITED = "limited"
"""The example profile that declares operations not activated."""


@defect("refuses_an_activated_operation", breaks="OIP-ACT-01", family="activation")
def _(server: ReferenceServer) -> None:
    """getRedeemedPromotions is refused as not activated although it is."""
    kept = server.replace(
        Gate,
        "is_activated",
        lambda _part, tenant, operation: operation.id != "getRedeemedPromotions" and kept(tenant, operation),
    )


@defect("offers_what_is_not_activated", breaks="OIP-ACT-02", family="activation", also=("OIP-ACT-04",), profile=LIMITED)
def _(server: ReferenceServer) -> None:
    """An operation that is not activated works."""
    server.replace(Gate, "is_activated", lambda *_: True)


@defect("hides_what_is_not_activated", breaks="OIP-ACT-02", family="activation", also=("OIP-ACT-04",), profile=LIMITED)
def _(server: ReferenceServer) -> None:
    """An operation that is not activated answers 400."""

    def activated(part: Gate, tenant: Tenant, operation: Operation) -> None:
        if not part.is_activated(tenant, operation):
            raise Refused(400, "There is no such method.")

    server.replace(Gate, "activated", activated)


@defect(
    "refuses_what_is_not_activated_in_words",
    breaks="OIP-ACT-03",
    family="activation",
    also=("OIP-ERR-01", "OIP-CORE-04", "OIP-CORE-05"),
    profile=LIMITED,
)
def _(server: ReferenceServer) -> None:
    """The 403 is a text and no envelope."""

    def answer(_request: Request, given: Answer) -> Answer:
        return replace(given, body=b"Forbidden", media_type="text/plain")

    redo_refusals(server, 403, answer=answer)


@defect("acts_on_what_is_not_activated", breaks="OIP-ACT-04", family="activation", profile=LIMITED)
def _(server: ReferenceServer) -> None:
    """An update by external id is answered 403, but the customer is changed."""
    act_behind_the_refusal_of(server, "updateCustomerByExternalId")


@defect("redeems_behind_its_403", breaks="OIP-ACT-04", family="activation", profile="loyalty-app")
def _(server: ReferenceServer) -> None:
    """redeemPromotion is answered 403, but the promotion is redeemed."""
    act_behind_the_refusal_of(server, "redeemPromotion")


def act_behind_the_refusal_of(server: ReferenceServer, name: str) -> None:
    """Does what an operation is asked, and then says that it is not activated."""

    def activated(part: Gate, tenant: Tenant, operation: Operation) -> None:
        if operation.id != name:
            kept(tenant, operation)

    def shaper(_request: Request, call: Call | None, given: Answer) -> Answer:
        if call is None or call.operation.id != name or given.status != 200:
            return given
        body = {"code": "403", "message": "Forbidden", "detailedErrorMessage": "This method requires activation."}
        return Answer(403, body)

    kept = server.replace(Gate, "activated", activated)
    server.shape(shaper)
