"""Variations on the way: headers, framing, compression, proxies and pace."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterable
from itertools import count

from oip_reference.rewriting import around
from oip_reference.server import Exchange, Message, Receive, ReferenceServer, Send
from oip_reference.variations.registration import variation

Headers = list[tuple[bytes, bytes]]


def _headers(server: ReferenceServer, change: Callable[[Headers], Iterable[tuple[bytes, bytes]]]) -> None:
    """Sends `change(headers)` instead of the headers of every response."""

    async def heard(message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(change(message["headers"]))}
        await send(message)

    around(server, heard)


@variation("writes_header_names_in_title_case", family="headers")
def _(server: ReferenceServer) -> None:
    """Header names are written Content-Type, as HTTP/1.1 servers do."""
    _headers(server, lambda headers: [(name.title(), value) for name, value in headers])


@variation("writes_header_names_in_capitals", family="headers")
def _(server: ReferenceServer) -> None:
    """Header names are written CONTENT-TYPE."""
    _headers(server, lambda headers: [(name.upper(), value) for name, value in headers])


def _content_types(server: ReferenceServer, spell: Callable[[bytes], bytes]) -> None:
    def change(headers: Headers) -> Headers:
        return [(name, spell(value) if name.lower() == b"content-type" else value) for name, value in headers]

    _headers(server, change)


@variation("names_the_charset_of_json", family="headers")
def _(server: ReferenceServer) -> None:
    """The content type is `application/json; charset=utf-8`."""
    _content_types(server, lambda kind: kind + b"; charset=utf-8" if kind == b"application/json" else kind)


@variation("spells_the_content_type_in_another_case", family="headers")
def _(server: ReferenceServer) -> None:
    """The content type is `Application/JSON;Charset=UTF-8`."""
    _content_types(server, lambda kind: b"Application/JSON;Charset=UTF-8" if kind == b"application/json" else kind)


@variation("stands_behind_a_proxy", family="headers")
def _(server: ReferenceServer) -> None:
    """Responses carry the headers of proxies and gateways."""
    added = [
        (b"server", b"Kestrel"),
        (b"via", b"1.1 google, 1.1 varnish"),
        (b"x-cache", b"MISS"),
        (b"x-powered-by", b"ASP.NET"),
        (b"strict-transport-security", b"max-age=31536000"),
        (b"x-request-id", b"0HN7S3K9T1VQ2:00000001"),
        (b"vary", b"Origin"),
    ]
    _headers(server, lambda headers: [*added, *headers])


@variation("sets_cookies", family="headers")
def _(server: ReferenceServer) -> None:
    """Responses set the cookies of a load balancer."""
    cookies = [
        (b"set-cookie", b"ARRAffinity=3f8a; Path=/; HttpOnly"),
        (b"set-cookie", b"ARRAffinitySameSite=3f8a; Secure"),
    ]
    _headers(server, lambda headers: [*headers, *cookies])


@variation("speaks_of_caching", family="headers")
def _(server: ReferenceServer) -> None:
    """Responses have ETag, Cache-Control, Expires and Last-Modified."""
    added = [
        (b"cache-control", b"no-store, max-age=0"),
        (b"etag", b'W/"1f-2a"'),
        (b"expires", b"-1"),
        (b"last-modified", b"Tue, 19 Nov 2024 10:00:00 GMT"),
    ]
    _headers(server, lambda headers: [*headers, *added])


@variation("closes_every_connection", family="transport")
def _(server: ReferenceServer) -> None:
    """Every response closes its connection."""
    _headers(server, lambda headers: [*headers, (b"connection", b"close")])


@variation("speaks_http_1_0", family="transport")
def _(server: ReferenceServer) -> None:
    """Responses are HTTP/1.0, each on a connection of its own."""
    server.speaks = b"HTTP/1.0"
    _headers(server, lambda headers: [*headers, (b"connection", b"close")])


def _framed(server: ReferenceServer, send_body: Callable[[bytes, Send], object]) -> None:
    """Sends bodies without a length, in the pieces that `send_body` makes."""

    async def heard(message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            kept = [
                one
                for one in message["headers"]
                if one[0].lower() != b"content-length" or message["status"] in (204, 304)
            ]
            await send({**message, "headers": kept})
        else:
            await send_body(message["body"], send)  # type: ignore[misc]  # a coroutine function

    around(server, heard)


@variation("sends_bodies_in_chunks", family="transport")
def _(server: ReferenceServer) -> None:
    """Bodies are sent in chunks of a hundred bytes, without a length."""

    async def send_body(body: bytes, send: Send) -> None:
        for start in range(0, len(body), 100):
            await send({"type": "http.response.body", "body": body[start : start + 100], "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    _framed(server, send_body)


def _packed(server: ReferenceServer, coding: bytes, pack: Callable[[bytes], bytes]) -> None:
    """Packs bodies for clients that accept the coding."""

    def wrapper(inner: Exchange) -> Exchange:
        async def exchange(scope: Message, receive: Receive, send: Send) -> None:
            accepted = any(name == b"accept-encoding" and coding in value for name, value in scope["headers"])
            start: Message = {}

            async def tell(message: Message) -> None:
                if message["type"] == "http.response.start":
                    start.update(message)
                    return
                body = message["body"]
                if accepted and body:
                    body = pack(body)
                    kept = [one for one in start["headers"] if one[0].lower() != b"content-length"]
                    length = (b"content-length", b"%d" % len(body))
                    start["headers"] = [*kept, length, (b"content-encoding", coding), (b"vary", b"accept-encoding")]
                await send(start)
                await send({**message, "body": body})

            await inner(scope, receive, tell)

        return exchange

    server.wrap(wrapper)


@variation("packs_bodies_with_gzip", family="transport")
def _(server: ReferenceServer) -> None:
    """Bodies are compressed with gzip for those who accept it."""
    _packed(server, b"gzip", lambda body: gzip.compress(body, 1))


@variation("packs_bodies_with_deflate", family="transport")
def _(server: ReferenceServer) -> None:
    """Bodies are compressed with deflate for those who accept it."""
    _packed(server, b"deflate", zlib.compress)


def _waits(server: ReferenceServer, seconds: Callable[[int], float]) -> None:
    turn = count(1)

    def wrapper(inner: Exchange) -> Exchange:
        async def exchange(scope: Message, receive: Receive, send: Send) -> None:
            await asyncio.sleep(seconds(next(turn)))
            await inner(scope, receive, send)

        return exchange

    server.wrap(wrapper)


@variation("takes_its_time", family="pace")
def _(server: ReferenceServer) -> None:
    """Every answer takes fifteen milliseconds longer."""
    _waits(server, lambda _turn: 0.015)


@variation("stops_to_think", family="pace")
def _(server: ReferenceServer) -> None:
    """One answer in four hundred takes two seconds."""
    _waits(server, lambda turn: 2.0 if turn % 400 == 0 else 0.0)


@variation("answers_in_any_order", family="pace")
def _(server: ReferenceServer) -> None:
    """Of requests at the same time, later ones may be answered first."""
    _waits(server, lambda turn: (0.008, 0.0, 0.004, 0.001)[turn % 4])


@variation("sends_its_head_first", family="pace")
def _(server: ReferenceServer) -> None:
    """The body follows its headers after a moment, in two packets."""

    async def heard(message: Message, send: Send) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(0.003)
        await send(message)

    around(server, heard)
