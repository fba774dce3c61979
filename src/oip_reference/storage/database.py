"""The database: one SQLite connection, one transaction a request.

A transaction opens by itself with the first statement that writes, and is settled once, after the handler: kept when
the answer is a success, undone when it is a refusal. Commits reach the write-ahead log before the answer leaves, so a
process that is killed loses nothing it has answered for.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from oip_reference.parts import Part
from oip_reference.server import ReferenceServer

SCHEMA_VERSION = 1
Row: TypeAlias = tuple[Any, ...]


class DatabaseError(Exception):
    """The database file cannot be used: it is no database, belongs to another version, or cannot be opened."""


class Database:
    """One connection; `generation` grows whenever something a repository may have cached could have changed.

    `kept_of_members` holds, by tenant and member, what was made of a member's rows; `touch` drops it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.in_memory = path is None
        self.generation = 0
        self.kept_of_members: dict[tuple[str, str], Any] = {}
        try:
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path,
                isolation_level="IMMEDIATE",
                check_same_thread=False,
                cached_statements=512,
            )
            self._prepare()
        except sqlite3.Error as error:
            raise DatabaseError(f"{path}: {error}") from error

    def _prepare(self) -> None:
        self._connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=5000;"
        )
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, SCHEMA_VERSION):
            raise DatabaseError(f"made by another version (schema {version}, this one is {SCHEMA_VERSION})")
        self._connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def define(self, statements: str) -> None:
        """Makes the tables of a repository that are not there yet."""
        self._connection.executescript(statements)

    def image(self) -> bytes:
        """All that is kept, as another database takes it."""
        return self._connection.serialize()

    def become(self, image: bytes) -> None:
        """Holds what another database held, tables and all, and nothing else; only a database in memory can."""
        self._connection.deserialize(image)
        self.kept_of_members.clear()
        self.generation += 1

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row, or None."""
        return self._connection.execute(sql, values).fetchone()  # type: ignore[no-any-return]  # sqlite3 says Any

    def rows(self, sql: str, *values: Any) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def write(self, sql: str, *values: Any) -> int:
        """Runs one writing statement; the number of rows it touched."""
        return self._connection.execute(sql, values).rowcount

    def touch(self, tenant: str, member: str) -> None:
        """Says that something a member's document shows was written."""
        self.kept_of_members.pop((tenant, member), None)

    def keep(self) -> None:
        """Commits what was written since the last settlement."""
        if self._connection.in_transaction:
            self._connection.commit()

    def undo(self) -> None:
        """Forgets what was written since the last settlement."""
        if self._connection.in_transaction:
            self._connection.rollback()
            self.kept_of_members.clear()
            self.generation += 1

    def close(self) -> None:
        self.undo()
        self._connection.close()


class Repository(Part):
    """A part that reads and writes the tables named in `tables` (CREATE ... IF NOT EXISTS statements)."""

    tables: ClassVar[str]

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.database: Database = server.database
        self.database.define(self.tables)
