"""Fills fresh accounts: every domain writes what an account of its subject holds from the start."""

from __future__ import annotations

from typing import Final

from oip_reference.domain import Domain
from oip_reference.server import ReferenceServer
from oip_reference.tenancy.tenant import Tenant

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS seeded (tenant TEXT NOT NULL, domain TEXT NOT NULL, PRIMARY KEY (tenant, domain));
"""


def seed(server: ReferenceServer, domains: tuple[type[Domain], ...]) -> None:
    """Seeds each tenant once a database and domain, all in one transaction."""
    database = server.database
    database.define(_TABLE)
    for tenant in _by_name(server):
        for kind in domains:
            if database.row("SELECT 1 FROM seeded WHERE tenant=? AND domain=?", tenant.name, kind.__name__) is None:
                server.part(kind).seed(tenant)
                database.write("INSERT INTO seeded VALUES (?,?)", tenant.name, kind.__name__)
    database.keep()


def _by_name(server: ReferenceServer) -> list[Tenant]:
    return list({tenant.name: tenant for tenant in server.tenants.values()}.values())
