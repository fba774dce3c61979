"""What the server is asked: the request as it came, and the call it is understood as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from oip_reference.http.answer import Refused

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.tenancy.tenant import Tenant


@dataclass(slots=True)
class Request:
    """One HTTP request with its whole body; `path` is still percent-encoded, header names are lower case."""

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    client: str = ""
    body: bytes = b""
    too_large: bool = False
    cut_short: bool = False

    def header(self, name: bytes) -> str | None:
        """The value of the header `name` (lower case), repeated ones joined with a comma."""
        found = [value for key, value in self.headers if key == name]
        return b", ".join(found).decode("latin-1") if found else None


@dataclass(slots=True)
class Call:
    """A request that was recognised: who calls which operation, with which checked values, at what time."""

    request: Request
    tenant: Tenant
    operation: Operation
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any
    now: datetime

    def not_found(self, detail: Any) -> Refused:
        """A refusal with 404, or with 400 where the operation documents no 404."""
        return Refused(404 if self.operation.documents(404) else 400, detail)

    def invalid(self, field: str, message: str) -> Refused:
        """A refusal with 400 that names the field at fault."""
        return Refused(400, [{"field": field, "message": message}])
