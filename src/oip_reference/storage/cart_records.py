"""Stored carts: one row each, known by the id that the shop gave it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import orjson

from oip_reference.clock import milliseconds
from oip_reference.storage.database import Repository


class Cart(NamedTuple):
    """One cart of one tenant; `items` as the shop sent them, `document` everything it sent."""

    tenant: str
    id: str
    member: str
    items: list[dict[str, Any]]
    document: dict[str, Any]


class CartRecords(Repository):
    """Reads and writes carts."""

    tables = """
    CREATE TABLE IF NOT EXISTS cart (
        tenant TEXT NOT NULL, id TEXT NOT NULL, member TEXT NOT NULL, items BLOB NOT NULL, document BLOB NOT NULL,
        updated INTEGER NOT NULL, PRIMARY KEY (tenant, id)) WITHOUT ROWID;
    """

    def by_id(self, tenant: str, cart_id: str) -> Cart | None:
        row = self.database.row("SELECT member, items, document FROM cart WHERE tenant=? AND id=?", tenant, cart_id)
        return None if row is None else Cart(tenant, cart_id, row[0], orjson.loads(row[1]), orjson.loads(row[2]))

    def put(self, cart: Cart, now: datetime) -> None:
        """Adds a cart or replaces the one of the same id."""
        self.database.write(
            "INSERT OR REPLACE INTO cart (tenant, id, member, items, document, updated) VALUES (?,?,?,?,?,?)",
            cart.tenant,
            cart.id,
            cart.member,
            orjson.dumps(cart.items),
            orjson.dumps(cart.document),
            milliseconds(now),
        )

    def empty(self, tenant: str, cart_id: str, now: datetime) -> None:
        """Takes the items out of one cart."""
        self.database.write(
            "UPDATE cart SET items=?, updated=? WHERE tenant=? AND id=?",
            b"[]",
            milliseconds(now),
            tenant,
            cart_id,
        )
