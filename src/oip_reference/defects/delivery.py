"""Defects on the way of an answer: dropped, cut, too late, mixed up with another."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from oip_reference.defects.registration import defect
from oip_reference.rewriting import around
from oip_reference.server import Exchange, Message, Receive, ReferenceServer, Send


@defect("drops_one_connection_in_forty", breaks="OIP-CORE-01", family="rare", also=("*",))
def _(server: ReferenceServer) -> None:
    """Every fortieth request gets no answer: the connection is closed."""
    turn = count(1)

    def wrapper(inner: Exchange) -> Exchange:
        async def exchange(scope: Message, receive: Receive, send: Send) -> None:
            if next(turn) % 40:
                await inner(scope, receive, send)
            else:
                send.__self__.transport.abort()  # type: ignore[attr-defined]  # uvicorn's cycle, whose method it is

        return exchange

    server.wrap(wrapper)


def _only(server: ReferenceServer, path: str, exchange: Any) -> None:
    """Answers requests to one path with `exchange(inner, scope, receive, send)`."""

    def wrapper(inner: Exchange) -> Exchange:
        async def answer(scope: Message, receive: Receive, send: Send) -> None:
            if scope["path"].startswith(path):
                await exchange(inner, scope, receive, send)
            else:
                await inner(scope, receive, send)

        return answer

    server.wrap(wrapper)


@defect(
    "never_answers_the_third_question_for_consents", breaks="OIP-CORE-01", family="slow", also=("OIP-CONS-*", "OIP-A*")
)
def _(server: ReferenceServer) -> None:
    """The third call of listConsents is never answered."""
    turn = count(1)

    async def exchange(inner: Exchange, scope: Message, receive: Receive, send: Send) -> None:
        if next(turn) == 3:
            await asyncio.sleep(60)
        await inner(scope, receive, send)

    _only(server, "/v4/consents", exchange)


@defect(
    "cuts_the_stores_short", breaks="OIP-CORE-10", family="slow", also=("OIP-STORE-*", "OIP-CORE-*", "OIP-A*", "OIP-N*")
)
def _(server: ReferenceServer) -> None:
    """The list of stores ends before the length that was announced, and the connection closes."""
    started: dict[str, Any] = {}

    async def heard(message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            started["headers"] = dict(message["headers"])
        elif len(message["body"]) > 100 and b"Our store" in message["body"]:
            message = {**message, "body": message["body"][:-40], "more_body": False}
        await send(message)

    around(server, heard)


@defect("stops_in_the_middle_of_a_customer", breaks="OIP-CORE-10", family="slow", also=("*",))
def _(server: ReferenceServer) -> None:
    """One customer in five is sent by half, in chunks that never end."""
    turn = count(1)

    def wrapper(inner: Exchange) -> Exchange:
        async def exchange(scope: Message, receive: Receive, send: Send) -> None:
            cut = scope["path"].startswith("/v4/customers/id/") and next(turn) % 5 == 0

            async def tell(message: Message) -> None:
                if cut and message["type"] == "http.response.start":
                    kept = [one for one in message["headers"] if one[0].lower() != b"content-length"]
                    message = {**message, "headers": kept}
                elif cut:
                    half = message["body"][: len(message["body"]) // 2]
                    await send({**message, "body": half, "more_body": True})
                    return
                await send(message)

            await inner(scope, receive, tell)

        return exchange

    server.wrap(wrapper)


@defect("mixes_up_parallel_readings", breaks="OIP-CORE-13", family="concurrency", also=("OIP-POS-01", "OIP-NEG-02"))
def _(server: ReferenceServer) -> None:
    """Of customers that are read at the same moment, all are answered with the last one."""
    latest: dict[str, Any] = {}

    async def exchange(inner: Exchange, scope: Message, receive: Receive, send: Send) -> None:
        latest.update(path=scope["path"], raw_path=scope["raw_path"])
        await asyncio.sleep(0.004)
        await inner({**scope, **latest}, receive, send)

    _only(server, "/v4/customers/id/", exchange)


@defect("answers_from_a_shared_buffer", breaks="OIP-CORE-13", family="concurrency", also=("OIP-POS-01", "OIP-C*"))
def _(server: ReferenceServer) -> None:
    """Answers for customers by phone are kept in one buffer, so that one under way can overwrite another."""
    buffer: dict[str, Any] = {}

    async def exchange(inner: Exchange, scope: Message, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            buffer[message["type"]] = message
            if message["type"] == "http.response.body":
                await asyncio.sleep(0.004)
                await send(buffer["http.response.start"])
                await send(buffer["http.response.body"])

        await inner(scope, receive, tell)

    def wrapper(inner: Exchange) -> Exchange:
        async def answer(scope: Message, receive: Receive, send: Send) -> None:
            if scope["path"] == "/v4/customers" and scope["method"] == "GET":
                await exchange(inner, scope, receive, send)
            else:
                await inner(scope, receive, send)

        return answer

    server.wrap(wrapper)
