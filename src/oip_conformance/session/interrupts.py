"""A polite request to end (SIGTERM) is handled like Ctrl-C, so that nothing recorded is lost and no process is left."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import NoReturn

_asked = threading.Event()


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """While the block lasts, SIGTERM and SIGINT raise KeyboardInterrupt; one that was ignored before still is."""
    before = {}
    _asked.clear()
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


def raise_what_was_lost() -> None:
    """Raise KeyboardInterrupt again when one was raised where Python drops it: in a finalizer, or a collector's callback.

    To be called where nothing would be going on any more had the first one been heard.
    """
    if _asked.is_set():
        raise KeyboardInterrupt


def _interrupt(*_: object) -> NoReturn:
    _asked.set()
    raise KeyboardInterrupt
