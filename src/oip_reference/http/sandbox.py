"""What the sandbox offers outside the API: a page that explains it, the outbox, imports, and outages on demand.

Nothing here exists in OIP. It is reached without a key, because the server listens on the loopback only.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from oip_reference.http.answer import Answer, Refused
from oip_reference.http.landing import landing_page
from oip_reference.http.request import Request
from oip_reference.parts import Part
from oip_reference.server import ReferenceServer
from oip_reference.storage.import_records import ImportRecords
from oip_reference.storage.outbox_records import Outbox
from oip_reference.tenancy.gateways import Gateways, Outage
from oip_reference.wellknown import SEEDED_PHONES, STORES

_ROUTES: Final = {
    "/": (("GET",), "page"),
    "/_sandbox/outbox": (("GET",), "outbox"),
    "/_sandbox/imports": (("GET",), "imports"),
    "/_sandbox/gateways": (("DELETE", "GET", "POST"), "gateways"),
}


class Sandbox(Part):
    """`GET /`, `GET /_sandbox/outbox`, `GET /_sandbox/imports` and `GET|POST|DELETE /_sandbox/gateways`."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self._outbox = server.part(Outbox)
        self._imports = server.part(ImportRecords)
        self._gateways = server.part(Gateways)

    def answer(self, request: Request) -> Answer:
        found = _ROUTES.get(request.path)
        if found is None:
            raise Refused(404, "There is no such path; the API lives under /v4.")
        methods, name = found
        allow = ", ".join((*methods, "HEAD", "OPTIONS"))
        if request.method == "OPTIONS":
            return Answer(204, headers=(("allow", allow),))
        if request.method not in (*methods, "HEAD"):
            raise Refused(405, f"This path does not know {request.method}.", headers=(("allow", allow),))
        if request.too_large or request.cut_short:
            raise Refused(400, "The body is too large or did not arrive in full.")
        answer: Answer = getattr(self, name)(request)
        return answer

    def page(self, _request: Request) -> Answer:
        fixtures = next(iter(self.server.tenants.values())).fixtures
        page = landing_page(
            self.server.contract.title,
            self.server.contract.version,
            tenants=self.tenant_names(),
            stores=fixtures.stores or STORES,
            members=[SEEDED_PHONES[name] for name in self.tenant_names() if name in SEEDED_PHONES],
        )
        return Answer(200, page.encode(), media_type="text/html; charset=utf-8")

    def outbox(self, request: Request) -> Answer:
        """`?tenant=main&recipient=+47...`: what would have been sent, newest first."""
        query = parse_qs(request.query.decode("latin-1"))
        recipient = query.get("recipient", [None])[0]
        return Answer(200, self._outbox.messages(self.tenant_of(query.get("tenant", ["main"])[0]), recipient=recipient))

    def imports(self, request: Request) -> Answer:
        """`?tenant=main`: what was imported, newest first."""
        query = parse_qs(request.query.decode("latin-1"))
        return Answer(200, self._imports.latest(self.tenant_of(query.get("tenant", ["main"])[0])))

    def gateways(self, request: Request) -> Answer:
        """POST `{"status": 429|502, "operations": [...]?, "times": 3?, "mentioning": "text in the call"?,
        "tenant": "main"?, "system"?, "message"?}`."""
        if request.method == "POST":
            self._gateways.outages.append(self.outage(request.body))
        elif request.method == "DELETE":
            self._gateways.outages.clear()
        return Answer(200, [_shown(outage) for outage in self._gateways.outages])

    def outage(self, body: bytes) -> Outage:
        try:
            asked = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Refused(400, f"The body is not JSON: {error.msg}.") from None
        if not isinstance(asked, dict) or asked.get("status") not in (429, 502):
            raise Refused(400, "status must be 429 or 502.")
        operations, times = asked.get("operations"), asked.get("times")
        if operations is not None:
            unknown = "not a list" if not isinstance(operations, list) else self.unknown_operations(operations)
            if unknown:
                raise Refused(400, f"operations: {unknown}.")
        if times is not None and (type(times) is not int or times < 1):
            raise Refused(400, "times must be a whole number above 0.")
        outage = Outage(
            self.tenant_of(asked.get("tenant", "main")),
            asked["status"],
            None if operations is None else frozenset(operations),
            times,
        )
        for name in ("system", "message", "mentioning"):
            setattr(outage, name, str(asked.get(name, getattr(outage, name))))
        return outage

    def unknown_operations(self, operations: list[Any]) -> str:
        """The names that are no operations of the contract, joined; empty when all are."""
        return ", ".join(str(name)[:80] for name in operations if str(name) not in self.server.contract.operations)

    def tenant_names(self) -> list[str]:
        return sorted({tenant.name for tenant in self.server.tenants.values()})

    def tenant_of(self, name: Any) -> str:
        if name not in self.tenant_names():
            raise Refused(400, f"tenant must be one of {', '.join(self.tenant_names())}.")
        return str(name)


def _shown(outage: Outage) -> dict[str, Any]:
    return {
        "tenant": outage.tenant,
        "status": outage.status,
        "operations": None if outage.operations is None else sorted(outage.operations),
        "times": outage.remaining,
        "mentioning": outage.mentioning,
        "system": outage.system,
        "message": outage.message,
    }
