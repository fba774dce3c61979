"""Stores: the physical and online shops of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.storage.catalogue_records import CatalogueRecords
from oip_reference.wellknown import STORES

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant


class Stores(Domain):
    """The list of stores."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.records = server.part(CatalogueRecords)

    @handles("getStores")
    def stores(self, call: Call) -> Answer:
        return Answer(200, list(self.records.items(call.tenant.name, "store").values()))

    def seed(self, tenant: Tenant) -> None:
        """The stores that the account's fixtures name, or else the well-known ones."""
        names = tenant.fixtures.stores or STORES
        for position, store in enumerate(names):
            properties = {"externalId": str(10001 + position), "address": f"Kongens gate {21 + position}"}
            document = {
                "id": store,
                "name": f"Our store {store}",
                "extendedProperties": {**properties, "zip": "0153", "city": "Oslo"},
            }
            self.records.put(tenant.name, "store", document, position)
