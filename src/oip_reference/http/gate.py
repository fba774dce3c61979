"""Who may call what: the key, the allow list, the activation of operations and the systems behind OIP."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from oip_reference.http.answer import Refused
from oip_reference.http.request import Request
from oip_reference.parts import Part
from oip_reference.server import ReferenceServer
from oip_reference.tenancy.gateways import Gateways

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.tenancy.tenant import Tenant

_CHALLENGE = (("www-authenticate", 'ApiKey realm="OIP"'),)


class Gate(Part):
    """The checks that come before a request is read."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.gateways = server.part(Gateways)

    def key(self, request: Request) -> str | None:
        """The key a request carries: only in the header."""
        return request.header(b"x-api-key")

    def authenticated(self, request: Request) -> Tenant:
        """The tenant that a request's key opens; refuses with 401."""
        key = self.key(request)
        if not key:
            raise Refused(401, "The header x-api-key is missing.", headers=_CHALLENGE)
        tenant = self.server.tenants.get(key)
        if tenant is None:
            raise Refused(401, "The key in x-api-key is not known.", headers=_CHALLENGE)
        return tenant

    def admit(self, tenant: Tenant, request: Request) -> None:
        """Refuses an address that is not on the account's allow list (if there is one). Our reading: with 403."""
        if tenant.networks and not any(_address(request) in network for network in tenant.networks):
            raise Refused(403, "This address may not use the account.")

    def activated(self, tenant: Tenant, operation: Operation) -> None:
        """Refuses with 403 an operation that is not activated for the account."""
        if not self.is_activated(tenant, operation):
            raise Refused(403, "This method requires activation and configuration.")

    def is_activated(self, tenant: Tenant, operation: Operation) -> bool:
        return operation.id not in tenant.not_activated

    def reach_gateway(self, tenant: Tenant, operation: Operation, request: Request) -> None:
        """Refuses with 429 or 502 while the system behind the operation was told to fail."""
        self.gateways.reach(tenant.name, operation.id, request)


def _address(request: Request) -> Any:
    try:
        return ip_address(request.client)
    except ValueError:
        return ip_address("0.0.0.0")
