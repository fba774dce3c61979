"""The ASGI application: reads a request whole, answers it in one atomic step, writes the answer."""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any, Final

import orjson

from oip_reference.domain import Domain
from oip_reference.http.answer import NOTHING, Answer, Envelope, Refused, Rendering
from oip_reference.http.gate import Gate
from oip_reference.http.reader import Reader
from oip_reference.http.request import Call, Request
from oip_reference.http.routing import BASE_PATH, Routing
from oip_reference.http.sandbox import Sandbox
from oip_reference.server import Exchange, Receive, ReferenceServer, Send

LARGEST_BODY: Final = 4 * 1024 * 1024
BODY_SECONDS: Final = 20.0


class Application:
    """The server on the wire. Domain work never awaits, so requests are answered one after another, each whole."""

    def __init__(
        self,
        server: ReferenceServer,
        domains: tuple[type[Domain], ...],
        *,
        largest_body: int = LARGEST_BODY,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self.server = server
        self.largest_body = largest_body
        self.body_seconds = body_seconds
        self._gate = server.part(Gate)
        self._routing = server.part(Routing)
        self._reader = server.part(Reader)
        self._envelope = server.part(Envelope)
        self._rendering = server.part(Rendering)
        self._sandbox = server.part(Sandbox)
        self._handlers = {
            operation_id: (server.part(domain), name)
            for domain in domains
            for operation_id, name in domain.answered_operations().items()
        }
        self.connect()

    def connect(self) -> None:
        """Takes up the wrappers that were put around the exchange, the last one outermost."""
        exchange: Exchange = self._exchange
        for wrapper in self.server.wrappers:
            exchange = wrapper(exchange)
        self._outermost = exchange

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._outermost(scope, receive, send)

    async def _exchange(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        request = Request(
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            scope["query_string"],
            scope["headers"],
            client=(scope.get("client") or ("",))[0],
        )
        if request.method not in ("GET", "HEAD") or _announces_body(request):
            await self._read_body(request, receive)
        answer, body = self.answer(request)
        if request.cut_short or request.too_large:
            answer = Answer(answer.status, answer.body, (*answer.headers, ("connection", "close")), answer.media_type)
        headers = self._rendering.headers(answer, body)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})

    async def _read_body(self, request: Request, receive: Receive) -> None:
        """Reads all of the body, but keeps no more than the limit and waits no longer than allowed."""
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        request.cut_short = True
                        return
                    chunk: bytes = message.get("body", b"")
                    size += len(chunk)
                    if size <= self.largest_body:
                        chunks.append(chunk)
                    else:
                        request.too_large = True
                        chunks.clear()
                    if not message.get("more_body") or size > 16 * self.largest_body:
                        break
        except TimeoutError:
            request.cut_short = True
        if not request.too_large:
            request.body = b"".join(chunks)

    def answer(self, request: Request) -> tuple[Answer, bytes]:
        """The answer and its body in bytes. One request, one transaction: kept when it succeeds, undone when it is
        refused or only asks (HEAD)."""
        call: Call | None = None
        keep = False
        try:
            if not request.path.startswith(BASE_PATH + "/"):
                answer = self._sandbox.answer(request)
            else:
                answer, call = self._answer_operation(request)
            body = self._rendering.body(answer)
            keep = answer.status < 400 and request.method != "HEAD"
        except Refused as refusal:
            answer, body = self._refused(refusal)
        except OverflowError:  # SQLite's word for a whole number beyond 64 bits
            answer, body = self._refused(Refused(400, "The body holds a number that is too large."))
        except Exception:  # the last resort: one faulty handler must neither keep half a write nor show its traceback
            traceback.print_exc(file=sys.stderr)
            answer, body = self._refused(Refused(500, "The server failed; its log says why."))
        if keep:
            self.server.database.keep()
        else:
            self.server.database.undo()
        return self._shaped(request, call, answer, body) if self.server.shapers else (answer, body)

    def _refused(self, refusal: Refused) -> tuple[Answer, bytes]:
        answer = self._envelope.answer(refusal)
        return answer, self._rendering.body(answer)

    def _shaped(self, request: Request, call: Call | None, answer: Answer, body: bytes) -> tuple[Answer, bytes]:
        """The answer after every shaper; they get plain values that nothing else holds."""
        if answer.body is not NOTHING and not isinstance(answer.body, bytes):
            answer = replace(answer, body=orjson.loads(body))
        for shaper in self.server.shapers:
            answer = shaper(request, call, answer)
        return answer, self._rendering.body(answer)

    def _answer_operation(self, request: Request) -> tuple[Answer, Call | None]:
        tenant = self._gate.authenticated(request)
        route, path_values = self._routing.route(request.path[len(BASE_PATH) :])
        if request.method == "OPTIONS":
            return Answer(204, headers=(("allow", route.allow()),)), None
        operation = self._routing.operation(route, request.method)
        self._gate.admit(tenant, request)
        self._gate.activated(tenant, operation)
        handler = self._handlers.get(operation.id)
        if handler is None:
            raise Refused(403, "This method requires activation and configuration.")
        call = self._reader.call(request, tenant, operation, path_values)
        self._gate.reach_gateway(tenant, operation, request)
        domain, name = handler
        return getattr(domain, name)(call), call


def _announces_body(request: Request) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in request.headers)
