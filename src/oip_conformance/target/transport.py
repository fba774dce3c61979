"""How bytes reach a target and come back: the live transport over pooled httpx connections.

    Transport (protocol)
    ├── LiveTransport     httpx, keep-alive, a deadline for the whole answer
    └── ReplayTransport   answers from evidence (oip_conformance.target.replay)

A transport raises TransportFault when no whole HTTP response came; it never retries and never judges.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from oip_conformance.evidence.exchange import Exchange, FaultKind
from oip_conformance.target.deadline import Deadline

RawHeaders = tuple[tuple[bytes, bytes], ...]

BODY_LIMIT = 32 * 1024 * 1024
"""The largest response body that is read, in bytes after decompression; more than this is a fault of its own."""


@dataclass(frozen=True)
class WireRequest:
    """A request ready for the wire; `url` is absolute and percent-encoded."""

    method: str
    url: str
    headers: RawHeaders = ()
    body: bytes = b""


@dataclass(frozen=True)
class WireResponse:
    """A whole response as it arrived, decompressed. `kept` is the exchange that a replayed one was read from."""

    status: int
    headers: RawHeaders
    body: bytes
    http_version: str = "HTTP/1.1"
    kept: Exchange | None = None


class TransportFault(Exception):
    """No whole HTTP response came. `kind` says how it ended, `kept` where a replayed one was read from."""

    def __init__(self, kind: FaultKind, message: str, kept: Exchange | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.kept = kept


class Transport(Protocol):
    """Sends one request and returns the whole response, or raises TransportFault."""

    def send(self, request: WireRequest) -> WireResponse: ...

    def close(self) -> None: ...


class _NoCookies(httpx.Cookies):
    """Keeps no cookie: a request sends what it is recorded to send, whatever was answered before it."""

    def extract_cookies(self, response: object) -> None:
        """Leave what a response sets."""


class LiveTransport:
    """One pool of keep-alive connections. `timeout` is the time in seconds that a whole answer may take."""

    def __init__(self, base_url: str, *, timeout: float, connections: int, verify_tls: bool = True) -> None:
        self._timeout = timeout
        limits = httpx.Timeout(timeout, connect=min(timeout, 5.0), pool=None)
        self._extensions = {"timeout": limits.as_dict()}
        self._client = httpx.Client(
            timeout=limits,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            verify=authorities() if verify_tls else False,
            follow_redirects=False,
            trust_env=not is_loopback(base_url),
        )
        self._client._cookies = _NoCookies()  # given as an option they would be copied into a jar that keeps them
        self._deadline = Deadline()
        self._deadline.keep(self._client)

    def send(self, request: WireRequest, *, seconds: float | None = None) -> WireResponse:
        """Send one request; its time, or so many `seconds` if that is less, covers all from connecting to the last byte."""
        allowed = self._timeout if seconds is None else min(seconds, self._timeout)
        self._deadline.set(allowed)
        try:
            outgoing = httpx.Request(
                request.method,
                request.url,
                headers=list(request.headers),
                content=request.body or None,
                extensions=self._extensions,
            )
            response = self._client.send(outgoing, stream=True)
            try:
                body = self._read(response)
            finally:
                response.close()
        except httpx.TimeoutException as problem:
            told = str(problem) or f"the answer was not complete within {allowed:.3g} s"
            raise TransportFault(_kind(problem), told) from problem
        except httpx.TransportError as problem:
            raise TransportFault(_kind(problem), str(problem) or type(problem).__name__) from problem
        except (httpx.DecodingError, httpx.InvalidURL, ValueError, ssl.SSLError) as problem:
            raise TransportFault("protocol", str(problem) or type(problem).__name__) from problem
        return WireResponse(response.status_code, tuple(response.headers.raw), body, response.http_version)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    @staticmethod
    def _read(response: httpx.Response) -> bytes:
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > BODY_LIMIT:
                raise TransportFault("protocol", f"the answer is longer than {BODY_LIMIT} bytes")
        return b"".join(pieces)


@cache
def authorities() -> ssl.SSLContext:
    """Whom to trust over TLS; reading it takes as long as ten requests, so all transports of a process share it."""
    return httpx.create_ssl_context()


@cache
def is_loopback(url: str) -> bool:
    """Whether a URL names this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_KINDS: Sequence[tuple[type[httpx.TransportError], FaultKind]] = (
    (httpx.ConnectTimeout, "unreachable"),
    (httpx.TimeoutException, "timeout"),
    (httpx.ConnectError, "refused"),
    (httpx.UnsupportedProtocol, "unreachable"),
    (httpx.ProxyError, "unreachable"),
    (httpx.ReadError, "closed"),
    (httpx.WriteError, "closed"),
    (httpx.CloseError, "closed"),
)


def _kind(problem: httpx.TransportError) -> FaultKind:
    message = str(problem)
    if "incomplete" in message or "without sending complete message" in message:
        return "cut"
    if "disconnected without sending" in message:
        return "closed"
    if "Name or service not known" in message or "getaddrinfo" in message or "unreachable" in message.lower():
        return "unreachable"
    return next((kind for shape, kind in _KINDS if isinstance(problem, shape)), "protocol")
