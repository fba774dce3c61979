"""Whether the exchanges of a run belong together: none missing, none twice, all of this target and this time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urljoin

from oip_conformance.certificate.answer import Finding
from oip_conformance.evidence import Attempt, Exchange

_ID = re.compile(r"([A-Za-z0-9]+)-(\d{6,})", re.ASCII)
TOLERANCE = 2.0
"""Seconds that an exchange may lie outside the run, for rounding."""


class EvidenceScan:
    """Looks at exchanges in the order of the file. `window` is the time of the run in seconds since the epoch."""

    def __init__(self, attempts: Sequence[Attempt], url: str, window: tuple[float, float]) -> None:
        self._url = url.rstrip("/")
        self._origin = urljoin(f"{self._url}/", "/")
        self._window = window
        self._begins: dict[str, list[int]] = {}
        self._tests: dict[str, list[str]] = {}
        for attempt in attempts:
            self._begins.setdefault(attempt.worker, []).append(attempt.after)
            self._tests.setdefault(attempt.worker, []).append(attempt.test)
        self._numbers: dict[str, set[int]] = {}
        self._place: dict[str, int] = {}
        self._wrong: Counter[str] = Counter()
        self._shown: dict[str, str] = {}
        self._look_at(attempts)

    def add(self, exchange: Exchange) -> None:
        """Look at one exchange."""
        found = _ID.fullmatch(exchange.id)
        if found is None:
            self._note("exchange-id", f"an exchange has the id {exchange.id!r}")
            return
        worker, number = found.group(1), int(found.group(2))
        numbers = self._numbers.setdefault(worker, set())
        if number in numbers:
            self._note("exchange-twice", f"{exchange.id} is there twice")
        numbers.add(number)
        self._place_it(exchange, worker, number)
        if not self._is_of_the_target(exchange):
            self._note("other-target", f"{exchange.id} was sent to {exchange.request.url[:120]}")
        if not self._window[0] - TOLERANCE <= exchange.started <= self._window[1] + TOLERANCE:
            self._note("outside-the-run", f"{exchange.id} was sent outside the time of the run")

    def _look_at(self, attempts: Sequence[Attempt]) -> None:
        """Each process begins at the beginning, and goes on from there within the time of the run."""
        before: dict[str, Attempt] = {}
        for one in attempts:
            last = before.get(one.worker)
            follows = (
                (one.after, one.serial) == (0, 1)
                if last is None
                else one.after >= last.after
                and one.serial > last.serial
                and one.people >= last.people
                and (last.at - one.at).total_seconds() <= TOLERANCE
            )
            if not follows:
                self._note("attempts-order", f"the attempt at {one.test[:120]} does not follow the one before it")
            if not self._window[0] - TOLERANCE <= one.at.timestamp() <= self._window[1] + TOLERANCE:
                self._note("outside-the-run", f"the attempt at {one.test[:120]} began outside the time of the run")
            before[one.worker] = one

    def _is_of_the_target(self, exchange: Exchange) -> bool:
        url = exchange.request.url
        beside = exchange.intent == "sandbox" and url.startswith(self._origin)
        return beside or url == self._url or url.startswith((f"{self._url}/", f"{self._url}?"))

    def findings(self) -> list[Finding]:
        """What is wrong, once for each kind."""
        return list(self._findings())

    def _place_it(self, exchange: Exchange, worker: str, number: int) -> None:
        place = bisect_left(self._begins.get(worker, []), number) - 1
        if place < 0 or self._tests[worker][place] != exchange.test:
            self._note("other-test", f"{exchange.id} stands under a test that did not run then, {exchange.test[:120]}")
        elif place < self._place.get(worker, 0):
            self._note("out-of-order", f"{exchange.id} stands after exchanges of a later test")
        else:
            self._place[worker] = place

    def _findings(self) -> Iterator[Finding]:
        for code, count in self._wrong.items():
            more = f", and {count - 1} more like it" if count > 1 else ""
            yield Finding(code, f"In evidence {self._shown[code]}{more}.")
        gaps = [f"{worker}-{number:06d}" for worker, numbers in self._numbers.items() for number in _missing(numbers)]
        if gaps:
            yield Finding("exchange-missing", f"In evidence {len(gaps)} exchanges are missing, such as {gaps[0]}.")
        silent = sorted(
            worker
            for worker, begins in self._begins.items()
            if begins[-1] > 0 and max(self._numbers.get(worker, {0})) < begins[-1]
        )
        if silent:
            yield Finding(
                "exchange-missing-at-end", f"In evidence the last exchanges of {', '.join(silent)} are missing."
            )

    def _note(self, code: str, sentence: str) -> None:
        self._wrong[code] += 1
        self._shown.setdefault(code, sentence)


def _missing(numbers: Iterable[int]) -> list[int]:
    seen = set(numbers)
    return [number for number in range(1, max(seen, default=0)) if number not in seen][:1000]
