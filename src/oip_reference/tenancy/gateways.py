"""The systems behind OIP, which a sandbox can tell to fail in the documented way."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from oip_reference.http.answer import Refused
from oip_reference.http.request import Request
from oip_reference.parts import Part
from oip_reference.server import ReferenceServer


@dataclass(slots=True)
class Outage:
    """An order to fail: `status` 429 or 502, for the named operations (None: all), `remaining` times (None: always).

    `mentioning` limits it to calls that hold a text in their address or body (empty: every call).
    """

    tenant: str
    status: int
    operations: frozenset[str] | None
    remaining: int | None
    system: str = "sandbox"
    message: str = "The connected system was told to fail."
    mentioning: str = ""

    def concerns(self, tenant: str, operation_id: str, request: Request) -> bool:
        return (
            self.tenant == tenant
            and self.remaining != 0
            and (self.operations is None or operation_id in self.operations)
            and self.is_mentioned(request)
        )

    def is_mentioned(self, request: Request) -> bool:
        text = self.mentioning.encode()
        return text in request.body or text in unquote_to_bytes(request.path) or text in unquote_to_bytes(request.query)


class Gateways(Part):
    """Orders to fail, in the order they were given; kept in memory only."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.outages: list[Outage] = []

    def reach(self, tenant: str, operation_id: str, request: Request) -> None:
        """Passes, or refuses with the first order to fail that concerns the call."""
        if not self.outages:
            return
        for outage in self.outages:
            if outage.concerns(tenant, operation_id, request):
                if outage.remaining is not None:
                    outage.remaining -= 1
                    self.outages = [kept for kept in self.outages if kept.remaining != 0]
                raise Refused(outage.status, self.detail(outage))

    def detail(self, outage: Outage) -> dict[str, str]:
        """The documented detail: empty for 429, the system and its message for 502."""
        if outage.status == 429:
            return {}
        return {
            "gateway": f"Connection to backend system failed. System: {outage.system}",
            "gatewayMessage": outage.message,
        }
