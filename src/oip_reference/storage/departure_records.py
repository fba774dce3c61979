"""Stored departures: who was deleted from an account, and when. OIP itself offers no deletion."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from oip_reference.clock import milliseconds
from oip_reference.storage.database import Repository


class Departure(NamedTuple):
    """One deleted customer; `departed` in milliseconds since 1970."""

    member: str
    departed: int


class DepartureRecords(Repository):
    """Writes and reads departures."""

    tables = """
    CREATE TABLE IF NOT EXISTS departure (
        tenant TEXT NOT NULL, departed INTEGER NOT NULL, member TEXT NOT NULL,
        PRIMARY KEY (tenant, departed, member)) WITHOUT ROWID;
    """

    def add(self, tenant: str, member: str, moment: datetime) -> None:
        self.database.write("INSERT INTO departure VALUES (?,?,?)", tenant, milliseconds(moment), member)

    def count_since(self, tenant: str, moment: datetime) -> int:
        row = self.database.row(
            "SELECT count(*) FROM departure WHERE tenant=? AND departed>=?", tenant, milliseconds(moment)
        )
        return row[0] if row else 0

    def page_since(self, tenant: str, moment: datetime, limit: int, offset: int) -> list[Departure]:
        """Departures at or after `moment`, the oldest first."""
        rows = self.database.rows(
            "SELECT member, departed FROM departure WHERE tenant=? AND departed>=? ORDER BY departed, member"
            " LIMIT ? OFFSET ?",
            tenant,
            milliseconds(moment),
            limit,
            offset,
        )
        return [Departure(*row) for row in rows]
