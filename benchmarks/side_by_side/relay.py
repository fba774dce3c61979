"""A relay in front of the server: it passes on every byte unchanged, counts the requests, and knows when the budget is spent.

All tools speak to it, so that all are counted alike, and nothing about an answer (its framing, its version, where it is
cut) changes on the way. It reads requests only as far as it must to see where one ends and the next begins.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from types import TracebackType
from urllib.parse import urlsplit

PIECE = 1 << 16


class RequestCounter:
    """Counts the requests in what one connection sends. What it cannot read it counts once and looks no further."""

    def __init__(self) -> None:
        self.requests = 0
        self._waiting = bytearray()
        self._body_left = 0
        self._chunked = False
        self._lost = False

    def feed(self, piece: bytes) -> int:
        """Take the next bytes; how many requests have begun in them."""
        before = self.requests
        if self._lost:
            return 0
        self._waiting += piece
        while self._step():
            pass
        return self.requests - before

    def _step(self) -> bool:
        """Read one head, or one piece of a body. False when more bytes are needed."""
        if self._body_left:
            taken = min(self._body_left, len(self._waiting))
            del self._waiting[:taken]
            self._body_left -= taken
            return self._body_left == 0 and bool(self._waiting)
        if self._chunked:
            return self._chunk()
        head, end, _ = bytes(self._waiting).partition(b"\r\n\r\n")
        if not end:
            return False
        del self._waiting[: len(head) + len(end)]
        self.requests += 1
        self._measure(head.lower())
        return True

    def _measure(self, head: bytes) -> None:
        headers = dict(line.partition(b":")[::2] for line in head.split(b"\r\n")[1:])
        self._chunked = b"chunked" in headers.get(b"transfer-encoding", b"")
        length = headers.get(b"content-length", b"0").strip()
        if not length.isdigit():
            self._lost = True
        elif not self._chunked:
            self._body_left = int(length)

    def _chunk(self) -> bool:
        line, end, _ = bytes(self._waiting).partition(b"\r\n")
        if not end:
            return False
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            self._lost = True
            return False
        needed = len(line) + 2 + size + 2
        if len(self._waiting) < needed:
            return False
        del self._waiting[:needed]
        self._chunked = size > 0
        return True


class Relay:
    """Listens on a free loopback port as long as the `with` block lasts. `spent` is set when the budget is."""

    def __init__(self, server_url: str, budget: int | None = None) -> None:
        parts = urlsplit(server_url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._server = (parts.hostname, parts.port)
        self._path = parts.path
        self._budget = budget
        self._port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._connections: set[asyncio.Task[None] | None] = set()  # the loop itself holds its tasks weakly
        self.requests = 0
        self.spent = threading.Event()

    @property
    def url(self) -> str:
        """The base URL to give to a tool."""
        return f"http://127.0.0.1:{self._port}{self._path}"

    def __enter__(self) -> Relay:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the relay does not listen")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        listener = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self._port = listener.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        listener.close()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.wait(others)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counter = RequestCounter()
        self._connections.add(asyncio.current_task())
        try:
            from_server, to_server = await asyncio.open_connection(*self._server)
        except OSError:
            writer.close()
            return

        def count(piece: bytes) -> None:
            self.requests += counter.feed(piece)
            if self._budget is not None and self.requests >= self._budget:
                self.spent.set()

        try:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(_pass_on(reader, to_server, count), _pass_on(from_server, writer, lambda _: None))
        finally:
            self._connections.discard(asyncio.current_task())
            for side in (writer, to_server):
                side.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, see: Callable[[bytes], object]) -> None:
    """Copy one direction to its end, then close that direction and only it."""
    with contextlib.suppress(ConnectionError, OSError):
        while piece := await reader.read(PIECE):
            see(piece)
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
