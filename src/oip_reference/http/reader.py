"""Understands a request: its media type, its syntax and what the contract says of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.clock import Clock
from oip_reference.http.answer import Refused
from oip_reference.http.bodies import Bodies
from oip_reference.http.parameters import Parameters
from oip_reference.http.request import Call, Request
from oip_reference.parts import Part
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.tenancy.tenant import Tenant


class Reader(Part):
    """Makes a `Call` of a request, or refuses it with 400 and the list of what is wrong."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.parameters = server.part(Parameters)
        self.bodies = server.part(Bodies)
        self.clock = server.part(Clock)

    def call(self, request: Request, tenant: Tenant, operation: Operation, path: dict[str, str]) -> Call:
        if request.too_large:
            raise Refused(400, "The body is too large.")
        if request.cut_short:
            raise Refused(400, "The body did not arrive in full.")
        return Call(
            request,
            tenant,
            operation,
            self.parameters.path(operation, path) if path else {},
            self.parameters.query(operation, request.query),
            self.body(operation, request) if operation.request_media_types else None,
            self.clock.now(),
        )

    def body(self, operation: Operation, request: Request) -> Any:
        """The checked body; None when an optional one is not sent."""
        if not request.body and not operation.request_required:
            return None
        if not request.body:
            raise Refused(400, "A body is required.")
        media_type, parsed = self.bodies.parse(request, operation.request_media_types)
        self.check(operation, media_type, parsed.checked)
        return parsed.value

    def check(self, operation: Operation, media_type: str, value: Any) -> None:
        """Refuses a body that the contract's schema does not allow, naming each field at fault."""
        if not operation.is_request_valid(media_type, value):
            errors = operation.request_errors(media_type, value)
            raise Refused(
                400,
                [{"field": error.pointer[:200], "message": error.message[:300]} for error in errors[:20]],
            )
