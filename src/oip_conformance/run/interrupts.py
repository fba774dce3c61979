"""A polite request to end (SIGTERM) is handled like Ctrl-C, so that nothing recorded is lost and no process is left."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import NoReturn


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """While the block lasts, SIGTERM and SIGINT raise KeyboardInterrupt; one that was ignored before still is."""
    before = {}
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, _interrupt)
    except ValueError:  # not in the main thread: whoever runs us there handles signals itself
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
