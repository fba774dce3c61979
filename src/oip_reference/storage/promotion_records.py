"""Stored promotions: definitions, who they are assigned to, and every redemption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from oip_reference.clock import milliseconds, moment_of
from oip_reference.storage.database import Repository, Row

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer


@dataclass(frozen=True, slots=True)
class Promotion:
    """The definition of a promotion, shared by all members it is assigned to.

    `document` holds the published fields that are the same for everybody; `stores` and `channels` are empty when
    there is no such limit; `standing` ones are assigned to every member.
    """

    tenant: str
    id: str
    valid_from: datetime
    valid_to: datetime
    unlimited: bool
    limit: int
    stores: frozenset[str]
    channels: frozenset[str]
    standing: bool
    document: Mapping[str, Any]

    @property
    def window(self) -> tuple[datetime, datetime]:
        return self.valid_from, self.valid_to


class Assignment(NamedTuple):
    """One promotion of one member: whether it may be used and how often it was."""

    promotion: str
    enabled: bool
    used: int


class Redemption(NamedTuple):
    """One use of a promotion; `member` is None when it was anonymous."""

    member: str | None
    promotion: str
    store: str
    receipt: str | None
    redeemed: datetime


class PromotionRecords(Repository):
    """Reads and writes promotions; definitions are cached until anything may have changed them.

    A standing promotion has no row for a member until it is used or switched, so reading a member stays cheap.
    """

    tables = """
    CREATE TABLE IF NOT EXISTS promotion (
        tenant TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, valid_from INTEGER NOT NULL,
        valid_to INTEGER NOT NULL, unlimited INTEGER NOT NULL, redemption_limit INTEGER NOT NULL,
        standing INTEGER NOT NULL, document BLOB NOT NULL, PRIMARY KEY (tenant, id));
    CREATE TABLE IF NOT EXISTS assignment (
        tenant TEXT NOT NULL, member TEXT NOT NULL, promotion TEXT NOT NULL, enabled INTEGER NOT NULL DEFAULT 1,
        count INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (tenant, member, promotion)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS redemption (
        number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, member TEXT, promotion TEXT NOT NULL, store TEXT NOT NULL,
        receipt TEXT, redeemed INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS redemption_member ON redemption (tenant, member);
    """

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self._cache: dict[str, dict[str, Promotion]] = {}
        self._fresh: dict[str, dict[str, Assignment]] = {}
        self._cached_at = -1

    def definitions(self, tenant: str) -> dict[str, Promotion]:
        """All promotions of a tenant by id, in their order."""
        if self._cached_at != self.database.generation:
            self._cache.clear()
            self._fresh.clear()
            self._cached_at = self.database.generation
        found = self._cache.get(tenant)
        if found is None:
            found = self._cache[tenant] = self._read_definitions(tenant)
        return found

    def _read_definitions(self, tenant: str) -> dict[str, Promotion]:
        rows = self.database.rows(
            "SELECT id, valid_from, valid_to, unlimited, redemption_limit, standing, document FROM promotion"
            " WHERE tenant=? ORDER BY position, id",
            tenant,
        )
        return {row[0]: _promotion(tenant, *row) for row in rows}

    def define(self, promotion: Promotion, position: int) -> None:
        """Adds a promotion or replaces the one of the same id."""
        self.database.write(
            "INSERT OR REPLACE INTO promotion VALUES (?,?,?,?,?,?,?,?,?)",
            promotion.tenant,
            promotion.id,
            position,
            milliseconds(promotion.valid_from),
            milliseconds(promotion.valid_to),
            promotion.unlimited,
            promotion.limit,
            promotion.standing,
            orjson.dumps(promotion.document),
        )
        self.database.generation += 1

    def _standing(self, tenant: str) -> dict[str, Assignment]:
        """What every member is assigned, as yet unused."""
        definitions = self.definitions(tenant)
        found = self._fresh.get(tenant)
        if found is None:
            found = {p.id: Assignment(p.id, True, 0) for p in definitions.values() if p.standing}
            self._fresh[tenant] = found
        return found

    def assign(self, tenant: str, member: str, promotion: str) -> None:
        """Assigns a promotion to a member; one that is assigned stays as it is."""
        self.database.touch(tenant, member)
        self.database.write(
            "INSERT OR IGNORE INTO assignment (tenant, member, promotion) VALUES (?,?,?)", tenant, member, promotion
        )

    def assignments(self, tenant: str, member: str) -> Mapping[str, Assignment]:
        """A member's promotions by promotion id."""
        rows = self.database.rows(
            "SELECT promotion, enabled, count FROM assignment WHERE tenant=? AND member=?", tenant, member
        )
        standing = self._standing(tenant)
        return {**standing, **{row[0]: _assignment(row) for row in rows}} if rows else standing

    def is_untouched(self, tenant: str, assignments: Mapping[str, Assignment]) -> bool:
        """Whether a member's promotions are just the standing ones, unused."""
        return assignments is self._standing(tenant)

    def assignment(self, tenant: str, member: str, promotion: str) -> Assignment | None:
        row = self.database.row(
            "SELECT promotion, enabled, count FROM assignment WHERE tenant=? AND member=? AND promotion=?",
            tenant,
            member,
            promotion,
        )
        return self._standing(tenant).get(promotion) if row is None else _assignment(row)

    def set_enabled(self, tenant: str, member: str, promotion: str, enabled: bool) -> None:
        self.assign(tenant, member, promotion)
        self.database.write(
            "UPDATE assignment SET enabled=? WHERE tenant=? AND member=? AND promotion=?",
            enabled,
            tenant,
            member,
            promotion,
        )

    def count_up(self, tenant: str, member: str, promotion: str) -> None:
        self.assign(tenant, member, promotion)
        self.database.write(
            "UPDATE assignment SET count=count+1 WHERE tenant=? AND member=? AND promotion=?",
            tenant,
            member,
            promotion,
        )

    def record(self, tenant: str, redemption: Redemption) -> None:
        if redemption.member is not None:
            self.database.touch(tenant, redemption.member)
        self.database.write(
            "INSERT INTO redemption (tenant, member, promotion, store, receipt, redeemed) VALUES (?,?,?,?,?,?)",
            tenant,
            redemption.member,
            redemption.promotion,
            redemption.store,
            redemption.receipt,
            milliseconds(redemption.redeemed),
        )

    def redemptions(self, tenant: str, member: str) -> list[Redemption]:
        """What a member redeemed, oldest first."""
        rows = self.database.rows(
            "SELECT promotion, store, receipt, redeemed FROM redemption WHERE tenant=? AND member=? ORDER BY number",
            tenant,
            member,
        )
        return [
            Redemption(member, promotion, store, receipt, moment_of(redeemed))
            for promotion, store, receipt, redeemed in rows
        ]


def _assignment(row: Row) -> Assignment:
    promotion, enabled, used = row
    return Assignment(promotion, bool(enabled), used)


def _promotion(
    tenant: str, identifier: str, start: int, end: int, unlimited: int, limit: int, standing: int, document: bytes
) -> Promotion:
    fields = orjson.loads(document)
    return Promotion(
        tenant,
        identifier,
        moment_of(start),
        moment_of(end),
        bool(unlimited),
        limit,
        frozenset(store["id"] for store in fields.get("storesIncluded", ())),
        frozenset(channel["type"].upper() for channel in fields.get("redemptionChannels", ())),
        bool(standing),
        fields,
    )
