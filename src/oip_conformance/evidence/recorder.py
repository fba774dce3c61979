"""The one recorder: everything that goes over the wire passes here, is redacted, kept and announced."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import orjson

from oip_conformance.evidence.exchange import Exchange

Listener = Callable[[Exchange], None]


class Recorder:
    """Appends exchanges to one file, a line each, at once: what was recorded survives whatever happens next.

    `worker` names the recording process and begins each exchange id. Listeners (the judge, the coverage tally, the test
    that is running) hear of an exchange after it was written.
    """

    def __init__(self, path: Path, worker: str = "m") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._worker = worker
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()
        self._count = 0
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Have `listener` called with every exchange from now on, from any thread, one at a time."""
        self._listeners.append(listener)

    @property
    def count(self) -> int:
        """How many exchanges have begun."""
        return self._count

    def next_id(self) -> str:
        """The id for the exchange that begins now."""
        with self._lock:
            self._count += 1
            return f"{self._worker}-{self._count:06d}"

    def record(self, exchange: Exchange) -> None:
        """Keep an exchange, which is redacted already, and tell the listeners."""
        line = orjson.dumps(exchange.to_json(), option=orjson.OPT_APPEND_NEWLINE)
        with self._lock:
            self._file.write(line)
            for listener in self._listeners:
                listener(exchange)

    def close(self) -> None:
        """Stop recording. What is still under way in another thread is not recorded any more."""
        with self._lock:
            self._file.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
