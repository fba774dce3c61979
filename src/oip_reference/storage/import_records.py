"""Stored imports: what came in, in the order it came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oip_reference.clock import iso_milliseconds, milliseconds, moment_of
from oip_reference.storage.database import Repository

KEPT = 100
"""So many of a tenant's latest imports are kept with their content."""


class ImportRecords(Repository):
    """The latest imports of each tenant."""

    tables = """
    CREATE TABLE IF NOT EXISTS import (
        number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, format TEXT NOT NULL, name TEXT, records INTEGER,
        content BLOB NOT NULL, received INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS import_tenant ON import (tenant, number);
    """

    def add(
        self, tenant: str, kind: str, content: bytes, now: datetime, *, name: str | None = None, records: int | None
    ) -> None:
        """Keeps one import; `name` is what the sender calls the file, `records` how many it holds (None: unknown)."""
        self.database.write(
            "INSERT INTO import (tenant, format, name, records, content, received) VALUES (?,?,?,?,?,?)",
            tenant,
            kind,
            name,
            records,
            content,
            milliseconds(now),
        )
        self.database.write(
            "DELETE FROM import WHERE tenant=?1 AND number <="
            " (SELECT number FROM import WHERE tenant=?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
            tenant,
            KEPT,
        )

    def latest(self, tenant: str) -> list[dict[str, Any]]:
        """What is kept of a tenant's imports, newest first, without the content."""
        rows = self.database.rows(
            "SELECT number, format, name, records, length(content), received FROM import"
            " WHERE tenant=? ORDER BY number DESC",
            tenant,
        )
        return [
            {
                "number": number,
                "format": kind,
                "name": name,
                "records": records,
                "bytes": size,
                "receivedAt": iso_milliseconds(moment_of(received)),
            }
            for number, kind, name, records, size, received in rows
        ]

    def content(self, tenant: str, number: int) -> bytes | None:
        """The bytes of one import that is still kept."""
        row = self.database.row("SELECT content FROM import WHERE tenant=? AND number=?", tenant, number)
        return None if row is None else bytes(row[0])
