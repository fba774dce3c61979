"""Points in time as the documentation spells them, in any of its spellings."""

from __future__ import annotations

import datetime as dt
import re

_SPELLINGS = (
    re.compile(
        r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII
    ),
    re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?", re.ASCII),
)

ANY_ZONE = dt.timedelta(hours=26)
"""What two clocks of this world may differ by: a time without offset may be the time of any zone."""


def local_time(text: object) -> dt.datetime | None:
    """The date and time that a text shows, to the second; an offset is left aside. None when it shows none."""
    for spelling in _SPELLINGS:
        found = spelling.fullmatch(str(text))
        if found:
            try:
                return dt.datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # year to second
            except ValueError:
                return None
    return None


def is_within(start: object, end: object, now: dt.datetime) -> bool:
    """Whether a moment may lie in a window whose ends are texts or open, whatever their zone.

    An end at midnight is the end of that day. A text that is no time counts as no end.
    """
    now = now.replace(tzinfo=None)
    first, last = local_time(start), local_time(end)
    if last is not None and last.time() == dt.time():
        last += dt.timedelta(days=1)
    return (first is None or first - ANY_ZONE <= now) and (last is None or now <= last + ANY_ZONE)
