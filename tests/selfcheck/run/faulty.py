"""Small servers that are not the API, or not for long. Each is named for its lie and listens on a free loopback port."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

Respond = Callable[[socket.socket, bytes], None]
"""Answers one request (its bytes) on its connection; a server closes the connection when it raises ConnectionError."""


def answer(
    status: int, body: bytes = b"", content_type: str = "application/json", *, length: int | None = None, **headers: str
) -> bytes:
    """The bytes of a response."""
    fields = {"content-type": content_type, "content-length": str(len(body) if length is None else length), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body


def envelope(status: int, message: str) -> bytes:
    """The body of an error as the API documents it."""
    return json.dumps({"code": str(status), "message": message, "detailedErrorMessage": None}).encode()


def hangs(connection: socket.socket, request: bytes) -> None:
    """Takes the request and says nothing."""
    while connection.recv(1024):
        continue


def drips(connection: socket.socket, request: bytes) -> None:
    """Sends its answer so slowly that it never ends, though something always arrives."""
    connection.sendall(answer(200, length=1_000_000))
    while True:
        connection.sendall(b" ")
        time.sleep(0.1)


def drips_its_head(connection: socket.socket, request: bytes) -> None:
    """The same, within the header."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.1)


def shows_a_web_page(connection: socket.socket, request: bytes) -> None:
    """A portal answers in place of the API."""
    connection.sendall(answer(200, b"<!doctype html><title>Welcome</title>", "text/html; charset=utf-8"))


def shows_a_web_page_that_is_missing(connection: socket.socket, request: bytes) -> None:
    """A web server that knows none of the paths."""
    connection.sendall(answer(404, b"<html><h1>Not Found</h1></html>", "text/html"))


def closes(connection: socket.socket, request: bytes) -> None:
    """Hangs up without a word."""
    raise ConnectionError


def answers_half(connection: socket.socket, request: bytes) -> None:
    """Promises more than it sends."""
    connection.sendall(answer(200, b'{"data": {', length=1000))
    raise ConnectionError


def sends_more_than_it_said(connection: socket.socket, request: bytes) -> None:
    """Counts its own body wrong: the rest of it stands where the next answer should begin."""
    connection.sendall(answer(200, b'{"data": {}}', length=5))


def rejects_everything(connection: socket.socket, request: bytes) -> None:
    """Refuses every request in perfect form."""
    connection.sendall(answer(400, envelope(400, "Bad Request")))


def accepts_everything(connection: socket.socket, request: bytes) -> None:
    """Finds everything fine and says nothing about it."""
    connection.sendall(answer(200, b"{}"))


def refuses_the_key(connection: socket.socket, request: bytes) -> None:
    """Does not know the key."""
    connection.sendall(answer(401, envelope(401, "Unauthorized")))


def is_always_busy(connection: socket.socket, request: bytes) -> None:
    """Has a system behind it that never gets ready."""
    detail = {"gateway": "crm", "gatewayMessage": "down"}
    body = json.dumps({"code": "502", "message": "Bad Gateway", "detailedErrorMessage": detail}).encode()
    connection.sendall(answer(502, body))


def asks_for_patience(connection: socket.socket, request: bytes) -> None:
    """Has had too many requests, whoever asks."""
    connection.sendall(answer(429, envelope(429, "Too Many Requests"), retry_after="1"))


def redirects_everything(connection: socket.socket, request: bytes) -> None:
    """Sends everybody to a login page elsewhere, which must not be followed with the key."""
    connection.sendall(answer(302, location="http://login.example.com/"))


def never_ends(connection: socket.socket, request: bytes) -> None:
    """Sends a body without end, as fast as it is read."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")


def hides_a_bomb(connection: socket.socket, request: bytes) -> None:
    """Sends a small body that unpacks into a huge one."""
    connection.sendall(answer(200, _BOMB, content_encoding="gzip"))


def sends_gzip_that_is_none(connection: socket.socket, request: bytes) -> None:
    """Says that its body is packed when it is not."""
    connection.sendall(answer(200, b'{"data": {}}', content_encoding="gzip"))


def speaks_another_protocol(connection: socket.socket, request: bytes) -> None:
    """What a port for TLS says to whoever speaks plain HTTP."""
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x16")
    raise ConnectionError


_BOMB = gzip.compress(b"[" + b" " * 200_000_000 + b"]", 9)
EVERY: tuple[Respond, ...] = (
    hangs,
    drips,
    drips_its_head,
    shows_a_web_page,
    shows_a_web_page_that_is_missing,
    closes,
    answers_half,
    sends_more_than_it_said,
    rejects_everything,
    accepts_everything,
    refuses_the_key,
    is_always_busy,
    asks_for_patience,
    redirects_everything,
    never_ends,
    hides_a_bomb,
    sends_gzip_that_is_none,
    speaks_another_protocol,
)


@contextlib.contextmanager
def served(respond: Respond) -> Iterator[str]:
    """The base URL of a server that answers like `respond` while the block lasts."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        stopping = threading.Event()
        threading.Thread(target=_accept, args=(listener, respond, stopping), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v4"
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)


def dead_port() -> str:
    """The base URL of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v4"


@contextlib.contextmanager
def through(url: str, *, ill: Callable[[int], bytes | None]) -> Iterator[str]:
    """The base URL of a gateway before a sound server; `ill` gives what it answers itself to the nth request, if anything.

    An empty answer ends the gateway: from then on nobody listens.
    """
    host, port = url.split("//")[1].split("/")[0].split(":")
    numbers, lock = itertools.count(1), threading.Lock()
    dead = threading.Event()

    def relay(connection: socket.socket, request: bytes) -> None:
        with lock:
            own = ill(next(numbers))
        if own is not None and not own:
            dead.set()
        if dead.is_set():
            raise ConnectionError
        if own is not None:
            connection.sendall(own)
            return
        with socket.create_connection((host, int(port))) as upstream:
            upstream.sendall(request.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))
            received = b"".join(iter(lambda: upstream.recv(65536), b""))
        connection.sendall(received)
        raise ConnectionError

    with served(relay) as gateway:
        yield gateway


def _accept(listener: socket.socket, respond: Respond, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(connection, respond), daemon=True).start()


def _serve(connection: socket.socket, respond: Respond) -> None:
    with connection, contextlib.suppress(OSError):
        while request := _read(connection):
            respond(connection, request)


def _read(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return b""
        body += piece
    return head + b"\r\n\r\n" + body
