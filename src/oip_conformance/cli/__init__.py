"""The command line: one short module a command."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import NoReturn

__all__ = ["main", "seconds_since_the_start"]

_started: float | None = None


def seconds_since_the_start() -> float:
    """How long ago this process was asked to run a command; 0 where it runs commands for somebody else."""
    return 0.0 if _started is None else time.monotonic() - _started


def main() -> None:
    """Run the command line. Reading it takes a second or two, in which a signal to end is taken in order too."""
    global _started
    _started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            with contextlib.suppress(
                ValueError
            ):  # not in the main thread: whoever runs us there handles signals itself
                signal.signal(number, _end_at_once)
    os.environ.setdefault("HYPOTHESIS_NO_PLUGINS", "1")  # those of other people's packages take time to read
    from oip_conformance.cli.application import main as run

    run()


def _end_at_once(*_: object) -> NoReturn:
    """End with the code of an incomplete run. Nothing was begun yet, or all is written; an exception that is raised inside an
    import may be swallowed or turned into another."""
    os.write(2, b"Interrupted.\n")
    os._exit(3)
