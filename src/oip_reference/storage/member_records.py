"""Stored members: one row each, unique by own id, mobile phone and external id within a tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import orjson

from oip_reference.clock import milliseconds
from oip_reference.storage.database import Repository, Row


class Member(NamedTuple):
    """One person known to one tenant; `profile` holds what a client may set, besides the identifiers.

    `created` and `updated` are milliseconds since 1970.
    """

    tenant: str
    id: str
    mobile_phone: str
    external_id: str | None
    profile: dict[str, Any]
    created: int
    updated: int


class MemberRecords(Repository):
    """Reads and writes members."""

    tables = """
    CREATE TABLE IF NOT EXISTS member (
        tenant TEXT NOT NULL, id TEXT NOT NULL, mobile_phone TEXT NOT NULL, external_id TEXT,
        profile BLOB NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
        PRIMARY KEY (tenant, id)) WITHOUT ROWID;
    CREATE UNIQUE INDEX IF NOT EXISTS member_phone ON member (tenant, mobile_phone);
    CREATE UNIQUE INDEX IF NOT EXISTS member_external ON member (tenant, external_id);
    CREATE INDEX IF NOT EXISTS member_updated ON member (tenant, updated);
    CREATE INDEX IF NOT EXISTS member_created ON member (tenant, created, id);
    """

    _SELECT = "SELECT tenant, id, mobile_phone, external_id, profile, created, updated FROM member WHERE tenant=? AND "

    def by_id(self, tenant: str, member_id: str) -> Member | None:
        return _member(self.database.row(self._SELECT + "id=?", tenant, member_id))

    def by_mobile_phone(self, tenant: str, mobile_phone: str) -> Member | None:
        return _member(self.database.row(self._SELECT + "mobile_phone=?", tenant, mobile_phone))

    def by_external_id(self, tenant: str, external_id: str) -> Member | None:
        return _member(self.database.row(self._SELECT + "external_id=?", tenant, external_id))

    def changed_since(self, tenant: str, moment: datetime) -> list[Member]:
        """Members created or updated at or after `moment`, oldest change first."""
        rows = self.database.rows(self._SELECT + "updated>=? ORDER BY updated, id", tenant, milliseconds(moment))
        return [_made(row) for row in rows]

    def count_created_since(self, tenant: str, moment: datetime) -> int:
        row = self.database.row(
            "SELECT count(*) FROM member WHERE tenant=? AND created>=?", tenant, milliseconds(moment)
        )
        return row[0] if row else 0

    def page_created_since(self, tenant: str, moment: datetime, limit: int, offset: int) -> list[Member]:
        """Members created at or after `moment`, the oldest first: `limit` at the most, after the first `offset`."""
        rows = self.database.rows(
            self._SELECT + "created>=? ORDER BY created, id LIMIT ? OFFSET ?",
            tenant,
            milliseconds(moment),
            limit,
            offset,
        )
        return [_made(row) for row in rows]

    def add(self, member: Member) -> None:
        self.database.write(
            "INSERT INTO member (tenant, id, mobile_phone, external_id, profile, created, updated)"
            " VALUES (?,?,?,?,?,?,?)",
            member.tenant,
            member.id,
            member.mobile_phone,
            member.external_id,
            orjson.dumps(member.profile),
            member.created,
            member.updated,
        )

    def save(self, member: Member) -> None:
        """Overwrites the stored member of the same id."""
        self.database.touch(member.tenant, member.id)
        self.database.write(
            "UPDATE member SET mobile_phone=?, external_id=?, profile=?, updated=? WHERE tenant=? AND id=?",
            member.mobile_phone,
            member.external_id,
            orjson.dumps(member.profile),
            member.updated,
            member.tenant,
            member.id,
        )


def _member(row: Row | None) -> Member | None:
    return None if row is None else _made(row)


def _made(row: Row) -> Member:
    tenant, member_id, phone, external_id, profile, created, updated = row
    return Member(tenant, member_id, phone, external_id, orjson.loads(profile), created, updated)
