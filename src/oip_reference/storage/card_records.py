"""Stored payment cards: one row each; a token is one member's within a tenant."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from oip_reference.clock import milliseconds
from oip_reference.storage.database import Repository


class Card(NamedTuple):
    """One payment card: its token and the member who has it; `added` is milliseconds since 1970."""

    tenant: str
    token: str
    id: str
    member: str
    added: int


class CardRecords(Repository):
    """Reads and writes payment cards, in the order they were added."""

    tables = """
    CREATE TABLE IF NOT EXISTS payment_card (
        number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, token TEXT NOT NULL, id TEXT NOT NULL, member TEXT NOT NULL,
        added INTEGER NOT NULL);
    CREATE UNIQUE INDEX IF NOT EXISTS payment_card_token ON payment_card (tenant, token);
    CREATE INDEX IF NOT EXISTS payment_card_member ON payment_card (tenant, member);
    """

    _SELECT = "SELECT tenant, token, id, member, added FROM payment_card WHERE tenant=? AND "

    def by_token(self, tenant: str, token: str) -> Card | None:
        row = self.database.row(self._SELECT + "token=?", tenant, token)
        return None if row is None else Card(*row)

    def of_member(self, tenant: str, member: str) -> list[Card]:
        return [Card(*row) for row in self.database.rows(self._SELECT + "member=? ORDER BY number", tenant, member)]

    def add(self, tenant: str, token: str, card_id: str, member: str, now: datetime) -> None:
        self.database.write(
            "INSERT INTO payment_card (tenant, token, id, member, added) VALUES (?,?,?,?,?)",
            tenant,
            token,
            card_id,
            member,
            milliseconds(now),
        )
