"""Consents: the catalogue of what a member can be asked to consent to, and how a member's own are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.storage.catalogue_records import CatalogueRecords
from oip_reference.wellknown import CONSENTS

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

_TEXTS = {
    "acceptsDigital": ("Digital marketing", "Offers in apps and on web pages"),
    "acceptsProfiling": ("Profiling", "Offers that follow earlier purchases"),
    "acceptsPartners": ("Partners", "Offers from partners"),
}


class Consents(Domain):
    """Our reading: the list holds the items that `extendedConsents` refers to by id."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.records = server.part(CatalogueRecords)

    @handles("listConsents")
    def list_consents(self, call: Call) -> Answer:
        return Answer(200, list(self.records.items(call.tenant.name, "consent").values()))

    def document(self, tenant: str, consents: dict[str, Any]) -> dict[str, Any]:
        """A member's consents, the extended ones with the texts of the catalogue."""
        catalogue = self.records.items(tenant, "consent")
        extended = [
            {**consent, **{key: text for key, text in catalogue.get(consent["id"], {}).items() if key != "value"}}
            for consent in consents["extendedConsents"]
        ]
        return {**consents, "extendedConsents": extended}

    def seed(self, tenant: Tenant) -> None:
        for position, identifier in enumerate(CONSENTS):
            name, description = _TEXTS[identifier]
            self.records.put(
                tenant.name, "consent", {"id": identifier, "name": name, "description": description}, position
            )
