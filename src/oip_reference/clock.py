"""The one source of time, so that a test or a defect can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from oip_reference.parts import Part


class Clock(Part):
    """Tells the time in UTC, shifted by `offset`."""

    offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


def milliseconds(moment: datetime) -> int:
    """A moment as whole milliseconds since 1970: how storage keeps time."""
    return int(moment.timestamp() * 1000)


def moment_of(stored: int) -> datetime:
    """The moment that storage keeps as `stored` milliseconds."""
    return datetime.fromtimestamp(stored / 1000, UTC)


def iso_milliseconds(moment: datetime) -> str:
    """`2024-04-03T07:38:32.495Z`: how promotions spell a moment."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def iso_seconds(moment: datetime) -> str:
    """`2024-04-16T17:58:04`: how receipts and bonus transactions spell a moment."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def spaced_seconds(stored: int) -> str:
    """`2023-01-01 15:15:00`: how `metaData` spells a moment, given in milliseconds."""
    return _spaced(stored // 1000)


@lru_cache(maxsize=4096)
def _spaced(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(" ")
