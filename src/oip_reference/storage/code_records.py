"""Stored one-time codes: the one code that is good for each phone number, and until when."""

from __future__ import annotations

from datetime import datetime

from oip_reference.clock import milliseconds, moment_of
from oip_reference.storage.database import Repository


class CodeRecords(Repository):
    """The latest code of each number; a new one replaces it."""

    tables = """
    CREATE TABLE IF NOT EXISTS one_time_code (
        tenant TEXT NOT NULL, phone TEXT NOT NULL, code TEXT NOT NULL, expires INTEGER NOT NULL,
        PRIMARY KEY (tenant, phone)) WITHOUT ROWID;
    """

    def latest(self, tenant: str, phone: str) -> tuple[str, datetime] | None:
        """The code and the moment it expires."""
        row = self.database.row("SELECT code, expires FROM one_time_code WHERE tenant=? AND phone=?", tenant, phone)
        return None if row is None else (row[0], moment_of(row[1]))

    def put(self, tenant: str, phone: str, code: str, expires: datetime) -> None:
        self.database.write(
            "INSERT OR REPLACE INTO one_time_code VALUES (?,?,?,?)", tenant, phone, code, milliseconds(expires)
        )
