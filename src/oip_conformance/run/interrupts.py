"""A polite request to end (SIGTERM) is handled like Ctrl-C, so that nothing recorded is lost and no process is left."""

from __future__ import annotations

import contextlib
import signal
import types
from collections.abc import Iterator


@contextlib.contextmanager
def termination_is_an_interrupt() -> Iterator[None]:
    """While the block lasts, SIGTERM raises KeyboardInterrupt."""

    def interrupt(number: int, frame: types.FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not in the main thread: whoever runs us there handles signals itself
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
