"""Points in time in every spelling that OIP's documentation uses, and the moments at which programs go wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

EARLIEST, LATEST = dt.datetime(1900, 1, 1), dt.datetime(2099, 12, 31, 23, 59, 59, 999000)

SPELLINGS: Mapping[str, Callable[[dt.datetime], str]] = {
    "local": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S"),
    "local_milliseconds": lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}",
    "rfc3339_utc": lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
    "date": lambda at: f"{at:%Y-%m-%d}",
    "spaced": lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    "compact_minute": lambda at: f"{at:%Y%m%dT%H%M}",
    "month_of_year": lambda at: f"{at:%m/%Y}",
    "time": lambda at: f"{at:%H:%M:%S}",
}
"""How a point in time is written: birth dates and receipts (`local`), points (`local_milliseconds`), promotions
(`rfc3339_utc`), activities (`date`), metadata (`spaced`), changed-since (`compact_minute`), cards (`month_of_year`),
display windows (`time`)."""

TURNING_POINTS: Mapping[str, dt.datetime] = {
    "leap day": dt.datetime(2024, 2, 29, 12, 0),
    "day after a February without leap day": dt.datetime(2023, 3, 1),
    "first moment of a year": dt.datetime(2024, 1, 1),
    "last moment of a year": dt.datetime(2023, 12, 31, 23, 59, 59, 999000),
    "hour that summer time skips": dt.datetime(2024, 3, 31, 2, 30),
    "hour that winter time repeats": dt.datetime(2024, 10, 27, 2, 30),
    "epoch": dt.datetime(1970, 1, 1),
    "end of 32-bit time": dt.datetime(2038, 1, 19, 3, 14, 7),
    "a leap second's neighbour": dt.datetime(2016, 12, 31, 23, 59, 59),
}
"""Moments, without offset, at which date handling is known to break."""

BROKEN_TIMESTAMPS: Mapping[str, str] = {
    "no date": "yesterday",
    "month 13": "20241301T0000",
    "day 32": "20240132T0000",
    "30 February": "20240230T1200",
    "hour 25": "20240101T2500",
    "minute 60": "20240101T2260",
    "another spelling": "2024-01-01T22:10:00",
    "cut": "20240101T22",
    "longer": "20240101T221000",
    "a space for the T": "20240101 2210",
    "negative": "-0240101T2210",
}
"""Texts that are no timestamp of the changed-since form, by what is wrong with them."""


def spell(moment: dt.datetime, spelling: str) -> str:
    """A moment in one of the SPELLINGS."""
    return SPELLINGS[spelling](moment)


def make_moment(random: Random, earliest: dt.datetime, latest: dt.datetime) -> dt.datetime:
    """A moment between two others, to the second."""
    return earliest + dt.timedelta(seconds=random.randrange(int((latest - earliest).total_seconds()) + 1))


def moments() -> SearchStrategy[dt.datetime]:
    """Moments without offset, to the millisecond; a third are turning points."""
    anywhere = st.datetimes(EARLIEST, LATEST).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
    return st.one_of(anywhere, st.sampled_from(list(TURNING_POINTS.values())), anywhere)


def spelled_moments(*names: str) -> SearchStrategy[str]:
    """Moments in the named spellings, or in all of them."""
    return st.builds(spell, moments(), st.sampled_from(names or tuple(SPELLINGS)))
