"""What was sent and what came back: the atoms that every judgement cites."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import orjson

from oip_conformance.evidence.bodies import body_from_json, body_to_json

Headers = tuple[tuple[str, str], ...]

FaultKind = Literal["refused", "timeout", "closed", "cut", "protocol", "unreachable"]
"""Why no response came: connection refused, time ran out, closed before any answer, cut in the middle of one, not HTTP,
no route or name."""

Credential = Literal["main", "second", "none", "wrong", "misplaced"]
"""Which key a request carried; the key itself is never part of evidence."""


@dataclass(frozen=True)
class SentRequest:
    """A request as it went over the wire, after redaction."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The part of the URL between host and query, still percent-encoded."""
        without_scheme = self.url.split("://", 1)[-1]
        slash = without_scheme.find("/")
        return "/" if slash < 0 else without_scheme[slash:].split("?", 1)[0]


@dataclass(frozen=True)
class ReceivedResponse:
    """A response as it came back, decompressed, after redaction. Header names keep the server's spelling."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    http_version: str = "HTTP/1.1"

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @cached_property
    def media_type(self) -> str:
        """The content type without parameters, lower case; empty when the response names none."""
        return (self.header("content-type") or "").split(";", 1)[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The body read as JSON. Raises ValueError when it is not JSON."""
        return orjson.loads(self.body)

    @cached_property
    def body_digest(self) -> bytes:
        """What tells this body from every other."""
        return hashlib.sha256(self.body).digest()

    @property
    def text(self) -> str:
        """The body as text, with anything that is not UTF-8 replaced."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its response, or the reason why there is none.

    `id` is unique within a run and sorts by recording process and time. `started` is in seconds since the epoch,
    `elapsed` in seconds. `intent` says what the request means to show: "accept" (must succeed), "valid" (conforms, may
    be refused for a business reason), "boundary", "invalid" (must be refused), "probe" or "story". `lane` tells calls apart
    that a test made at the same time; 0 for all others.
    """

    id: str
    test: str
    operation: str | None
    intent: str
    request: SentRequest
    response: ReceivedResponse | None
    started: float
    elapsed: float
    credential: Credential = "main"
    fault: FaultKind | None = None
    case: str | None = None
    why: str = ""
    attempt: int = 1
    lane: int = 0

    def to_json(self) -> dict[str, Any]:
        """A JSON value from which `from_json` makes an equal exchange."""
        record: dict[str, Any] = {
            "id": self.id,
            "test": self.test,
            "operation": self.operation,
            "intent": self.intent,
            "credential": self.credential,
            "started": self.started,
            "elapsed": self.elapsed,
            "attempt": self.attempt,
            "request": {
                "method": self.request.method,
                "url": self.request.url,
                "headers": [list(pair) for pair in self.request.headers],
                **body_to_json(self.request.body),
            },
        }
        if self.lane:
            record["lane"] = self.lane
        if self.case is not None:
            record["case"] = self.case
        if self.why:
            record["why"] = self.why
        if self.fault is not None:
            record["fault"] = self.fault
        if self.response is not None:
            record["response"] = {
                "status": self.response.status,
                "http": self.response.http_version,
                "headers": [list(pair) for pair in self.response.headers],
                **body_to_json(self.response.body),
            }
        return record

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Exchange:
        """The exchange that `to_json` wrote. Raises KeyError, TypeError or ValueError when the record is not one."""
        sent = record["request"]
        received = record.get("response")
        return cls(
            id=_text(record["id"]),
            test=_text(record["test"]),
            operation=record["operation"],
            intent=_text(record["intent"]),
            credential=record["credential"],
            started=float(record["started"]),
            elapsed=float(record["elapsed"]),
            attempt=int(record["attempt"]),
            lane=int(record.get("lane", 0)),
            case=record.get("case"),
            why=record.get("why", ""),
            fault=record.get("fault"),
            request=SentRequest(
                _text(sent["method"]), _text(sent["url"]), _headers(sent["headers"]), body_from_json(sent)
            ),
            response=None
            if received is None
            else ReceivedResponse(
                int(received["status"]),
                _headers(received["headers"]),
                body_from_json(received),
                _text(received["http"]),
            ),
        )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return value


def _headers(pairs: list[list[str]]) -> Headers:
    return tuple((_text(name), _text(value)) for name, value in pairs)
