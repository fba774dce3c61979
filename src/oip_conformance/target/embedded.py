"""The embedded reference server: started as a process of its own, and never left behind."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, TypeAlias

STARTED_WITHIN = 30.0
"""Seconds that the reference server may take until it accepts connections."""


MISUSE = 2
"""The exit code with which it refuses its options."""


class EmbeddedServerError(Exception):
    """The reference server did not start; the message holds the last lines it wrote. `misused`: it refused its options."""

    def __init__(self, message: str, *, misused: bool = False) -> None:
        super().__init__(message)
        self.misused = misused


@dataclass(frozen=True)
class Sandbox:
    """Where the embedded server listens, the keys of its two tenants, and the deviations it says it has."""

    url: str
    key: str
    second_key: str
    deviations: tuple[str, ...] = ()


class ServerProcess(Protocol):
    """The process of a server, as far as this module asks anything of it; `subprocess.Popen` is one."""

    stdin: IO[str] | None
    stdout: IO[str] | None
    stderr: IO[str] | None

    @property
    def returncode(self) -> int | None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


Launch: TypeAlias = Callable[[Sequence[str], Mapping[str, str]], ServerProcess]
"""Starts the reference server with arguments and variables added to the environment, away from the keyboard's signals."""


def spawned(arguments: Sequence[str], environment: Mapping[str, str]) -> ServerProcess:
    """`python -m oip_reference` in a process made from nothing."""
    return subprocess.Popen(
        [sys.executable, "-m", "oip_reference", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,  # an interrupt at the keyboard is ours to handle, in order
    )


class EmbeddedServer:
    """Starts the reference server on a free loopback port; ends it on leaving the `with` block.

    The server also ends by itself when its standard input closes, so that it goes when this process is killed.
    """

    def __init__(self, *, profile: Path | None = None, options: Sequence[str] = (), launch: Launch = spawned) -> None:
        self._arguments = ["--port", "0", "--ready-json", "--until-stdin-closes"]
        if profile is not None:
            self._arguments += ["--profile", str(profile)]
        self._arguments += options
        self._launch = launch
        self._process: ServerProcess | None = None
        self._said: list[str] = []

    def __enter__(self) -> Sandbox:
        key, second = f"sandbox-{secrets.token_hex(12)}", f"sandbox-{secrets.token_hex(12)}"
        keys = {"OIP_REFERENCE_API_KEY": key, "OIP_REFERENCE_SECOND_API_KEY": second}
        self._process = self._launch(self._arguments, keys)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        timer = threading.Timer(STARTED_WITHIN, self._process.kill)
        timer.start()
        try:
            assert self._process.stdout is not None
            ready = json.loads(self._process.stdout.readline())
            return Sandbox(ready["url"], key, second, tuple(ready["deviations"]))
        except (ValueError, KeyError, TypeError) as problem:
            process = self._process
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=3)  # a server that refuses its options ends by itself
            self._listener.join(timeout=0.3)
            self._stop()
            last = " ".join(self._said[-3:]).strip()
            raise EmbeddedServerError(
                f"the embedded reference server did not start. {last}".strip(), misused=process.returncode == MISUSE
            ) from problem
        except BaseException:
            self._stop()
            raise
        finally:
            timer.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said = [*self._said[-20:], line]

    def _stop(self) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        self._process = None
