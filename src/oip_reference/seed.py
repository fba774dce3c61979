"""Fills fresh accounts: every domain writes what an account of its subject holds from the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from oip_reference.domain import Domain
from oip_reference.server import ReferenceServer
from oip_reference.tenancy.tenant import Tenant

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS seeded (tenant TEXT NOT NULL, domain TEXT NOT NULL, PRIMARY KEY (tenant, domain));
"""


@dataclass(frozen=True)
class _Seeded:
    """A database that was just seeded: for which tenants, on which day, and what it held then."""

    tenants: list[Tenant]
    day: date
    image: bytes


_remembered: list[_Seeded] = []


def seed(server: ReferenceServer, domains: tuple[type[Domain], ...]) -> None:
    """Seeds each tenant once a database and domain, all in one transaction."""
    database = server.database
    database.define(_TABLE)
    tenants = _by_name(server)
    if database.in_memory:
        for known in _remembered:
            if known.tenants == tenants and known.day == _today():
                database.become(known.image)
                return
    for tenant in tenants:
        for kind in domains:
            if database.row("SELECT 1 FROM seeded WHERE tenant=? AND domain=?", tenant.name, kind.__name__) is None:
                server.part(kind).seed(tenant)
                database.write("INSERT INTO seeded VALUES (?,?)", tenant.name, kind.__name__)
    database.keep()


def remember_seeds(server: ReferenceServer) -> None:
    """Let servers that this process, or a fork of it, starts today for the same tenants begin as this one is now.

    For a process that starts many: seeding takes longer than all else that a start takes. The server must be as
    `assemble` made it, without deviations.
    """
    _remembered.append(_Seeded(_by_name(server), _today(), server.database.image()))


def _today() -> date:
    return datetime.now(UTC).date()


def _by_name(server: ReferenceServer) -> list[Tenant]:
    return list({tenant.name: tenant for tenant in server.tenants.values()}.values())
