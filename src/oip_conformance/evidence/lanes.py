"""Lanes: calls that a test makes at the same time, told apart by their place and not by when they happen to run.

Whatever is drawn or asked inside a lane depends on its number alone, so that the calls can be judged again from evidence
whatever the order was in which threads got their turn.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_here = threading.local()


def current_lane() -> int:
    """The lane of this thread, counted from 1; 0 outside of any."""
    return getattr(_here, "number", 0)


@contextmanager
def in_lane(number: int) -> Iterator[None]:
    """While the block lasts, this thread makes its calls in this lane."""
    before = current_lane()
    _here.number = number
    try:
        yield
    finally:
        _here.number = before
