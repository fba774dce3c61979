"""A reference server that is a fork of this process, so that it need not import everything before it listens."""

from __future__ import annotations

import contextlib
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from typing import IO

from oip_conformance.target.embedded import ServerProcess, spawned

_LOOK_EVERY = 0.005
"""Seconds between two looks at whether a server has ended."""


def forked(arguments: Sequence[str], environment: Mapping[str, str]) -> ServerProcess:
    """The server in a fork of this process, or in a process made from nothing where the system cannot fork."""
    return Forked(arguments, environment) if hasattr(os, "fork") else spawned(arguments, environment)


class Forked:
    """A forked reference server, spoken to through pipes as a spawned one is."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_err, theirs_err = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _become_the_server(
                (theirs_in, theirs_out, theirs_err), (ours_in, ours_out, ours_err), arguments, environment
            )
        for end in (theirs_in, theirs_out, theirs_err):
            os.close(end)
        self.stdin: IO[str] | None = os.fdopen(ours_in, "w", encoding="utf-8")
        self.stdout: IO[str] | None = os.fdopen(ours_out, encoding="utf-8")
        self.stderr: IO[str] | None = os.fdopen(ours_err, encoding="utf-8", errors="replace")
        self.returncode: int | None = None

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Make it end."""
        self._send(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired after so many seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            elif until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("oip_reference", timeout or 0.0)
            else:
                time.sleep(_LOOK_EVERY)
        return self.returncode

    def _send(self, number: signal.Signals) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)


def _become_the_server(
    ends: Sequence[int], others: Sequence[int], arguments: Sequence[str], environment: Mapping[str, str]
) -> None:
    """`python -m oip_reference` in this process, which never returns to what it was."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        for target, end in enumerate(ends):
            os.dup2(end, target)
        for end in (*ends, *others):
            os.close(end)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w"))
        os.environ.update(environment)
        sys.argv = ["oip_reference", *arguments]
        runpy.run_module("oip_reference", run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        if sys.exc_info()[0] not in (None, SystemExit):
            traceback.print_exc()
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
