"""Stored catalogues: small lists of an account that members refer to, such as stores and consents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from oip_reference.storage.database import Repository

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


class CatalogueRecords(Repository):
    """Items by kind ("store", "consent", ...) and id, in their order; read through a cache."""

    tables = """
    CREATE TABLE IF NOT EXISTS catalogue (
        tenant TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
        document BLOB NOT NULL, PRIMARY KEY (tenant, kind, id));
    """

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self._cache: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        self._cached_at = -1

    def items(self, tenant: str, kind: str) -> dict[str, dict[str, Any]]:
        """The documents of one kind by id; not to be changed by the reader."""
        if self._cached_at != self.database.generation:
            self._cache.clear()
            self._cached_at = self.database.generation
        found = self._cache.get((tenant, kind))
        if found is None:
            rows = self.database.rows(
                "SELECT id, document FROM catalogue WHERE tenant=? AND kind=? ORDER BY position, id", tenant, kind
            )
            found = self._cache[tenant, kind] = {identifier: orjson.loads(document) for identifier, document in rows}
        return found

    def put(self, tenant: str, kind: str, document: dict[str, Any], position: int) -> None:
        """Adds an item or replaces the one of the same id."""
        self.database.write(
            "INSERT OR REPLACE INTO catalogue VALUES (?,?,?,?,?)",
            tenant,
            kind,
            document["id"],
            position,
            orjson.dumps(document),
        )
        self.database.generation += 1
