"""The doctor's hands: reads of the contract and OPTIONS, one at a time, each kept for showing; it cannot write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import orjson

from oip_conformance import __version__
from oip_conformance.contract import Contract, Operation
from oip_conformance.generation.sample import sample_of
from oip_conformance.target.reply import BUSY_STATUSES
from oip_conformance.target.transport import LiveTransport, TransportFault, WireRequest, WireResponse

NOBODY = str(UUID(int=0))
"""An id in the form of the samples that names nothing."""

NOWHERE = "/there-is-no-such-path-b7c1"
"""A path that no API has."""

PATIENCE = 3.0
"""Seconds for one answer: the doctor is asked for a quick word."""
LAST_PATIENCE = 0.5
"""Seconds for an answer to a question that is still asked when the time is up."""


@dataclass(frozen=True)
class Probed:
    """One question and its answer. `answer` is None when none came, and `fault` then says why.

    `milliseconds` is the time to the whole answer. The path is as sent, without host and without any key.
    """

    method: str
    path: str
    operation: str | None
    answer: WireResponse | None
    milliseconds: float
    fault: str = ""
    said: str = ""

    @property
    def status(self) -> int | None:
        """The HTTP status, None when no answer came."""
        return self.answer.status if self.answer else None

    @property
    def busy(self) -> bool:
        """Whether a system behind the target could not answer."""
        return self.status in BUSY_STATUSES

    @property
    def media_type(self) -> str:
        """The content type without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def json(self) -> Any:
        """The body as JSON, None when it is none."""
        try:
            return orjson.loads(self.answer.body) if self.answer else None
        except ValueError:
            return None

    def header(self, name: str) -> str:
        """The first value of a header, empty when there is none."""
        wanted = name.lower().encode()
        headers = self.answer.headers if self.answer else ()
        return next((value.decode("latin-1") for key, value in headers if key.lower() == wanted), "")

    def __str__(self) -> str:
        what = f"{self.status} {self.media_type}".rstrip() if self.answer else self.said or self.fault
        return f"{self.method} {self.path} -> {what} ({self.milliseconds:.0f} ms)"


class Probe:
    """Asks a target harmless questions, and `tell`s each when it is answered. `deadline` seconds after its making it asks
    nothing more, and waits for nothing.

    Only operations whose effect is a read are asked, by GET; their parameters name nobody and nothing.
    """

    def __init__(
        self,
        url: str,
        contract: Contract,
        *,
        key: str | None,
        headers: Mapping[str, str] | None = None,
        verify_tls: bool = True,
        patience: float = PATIENCE,
        deadline: float | None = None,
        tell: Callable[[Probed], None] = lambda _: None,
    ) -> None:
        self.url = url.rstrip("/")
        self.contract = contract
        self.key = key
        self.asked: list[Probed] = []
        self._tell = tell
        self._headers = {"accept": "application/json", "accept-encoding": "gzip, deflate", **(headers or {})}
        self._headers["user-agent"] = f"oip-conformance/{__version__}"
        self._ends = None if deadline is None else time.monotonic() + deadline
        self._resources = ExitStack()
        self._transport = LiveTransport(self.url, timeout=patience, connections=4, verify_tls=verify_tls)
        self._resources.callback(self._transport.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()

    @property
    def has_time(self) -> bool:
        """Whether another question may be asked."""
        return self._ends is None or time.monotonic() < self._ends

    def read(
        self,
        operation: Operation,
        *,
        key: str | None = None,
        path: Mapping[str, str] | None = None,
        query: str = "",
    ) -> Probed:
        """Read an operation with parameters that name nobody, unless others are given. Raises ValueError for writes."""
        if not can_be_read(operation):
            raise ValueError(f"{operation.id} does more than read")
        filled, question = self.fill(operation, operation.path, path), query
        if not question:
            needed = [one for one in operation.parameters if one.location == "query" and one.required]
            question = "&".join(f"{one.name}={_plain(one.name, one.schema)}" for one in needed)
        return self._ask("GET", filled + (f"?{question}" if question else ""), operation.id, key or self.key)

    def options(self, path: str) -> Probed:
        """Ask which methods a path knows."""
        return self._ask("OPTIONS", path, None, self.key)

    def ask_path(self, path: str) -> Probed:
        """GET a path that is no operation of the contract."""
        return self._ask("GET", path, None, self.key)

    def without_key(self, operation: Operation) -> Probed:
        """Read an operation without any key."""
        return self._ask("GET", self.fill(operation, operation.path), operation.id, None)

    def fill(self, operation: Operation, path: str, given: Mapping[str, str] | None = None) -> str:
        """A path with the parameters of an operation filled in: the given ones, else such as name nobody."""
        for one in operation.parameters:
            if one.location == "path":
                value = (given or {}).get(one.name) or _plain(one.name, one.schema)
                path = path.replace("{" + one.name + "}", value)
        return path

    def _ask(self, method: str, path: str, operation: str | None, key: str | None) -> Probed:
        headers = {**self._headers, **({"x-api-key": key} if key else {})}
        wire = tuple((name.lower().encode("latin-1"), value.encode("utf-8")) for name, value in headers.items())
        began = time.perf_counter()
        answer, fault, said = None, "", ""
        try:
            answer = self._transport.send(WireRequest(method, f"{self.url}{path}", wire), seconds=self._left())
        except TransportFault as problem:
            fault, said = problem.kind, str(problem)
        probed = Probed(method, path, operation, answer, (time.perf_counter() - began) * 1000, fault, said)
        self.asked.append(probed)
        self._tell(probed)
        return probed

    def _left(self) -> float | None:
        return None if self._ends is None else max(LAST_PATIENCE, self._ends - time.monotonic())


def can_be_read(operation: Operation) -> bool:
    """Whether asking this operation reads and does nothing else."""
    return operation.effect == "read" and operation.method == "GET"


def _plain(name: str, schema: Mapping[str, Any]) -> str:
    """A value for a parameter that names nobody: a number that is nobody's, a time long ago, or an id of zeros."""
    if "phone" in name.lower():
        return "%2B4700000000"
    if "timestamp" in name.lower():
        return "20990101T0000"
    value = sample_of(schema) if schema.get("type") in ("integer", "number", "boolean") else NOBODY
    return str(value)


def signature(probed: Probed) -> object:
    """What an answer looks like apart from the path it may repeat: equal for all paths that are not there."""
    value = probed.json
    if not isinstance(value, dict):
        return probed.status, probed.media_type
    return probed.status, value.get("code"), value.get("message"), _without_paths(value.get("detailedErrorMessage"))


def _without_paths(detail: Any) -> str:
    return "" if detail is None else " ".join(word for word in str(detail).split() if "/" not in word)


def without_query(location: str) -> str:
    """Where a redirect leads, without what may be secret there."""
    return location.partition("?")[0][:120] or "nowhere"
