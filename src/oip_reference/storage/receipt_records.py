"""Stored receipts: each once by store and receipt id, whole, as it was sent."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from oip_reference.storage.database import Repository


class Receipt(NamedTuple):
    """One receipt: `date` is local time as text, `member` None when nobody was named."""

    store: str
    receipt: str
    member: str | None
    date: str
    header: dict[str, Any]
    items: list[dict[str, Any]]


class ReceiptRecords(Repository):
    """Writes and reads receipts."""

    tables = """
    CREATE TABLE IF NOT EXISTS receipt (
        number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, store TEXT NOT NULL, receipt TEXT NOT NULL, member TEXT,
        date TEXT NOT NULL, header BLOB NOT NULL, items BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS receipt_source ON receipt (tenant, store, receipt);
    CREATE INDEX IF NOT EXISTS receipt_member ON receipt (tenant, member, date);
    """

    def is_known(self, tenant: str, store: str, receipt: str) -> bool:
        found = self.database.row(
            "SELECT 1 FROM receipt WHERE tenant=? AND store=? AND receipt=?", tenant, store, receipt
        )
        return found is not None

    def add(self, tenant: str, receipt: Receipt) -> None:
        self.database.write(
            "INSERT INTO receipt (tenant, store, receipt, member, date, header, items) VALUES (?,?,?,?,?,?,?)",
            tenant,
            receipt.store,
            receipt.receipt,
            receipt.member,
            receipt.date,
            orjson.dumps(receipt.header),
            orjson.dumps(receipt.items),
        )

    def of_member(self, tenant: str, member: str) -> list[Receipt]:
        """A member's receipts, the latest first."""
        rows = self.database.rows(
            "SELECT store, receipt, member, date, header, items FROM receipt WHERE tenant=? AND member=?"
            " ORDER BY date DESC, number DESC",
            tenant,
            member,
        )
        return [Receipt._make((*source, orjson.loads(header), orjson.loads(items))) for *source, header, items in rows]
