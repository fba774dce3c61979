"""Stored points: one ledger that only grows; every balance is a sum over it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from oip_reference.clock import milliseconds
from oip_reference.storage.database import Repository


class Booking(NamedTuple):
    """Points that one member got (or gave back): `amount` in hundredths of a point.

    `rule` is the bonus rule, `activity` the activity that was reported, `receipt` and `line` the source in a store;
    `value` what the rule was applied to (kroner, minutes, ...). `occurred` is a local time as text. The booking counts
    as pending before `due` and is expired from `expires` on.
    """

    member: str
    amount: int
    rule: str
    occurred: str
    booked: datetime
    due: datetime
    expires: datetime
    value: float | None = None
    activity: str | None = None
    store: str | None = None
    receipt: str | None = None
    line: str | None = None
    extra: Mapping[str, Any] = MappingProxyType({})


class Entry(NamedTuple):
    """A booking as it is read back, with its number in the ledger; `booked` in milliseconds since 1970."""

    number: int
    member: str
    amount: int
    rule: str
    occurred: str
    booked: int
    value: float | None
    activity: str | None
    store: str | None
    receipt: str | None
    line: str | None
    extra: dict[str, Any]


class Sums(NamedTuple):
    """Hundredths of points of one member: all that were booked, those that expired, those not yet due.

    `until` is when the passing of time next changes one of them, in milliseconds since 1970; None: never.
    """

    total: int
    expired: int
    pending: int
    until: int | None


class PointRecords(Repository):
    """Writes bookings and sums them up."""

    tables = """
    CREATE TABLE IF NOT EXISTS booking (
        number INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, member TEXT NOT NULL, amount INTEGER NOT NULL,
        rule TEXT NOT NULL, occurred TEXT NOT NULL, booked INTEGER NOT NULL, due INTEGER NOT NULL,
        expires INTEGER NOT NULL, value REAL, activity TEXT, store TEXT, receipt TEXT, line TEXT, extra BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS booking_member ON booking (tenant, member, due, expires, amount);
    """

    _ENTRY = "SELECT number, member, amount, rule, occurred, booked, value, activity, store, receipt, line, extra"

    def book(self, tenant: str, booking: Booking) -> None:
        self.database.touch(tenant, booking.member)
        self.database.write(
            "INSERT INTO booking (tenant, member, amount, rule, occurred, booked, due, expires, value, activity, store,"
            " receipt, line, extra) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            tenant,
            booking.member,
            booking.amount,
            booking.rule,
            booking.occurred,
            milliseconds(booking.booked),
            milliseconds(booking.due),
            milliseconds(booking.expires),
            booking.value,
            booking.activity,
            booking.store,
            booking.receipt,
            booking.line,
            orjson.dumps(dict(booking.extra)),
        )

    def sums(self, tenant: str, member: str, now: datetime) -> Sums:
        row = self.database.row(
            "SELECT sum(amount), sum(CASE WHEN expires<=?3 THEN amount END),"
            " sum(CASE WHEN due>?3 AND expires>?3 THEN amount END),"
            " min(CASE WHEN due>?3 THEN due WHEN expires>?3 THEN expires END)"
            " FROM booking WHERE tenant=?1 AND member=?2",
            tenant,
            member,
            milliseconds(now),
        )
        assert row is not None
        return Sums(row[0] or 0, row[1] or 0, row[2] or 0, row[3])

    def entries(self, tenant: str, member: str) -> list[Entry]:
        """A member's bookings, the oldest first."""
        rows = self.database.rows(
            f"{self._ENTRY} FROM booking WHERE tenant=? AND member=? ORDER BY number", tenant, member
        )
        return [Entry._make((*values, orjson.loads(extra))) for *values, extra in rows]
