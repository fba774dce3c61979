"""A run as its evidence has it, attempt by attempt, ready to be run again over the replaying transport."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from pathlib import Path

from oip_conformance.evidence import (
    EVIDENCE_NAME,
    Attempt,
    EvidenceFile,
    Exchange,
    load_attempts,
    load_recorded_contract,
    load_recording,
)

Recorded = tuple[Attempt, list[Exchange]]


class Rerun:
    """The recording of a run directory. `turn` hands out the attempts at a test, each once, in their order."""

    def __init__(self, directory: Path) -> None:
        self.recording = load_recording(directory)
        self.profile = self.recording.load_profile()
        self.contract = load_recorded_contract(directory)
        attempts = load_attempts(directory)
        self._general = frozenset(one.test for one in attempts if one.general)
        self._unclaimed = set(self._general)
        self._following = _following(attempts)
        self._waiting = _by_test(attempts, EvidenceFile(directory / EVIDENCE_NAME))

    def only_sent(self, test: str) -> bool:
        """Whether the run has an attempt at a test that only sends."""
        self._unclaimed.discard(test)
        return test in self._general

    def attempted(self, test: str) -> bool:
        """Whether there is an attempt at a test that is still to be handed out."""
        return bool(self._waiting.get(test))

    def turn(self, test: str) -> Recorded | None:
        """The next recorded attempt at a test, with its exchanges as they ended; None when there is none."""
        waiting = self._waiting.get(test)
        return waiting.popleft() if waiting else None

    def following(self, attempt: Attempt) -> Attempt | None:
        """The attempt that its process began after this one; None when it was the last."""
        return self._following.get(attempt)

    @property
    def left(self) -> list[str]:
        """The tests that were attempted more often than they were run again, or that nobody has."""
        return sorted({*self._unclaimed, *(test for test, waiting in self._waiting.items() if waiting)})


def number_of(exchange_id: str) -> tuple[str, int]:
    """The recording process and the serial number in an exchange's id."""
    worker, _, number = exchange_id.rpartition("-")
    return worker, int(number) if number.isdigit() else -1


def _following(attempts: list[Attempt]) -> dict[Attempt, Attempt]:
    last: dict[str, Attempt] = {}
    found: dict[Attempt, Attempt] = {}
    for attempt in attempts:
        if attempt.worker in last:
            found[last[attempt.worker]] = attempt
        last[attempt.worker] = attempt
    return found


def _by_test(attempts: list[Attempt], evidence: EvidenceFile) -> dict[str, deque[Recorded]]:
    """What each test has to be asked again. Tests under the general rules alone are judged without asking, and what the run
    cut off came to nothing."""
    of_worker: dict[str, list[Recorded]] = defaultdict(list)
    for attempt in attempts:
        of_worker[attempt.worker].append((attempt, []))
    begins = {worker: [one.after for one, _ in recorded] for worker, recorded in of_worker.items()}
    for exchange in evidence.of_stories({one.test for one in attempts if one.general}):
        worker, number = number_of(exchange.id)
        place = bisect_left(begins.get(worker, []), number) - 1
        if place >= 0 and not of_worker[worker][place][0].general:
            of_worker[worker][place][1].append(exchange)
    by_test: dict[str, deque[Recorded]] = defaultdict(deque)
    for recorded in of_worker.values():
        for attempt, exchanges in recorded:
            if attempt.ended and not attempt.general:
                by_test[attempt.test].append((attempt, exchanges))
    return by_test
