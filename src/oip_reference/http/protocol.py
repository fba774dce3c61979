"""HTTP/1.1 on the wire: uvicorn's protocol, with refusals in the envelope and limits of its own."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD: Final = 64 * 1024
STALLED_SECONDS: Final = 30.0
HTTP_1_1: Final = b"HTTP/1.1"
SPELLINGS: Final = "oip.spellings"
"""Where a request's scope keeps how its headers were spelt, for those that were not in lower case."""


class _Cork:
    """A transport that sends a response's head together with its body: one packet instead of two.

    What is written is held back until the next write, or until the event loop comes round.
    """

    __slots__ = ("_held", "_loop", "_speaks", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, speaks: bytes) -> None:
        self._transport = transport
        self._loop = loop
        self._speaks = speaks
        self._held = b""

    def write(self, data: bytes) -> None:
        if self._speaks != HTTP_1_1 and data.startswith(HTTP_1_1):
            data = self._speaks + data[len(HTTP_1_1) :]
        if self._held:
            self._transport.write(self._held + data)
            self._held = b""
        elif data:
            self._held = data
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        if self._held:
            self._transport.write(self._held)
            self._held = b""

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        self._held = b""
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """Bytes that are not HTTP get 400 in the envelope; a connection that stalls inside a request is closed."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._heard = self.loop.time()
        self._head_size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        speaks = getattr(getattr(self.app, "server", None), "speaks", HTTP_1_1)
        self.transport = _Cork(transport, self.loop, speaks)  # type: ignore[assignment]  # forwards everything else

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_size = 1

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._head_size = 0

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's closes at once, losing the answer
        """A client that has said all may still be answered; one that stopped inside a request is told so."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering and not self.cycle.more_body:
            self.cycle.keep_alive = False
            return True
        if answering or self._head_size:
            self.send_400_response("The request ended before it was complete.")
        return False

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        if not url.isascii():
            raise ValueError("the address is not ASCII")
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if not name.islower():
            self.scope.setdefault(SPELLINGS, {})[name.lower()] = name  # type: ignore[typeddict-item]  # a key of our own
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        """Adds to the size of the request's head; an exception in a callback is a parser error, hence a 400."""
        self._head_size += size
        if self._head_size > LARGEST_HEAD:
            raise ValueError("the head of the request is too large")

    def send_400_response(self, msg: str) -> None:
        body = orjson.dumps({"code": "400", "message": "Bad Request", "detailedErrorMessage": msg})
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
                b"content-length: %d\r\n\r\n%b" % (len(body), body)
            )
            self.transport.close()

    def close_if_stalled(self, now: float) -> None:
        """Closes a connection that has been silent inside an unfinished request for too long."""
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy and now - self._heard > STALLED_SECONDS and self.timeout_keep_alive_task is None:
            self.transport.close()
