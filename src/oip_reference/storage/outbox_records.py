"""The outbox: every message a real OIP would have sent to a person or a system; nothing is ever sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from oip_reference.clock import iso_milliseconds, milliseconds, moment_of
from oip_reference.storage.database import Repository


class Outbox(Repository):
    """Messages in the order they would have been sent."""

    tables = """
    CREATE TABLE IF NOT EXISTS outbox (
        number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, kind TEXT NOT NULL, recipient TEXT NOT NULL,
        content BLOB NOT NULL, posted INTEGER NOT NULL);
    """

    def post(self, tenant: str, kind: str, recipient: str, content: dict[str, Any], now: datetime) -> None:
        """Keeps one message: `kind` such as "sms" or "code", `content` anything JSON can say."""
        self.database.write(
            "INSERT INTO outbox (tenant, kind, recipient, content, posted) VALUES (?,?,?,?,?)",
            tenant,
            kind,
            recipient,
            orjson.dumps(content),
            milliseconds(now),
        )

    def messages(self, tenant: str, *, recipient: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
        """The latest messages of a tenant, newest first."""
        rows = self.database.rows(
            "SELECT number, kind, recipient, content, posted FROM outbox"
            " WHERE tenant=?1 AND (?2 IS NULL OR recipient=?2) ORDER BY number DESC LIMIT ?3",
            tenant,
            recipient,
            limit,
        )
        return [
            {
                "number": number,
                "kind": kind,
                "recipient": to,
                "content": orjson.loads(content),
                "postedAt": iso_milliseconds(moment_of(posted)),
            }
            for number, kind, to, content, posted in rows
        ]
