"""Stored clips: how many stamps each member has on each card."""

from __future__ import annotations

from oip_reference.storage.database import Repository


class ClipRecords(Repository):
    """A member without a row for a card has no clips on it."""

    tables = """
    CREATE TABLE IF NOT EXISTS clip (
        tenant TEXT NOT NULL, member TEXT NOT NULL, card TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (tenant, member, card)) WITHOUT ROWID;
    """

    def counts(self, tenant: str, member: str) -> dict[str, int]:
        """card -> clips of one member."""
        rows = self.database.rows("SELECT card, count FROM clip WHERE tenant=? AND member=?", tenant, member)
        return dict(rows)

    def add(self, tenant: str, member: str, card: str, clips: int) -> None:
        """Adds clips, or takes them when `clips` is below zero, in storage itself."""
        self.database.touch(tenant, member)
        self.database.write(
            "INSERT INTO clip VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET count=count+excluded.count",
            tenant,
            member,
            card,
            clips,
        )
