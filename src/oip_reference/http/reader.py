"""Understands a request: its media type, its syntax and what the contract says of its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

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

_IDENTIFIER: Final = re.compile(r"id|\w*Id|mobilePhone|phoneNumber|token", re.ASCII)


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
        if b"\\u0000" in request.body:
            self.check_identifiers(parsed.value)
        return parsed.value

    def check(self, operation: Operation, media_type: str, value: Any) -> None:
        """Refuses a body that the contract's schema does not allow, naming each field at fault."""
        if not operation.is_request_valid(media_type, value):
            errors = operation.request_errors(media_type, value)
            raise Refused(
                400,
                [{"field": error.pointer[:200], "message": error.message[:300]} for error in errors[:20]],
            )

    def check_identifiers(self, value: Any) -> None:
        """Refuses a NUL in an identifier, wherever it stands in the body."""
        faulty = [pointer for pointer, text in _identifiers(value) if "\0" in text]
        if faulty:
            raise Refused(400, [{"field": pointer[:200], "message": "holds a NUL"} for pointer in faulty[:20]])


def _identifiers(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """The texts under names of identifiers, each with its place."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, held in members:
        place = f"{pointer}/{name}"
        if isinstance(held, dict | list):
            yield from _identifiers(held, place)
        elif isinstance(held, str) and _IDENTIFIER.fullmatch(str(name)):
            yield place, held
