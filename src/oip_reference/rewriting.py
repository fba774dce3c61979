"""Short ways to change what a server says, for defects and variations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeAlias

from oip_reference.http.answer import Answer
from oip_reference.http.request import Call, Request
from oip_reference.server import Exchange, Message, Receive, ReferenceServer, Send

Rewrite: TypeAlias = Callable[[Any, Call], Any]
Redo: TypeAlias = Callable[[Request, Answer], Answer]
Heard: TypeAlias = Callable[[Message, Send], Awaitable[None]]


def rewrite(server: ReferenceServer, *operations: str, body: Rewrite) -> None:
    """Rewrites the bodies of successes of these operations (none: of all). `body(value, call)` may change the value in
    place and return None, or return another."""

    def shaper(_request: Request, call: Call | None, answer: Answer) -> Answer:
        if call is None or answer.status >= 400 or (operations and call.operation.id not in operations):
            return answer
        changed = body(answer.body, call)
        return answer if changed is None else replace(answer, body=changed)

    server.shape(shaper)


def redo(server: ReferenceServer, *operations: str, answer: Redo) -> None:
    """Makes other answers of the successes of these operations (none: of all)."""

    def shaper(request: Request, call: Call | None, given: Answer) -> Answer:
        if call is None or given.status >= 400 or (operations and call.operation.id not in operations):
            return given
        return answer(request, given)

    server.shape(shaper)


def redo_refusals(server: ReferenceServer, *statuses: int, answer: Redo) -> None:
    """Makes other answers of refusals with these statuses (none: of all)."""

    def shaper(request: Request, _call: Call | None, given: Answer) -> Answer:
        if given.status < 400 or (statuses and given.status not in statuses):
            return given
        return answer(request, given)

    server.shape(shaper)


def records_in(body: Any) -> list[dict[str, Any]]:
    """The customer records that a body shows: one, or each of a list."""
    data = body.get("data") if isinstance(body, dict) else None
    listed = data if isinstance(data, list) else [data]
    return [one for one in listed if isinstance(one, dict) and "mobilePhone" in one]


def promotions_in(body: Any) -> list[dict[str, Any]]:
    """The promotions that a body shows: in a list of them, or in a customer."""
    listed = (
        body if isinstance(body, list) else [one for record in records_in(body) for one in record.get("promotions", [])]
    )
    return [one for one in listed if isinstance(one, dict) and "available" in one]


def around(server: ReferenceServer, heard: Heard) -> None:
    """Hands every message of a response to `heard(message, send)`, which sends it on as it likes."""

    def wrapper(inner: Exchange) -> Exchange:
        async def exchange(scope: Message, receive: Receive, send: Send) -> None:
            async def tell(message: Message) -> None:
                await heard(message, send)

            await inner(scope, receive, tell)

        return exchange

    server.wrap(wrapper)
