"""The one client: calls operations of the contract on a target, within safety and limits, and records it all."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote, urlencode, urljoin

import orjson

from oip_conformance.contract import Contract, Operation
from oip_conformance.evidence import (
    Credential,
    Exchange,
    ReceivedResponse,
    Recorder,
    Redactor,
    SentRequest,
    current_lane,
)
from oip_conformance.target.clock import Clock
from oip_conformance.target.pacing import Pacing
from oip_conformance.target.reply import BUSY_STATUSES, Reply
from oip_conformance.target.safety import SafetyGate
from oip_conformance.target.transport import Transport, TransportFault, WireRequest, WireResponse

UNSET: Final = object()
Query = Mapping[str, Any] | Iterable[tuple[str, str]] | str
Headers = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Keys:
    """The API keys of a run; `second` is another tenant's, for isolation tests."""

    main: str | None
    second: str | None = None
    wrong: str = field(default_factory=lambda: secrets.token_hex(16))

    def of(self, credential: Credential) -> str | None:
        """The key to send for a credential; None for none."""
        return {"main": self.main, "second": self.second, "wrong": self.wrong}.get(credential)


@dataclass(frozen=True)
class BackOff:
    """How long to wait when a system behind the target is busy or a connection was lost: `first` s, then doubling.

    A busy system is asked `attempts` times at the most, over a lost connection `over_lost` times.
    """

    attempts: int = 4
    over_lost: int = 2
    first: float = 0.25
    longest: float = 5.0

    def delay(self, attempt: int, retry_after: str | None) -> float:
        """Seconds to wait after the given attempt (1 is the first), with a little jitter."""
        if retry_after and retry_after.strip().isdigit():
            return min(float(retry_after), self.longest)
        return min(self.first * 2.0 ** (attempt - 1), self.longest) * random.uniform(0.8, 1.2)


class Target:
    """A target under test, called by operationId. Safe to use from many threads.

    `test` names who is calling, in the exchanges recorded from then on.
    """

    def __init__(
        self,
        *,
        contract: Contract,
        base_url: str,
        transport: Transport,
        recorder: Recorder,
        redactor: Redactor,
        keys: Keys,
        gate: SafetyGate,
        pacing: Pacing | None = None,
        back_off: BackOff | None = None,
        clock: Clock | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str = "oip-conformance",
    ) -> None:
        self.contract = contract
        self.base_url = base_url.rstrip("/")
        self.keys = keys
        self.gate = gate
        self.pacing = pacing or Pacing()
        self.clock = clock or Clock()
        self.test = "run"
        self._transport = transport
        self._recorder = recorder
        self._redactor = redactor
        self._back_off = back_off or BackOff()
        self._headers = {"user-agent": user_agent, "accept": "application/json", "accept-encoding": "gzip, deflate"}
        self._headers |= {name.lower(): value for name, value in (headers or {}).items()}
        self._busy_lock = threading.Lock()
        self._busy: dict[str | None, int] = {}

    def call(
        self,
        operation: str | Operation,
        *,
        path: Mapping[str, object] | None = None,
        query: Query = "",
        headers: Headers = (),
        json: Any = UNSET,
        content: bytes | None = None,
        media_type: str | None = None,
        credential: Credential = "main",
        intent: str = "story",
        why: str = "",
    ) -> Reply:
        """Call an operation. `path` fills the template (percent-encoded here), `json` or `content` is the body.

        Raises NotAllowed or LimitReached instead of sending what profile or limits forbid. A lost connection is no
        exception: the reply then has no status.
        """
        op = operation if isinstance(operation, Operation) else self.contract.operation(operation)
        filled = op.path
        for name, value in (path or {}).items():
            filled = filled.replace("{" + name + "}", quote(str(value), safe=""))
        if json is not UNSET:
            content = orjson.dumps(json)
            media_type = media_type or "application/json"
        return self.send(
            op.method,
            filled,
            operation=op,
            query=query,
            headers=headers,
            content=content,
            media_type=media_type,
            credential=credential,
            intent=intent,
            why=why,
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        operation: Operation | None = None,
        query: Query = "",
        headers: Headers = (),
        content: bytes | None = None,
        media_type: str | None = None,
        credential: Credential = "main",
        intent: str = "probe",
        why: str = "",
        case: str | None = None,
    ) -> Reply:
        """Send a request below the base URL; `path` and a text `query` go out as they are.

        Without an operation, anything but a GET, HEAD or OPTIONS counts as a write.
        """
        effect = operation.effect if operation else "read" if method in _SAFE_METHODS else "write"
        self.gate.check(operation.id if operation else None, effect)
        return self._deliver(
            WireRequest(
                method,
                f"{self.base_url}{path}{_question(query)}",
                self._wire_headers(headers, media_type if content is not None else None, credential),
                content or b"",
            ),
            operation=operation.id if operation else None,
            credential=credential,
            intent=intent,
            why=why,
            case=case,
        )

    def beside(self, method: str, address: str, *, query: Query = "", json: Any = UNSET, why: str = "") -> Reply:
        """Speak to a sandbox beside its API: `address` is relative to the base URL, and no key goes along.

        Raises NotAllowed where nothing may be written.
        """
        self.gate.check(None, "write")
        content = None if json is UNSET else orjson.dumps(json)
        headers = self._wire_headers((), None if content is None else "application/json", "none")
        url = urljoin(f"{self.base_url}/", address) + _question(query)
        request = WireRequest(method, url, headers, content or b"")
        return self._deliver(request, operation=None, credential="none", intent="sandbox", why=why, case=None)

    def _deliver(
        self,
        request: WireRequest,
        *,
        operation: str | None,
        credential: Credential,
        intent: str,
        why: str,
        case: str | None,
    ) -> Reply:
        draft = Exchange(
            id="",
            test=self.test,
            operation=operation,
            intent=intent,
            request=SentRequest(
                request.method,
                self._redactor.url(request.url),
                self._redactor.headers(request.headers),
                self._redactor.body(request.body),
            ),
            response=None,
            started=0.0,
            elapsed=0.0,
            credential=credential,
            case=case,
            why=self._redactor.text(why) if why else "",
            lane=current_lane(),
        )
        creates = operation == "createMember" and credential in ("main", "second")
        return self._send_patiently(request, draft, creates=creates)

    def _send_patiently(self, request: WireRequest, draft: Exchange, *, creates: bool) -> Reply:
        attempts = 1 if self._is_hopeless(draft.operation) else self._back_off.attempts
        attempt = 1
        while True:
            again = draft if attempt == draft.attempt else replace(draft, attempt=attempt)
            reply = self._send_once(request, again, creates=creates)
            lost = reply.exchange.fault in ("closed", "refused") and attempt < self._back_off.over_lost
            if not (lost or (reply.busy and attempt < attempts)):
                break
            self.clock.wait(self._back_off.delay(attempt, reply.header("retry-after")))
            attempt += 1
        if reply.busy:
            with self._busy_lock:
                self._busy[draft.operation] = self._busy.get(draft.operation, 0) + 1
        return reply

    def _is_hopeless(self, operation: str | None) -> bool:
        """Whether an operation was busy so often that waiting for it again would only cost time."""
        return self._busy.get(operation, 0) >= 3

    def _send_once(self, request: WireRequest, draft: Exchange, *, creates: bool) -> Reply:
        self.pacing.before_request(creates=creates)
        name = self._recorder.next_id()
        started, clock = time.time(), time.perf_counter()
        live: WireResponse | None = None
        fault, why, kept = None, draft.why, None
        try:
            live = self._transport.send(request)
            kept = live.kept
        except TransportFault as problem:
            kept = problem.kept
            fault, why = problem.kind, self._redactor.text(f"{draft.why} ({problem})" if draft.why else str(problem))
        elapsed = time.perf_counter() - clock
        if creates and (live is None or live.status != 201):
            self.pacing.nothing_was_created()
        exchange = kept or replace(
            draft,
            id=name,
            started=round(started, 6),
            elapsed=round(elapsed, 6),
            fault=fault,
            why=why,
            response=None
            if live is None
            else ReceivedResponse(
                live.status, self._redactor.headers(live.headers), self._redactor.body(live.body), live.http_version
            ),
        )
        self._recorder.record(exchange)
        return Reply(exchange, live)

    def _wire_headers(
        self, extra: Headers, media_type: str | None, credential: Credential
    ) -> tuple[tuple[bytes, bytes], ...]:
        headers = dict(self._headers)
        if media_type is not None:
            headers["content-type"] = media_type
        key = self.keys.of(credential)
        if key is not None:
            headers["x-api-key"] = key
        added = list(extra.items()) if isinstance(extra, Mapping) else list(extra)
        replaced = {name.lower() for name, _ in added}
        kept = [(name, value) for name, value in headers.items() if name not in replaced]
        return tuple((name.encode("latin-1"), value.encode("utf-8")) for name, value in kept + added)


_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def _question(query: Query) -> str:
    if not isinstance(query, str):
        pairs = query.items() if isinstance(query, Mapping) else query
        query = urlencode([(name, str(value)) for name, value in pairs], quote_via=quote)
    return f"?{query}" if query else ""


__all__ = ["BUSY_STATUSES", "UNSET", "BackOff", "Keys", "Target"]
