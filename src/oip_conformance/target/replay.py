"""The replaying transport: answers from evidence, and fails when something is asked that was never asked.

Within one attempt at a test a request is answered by the exchange that recorded the same request; requests that are
equal are answered in the order in which they were sent. Calls made at the same time each find their own by their lane.
What was sent again over a busy system or a lost connection counts once: the last try answers.

Evidence knows secrets and personal numbers only as tokens of its run. Requests are therefore compared after redaction
with tokens left out, and what a recorded token stands for is learnt from the request that has it in the same place.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence

from oip_conformance.evidence import Exchange, Redactor, current_lane
from oip_conformance.target.pacing import LimitReached
from oip_conformance.target.transport import TransportFault, WireRequest, WireResponse

_TOKENS = (
    re.compile(rb"oip-(?:secret|token)-[0-9a-f]{16}"),
    re.compile(rb"99\d{9}(?!\d)(?:(?<=\+\d{11})|(?<=%2[Bb]\d{11})|(?<![0-9A-Za-z.]\d{11})(?![0-9A-Za-z.]))"),
)
"""What redaction leaves of secrets and of numbers. Each begins with what it always begins with, and is found quickly."""

_NOT_THE_TESTS = frozenset({"user-agent"})
"""Headers that differ between two machines and mean nothing."""

_Key = tuple[int, str, bytes, bytes, tuple[bytes, ...]]
"""Lane, method, URL, body and headers of a request."""


class NeverAsked(Exception):
    """A test asks what evidence says was never asked."""


class RememberingRedactor(Redactor):
    """A redactor that knows what its tokens stand for; only a replay has one, over data that is not secret."""

    def __init__(self, run_key: bytes, **known: Iterable[str]) -> None:
        self.meanings: dict[bytes, bytes] = {}
        self._last = (b"", b"")
        super().__init__(run_key, **known)  # type: ignore[arg-type]  # the same keywords

    def body(self, content: bytes) -> bytes:
        """A body without its secrets; the one that was asked for last is known."""
        known, shown = self._last
        if content is not known:
            shown = super().body(content)
            self._last = (content, shown)
        return shown

    def _token(self, mark: str, value: bytes) -> bytes:
        token = super()._token(mark, value)
        self.meanings.setdefault(token, value)
        return token

    def _national_id(self, found: re.Match[bytes]) -> bytes:
        token = super()._national_id(found)
        self.meanings.setdefault(token, found.group())
        return token

    def _phone(self, found: re.Match[bytes]) -> bytes:
        token, plus = super()._phone(found), len(found.group(1))
        self.meanings.setdefault(token[plus:], found.group(2))
        return token


class ReplayTransport:
    """Answers the requests of one attempt after another. Safe to use from many threads."""

    def __init__(self, redactor: RememberingRedactor) -> None:
        self._redactor = redactor
        self._lock = threading.Lock()
        self._answers: dict[_Key, list[Exchange]] = {}
        self._meanings: dict[bytes, bytes] = {}
        self._limited = False

    def begin(self, exchanges: Sequence[Exchange], *, limited: bool = False) -> None:
        """An attempt begins that recorded these exchanges; a limit may have ended it."""
        self._answers, self._limited = {}, limited
        for chain in _chains(sorted(exchanges, key=lambda one: one.id)):
            self._answers.setdefault(_key_of(chain), []).append(chain)

    @property
    def unasked(self) -> list[str]:
        """The ids of recorded exchanges that the attempt has not asked for."""
        return sorted(exchange.id for waiting in self._answers.values() for exchange in waiting)

    def send(self, request: WireRequest) -> WireResponse:
        """The recorded answer. Raises NeverAsked, a recorded TransportFault, or LimitReached where one ended the test."""
        url = self._redactor.url(request.url)
        headers = self._redactor.headers(request.headers)
        body = self._redactor.body(request.body)
        with self._lock:
            lane = current_lane()
            waiting = self._answers.get(_key(lane, request.method, url, headers, body))
            if not waiting:
                if self._limited and not any(left for key, left in self._answers.items() if key[0] == lane):
                    raise LimitReached("total_requests", 0)
                raise NeverAsked(f"{request.method} {url} was never asked here")
            exchange = waiting.pop(0)
            self._learn(url.encode(), exchange.request.url.encode())
            self._learn(body, exchange.request.body)
        if exchange.response is None:
            raise TransportFault(exchange.fault or "protocol", exchange.why, exchange)
        response = exchange.response
        restored = tuple(
            (name.encode("latin-1"), self._restored(value.encode("latin-1"))) for name, value in response.headers
        )
        return WireResponse(response.status, restored, self._restored(response.body), response.http_version, exchange)

    def close(self) -> None:
        """Nothing to close."""

    def _learn(self, asked: bytes, recorded: bytes) -> None:
        for kind in _TOKENS:
            for ours, theirs in zip(kind.findall(asked), kind.findall(recorded), strict=False):
                meaning = self._redactor.meanings.get(ours)
                if meaning is not None and ours != theirs:
                    self._meanings[theirs] = meaning

    def _restored(self, content: bytes) -> bytes:
        if not self._meanings:
            return content
        for kind in _TOKENS:
            content = kind.sub(lambda found: self._meanings.get(found.group(), found.group()), content)
        return content


def _chains(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """The last try of each request, in the order of the first tries."""
    chains: list[Exchange] = []
    for exchange in exchanges:
        if exchange.attempt > 1:
            for position, earlier in enumerate(chains):
                same = earlier.lane == exchange.lane and earlier.request == exchange.request
                if same and earlier.attempt == exchange.attempt - 1:
                    chains[position] = exchange
                    break
            else:
                chains.append(exchange)
        else:
            chains.append(exchange)
    return chains


def _key_of(exchange: Exchange) -> _Key:
    sent = exchange.request
    return _key(exchange.lane, sent.method, sent.url, sent.headers, sent.body)


def _key(lane: int, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> _Key:
    shown = sorted(f"{name.lower()}: {value}".encode() for name, value in headers if name.lower() not in _NOT_THE_TESTS)
    return lane, method, _bare(url.encode()), _bare(body), tuple(map(_bare, shown))


def _bare(content: bytes) -> bytes:
    for kind in _TOKENS:
        content = kind.sub(b"*", content)
    return content
