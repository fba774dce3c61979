"""The clock of a run: what a test means by now, and how it waits.

A test reads no other clock, so that it can be run again over its evidence: what was near "now" then is near it again.
"""

from __future__ import annotations

import datetime as dt
import time


class Clock:
    """Stands still while a test runs: now is when its attempt began."""

    def __init__(self) -> None:
        self._began = dt.datetime.now(dt.UTC)

    def begin(self, at: dt.datetime | None = None) -> None:
        """An attempt at a test begins, now or at the given time."""
        self._began = at or dt.datetime.now(dt.UTC)

    def now(self) -> dt.datetime:
        """When the attempt that is running began, in UTC."""
        return self._began

    def wait(self, seconds: float) -> None:
        """Let time pass on the target."""
        time.sleep(seconds)


class ReplayedClock(Clock):
    """The clock of a replay: the waiting was done when the evidence was recorded."""

    def wait(self, seconds: float) -> None:
        """Nothing to wait for."""
        del seconds
