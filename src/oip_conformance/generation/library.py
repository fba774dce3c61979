"""The library of cases for one run: from the store where they are, drawn in separate processes where they are not.

Drawing is slow and sending waits for nothing: `prefetch` starts drawing in the background, and whoever asks for the
cases of one operation waits for that operation alone, which is then drawn next.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError, Future
from typing import IO, TypeAlias

import orjson

from oip_conformance.contract import Contract, Operation
from oip_conformance.generation.case import Case
from oip_conformance.generation.digest import request_digest
from oip_conformance.generation.plan import SHIPPED_SEED, Level, Plan, plan_for
from oip_conformance.generation.store import CaseStore

_Part: TypeAlias = tuple[str, Level, int]
"""What is stored and drawn as one: the cases of an operation at a level for a seed."""

Progress = Callable[[str, int], None]
"""Called with an operation's id and the number of its cases when they have been drawn; from another thread."""


DRAWN_BY_ONE = 50
"""So many tasks a process draws before another takes its place: what Hypothesis and Schemathesis remember grows with each."""


class DrawingFailed(Exception):
    """GEN-04: the process that draws cases ended before it was done."""

    code = "GEN-04"

    def __init__(self, operation: str, last_words: str) -> None:
        super().__init__(f"the cases of {operation} could not be drawn: {last_words or 'the process ended'}")
        self.hint = "check that `contract validate` finds the contract valid"


class Library:
    """The cases of a contract at one level for one seed. Safe to use from many threads; close it when done."""

    def __init__(
        self,
        contract: Contract,
        level: Level,
        seed: int,
        *,
        store: CaseStore | None = None,
        processes: int = 2,
        progress: Progress | None = None,
    ) -> None:
        self.contract, self.level, self.seed = contract, level, seed
        self._store = store or CaseStore()
        self._progress = progress
        self._processes = processes
        self._wanted = threading.Condition()
        self._queue: deque[_Part] = deque()
        self._results: dict[_Part, Future[list[Case]]] = {}
        self._threads: list[threading.Thread] = []
        self._workers: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prefetch(self, operations: Iterable[Operation] | None = None) -> None:
        """Start drawing what the store does not have."""
        for operation in operations if operations is not None else self.contract.operations.values():
            self._order(operation)

    def cases(self, operation: Operation) -> list[Case]:
        """The cases of an operation: the shipped ones, then the fresh ones of the run's seed; each request once.

        Waits until they are drawn, and holds none of them afterwards: a long run asks for more than fit into memory.
        Raises DrawingFailed or StoreError.
        """
        found: dict[str, Case] = {}
        for part, drawn in self._order(operation, urgent=True).items():
            try:
                cases = drawn.result()
            except CancelledError:
                raise DrawingFailed(operation.id, "the run was stopped") from None
            for case in cases:
                found.setdefault(case.id, case)
            with self._wanted:
                self._results.pop(part, None)
        return [case for case in found.values() if not self._is_supported_after_all(operation, case)]

    def close(self) -> None:
        """Stop drawing and end the processes that were started for it."""
        with self._wanted:
            self._closed = True
            for part in self._queue:
                self._results[part].cancel()
            self._queue.clear()
            self._wanted.notify_all()
            for worker in self._workers:
                worker.kill()
        for thread in self._threads:
            thread.join()

    def _is_supported_after_all(self, operation: Operation, case: Case) -> bool:
        """Whether a method that was no operation's when the case was drawn is one now."""
        return case.method != operation.method and case.method in self.contract.methods_of(case.path)

    def _order(self, operation: Operation, *, urgent: bool = False) -> dict[_Part, Future[list[Case]]]:
        """The parts that are not at hand, ordered from the drawing threads; the urgent ones first, and all of them."""
        ordered: dict[_Part, Future[list[Case]]] = {}
        digest = request_digest(self.contract, operation)
        with self._wanted:
            for part in self._parts(operation):
                if part in self._results:
                    ordered[part] = self._results[part]
                    if urgent and part in self._queue:
                        self._queue.remove(part)
                        self._queue.appendleft(part)
                    continue
                if not urgent and self._store.has(digest, part[1], part[2]):
                    continue
                stored = self._store.find(digest, part[1], part[2])
                result = ordered[part] = self._results[part] = Future()
                if stored is not None:
                    result.set_result(stored)
                    continue
                self._queue.appendleft(part) if urgent else self._queue.append(part)
                self._start_a_thread()
            self._wanted.notify_all()
        return ordered

    def _parts(self, operation: Operation) -> list[_Part]:
        """What is stored for an operation: deep runs stand on the standard cases."""
        shared: Level = "standard" if self.level == "deep" else self.level
        parts: list[_Part] = [(operation.id, shared, SHIPPED_SEED)]
        if self.seed != SHIPPED_SEED and plan_for(operation, self.level, self.seed) != Plan():
            parts.append((operation.id, self.level, self.seed))
        return parts

    def _start_a_thread(self) -> None:
        if len(self._threads) < self._processes and not self._closed:
            thread = threading.Thread(target=self._draw_until_closed, name="drawing", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _draw_until_closed(self) -> None:
        worker: _Worker | None = None
        while (part := self._next()) is not None:
            result = self._results[part]
            if not result.set_running_or_notify_cancel():
                continue
            try:
                worker = worker or _Worker(self.contract, self._workers, self._wanted)
                cases = worker.draw(*part)
            except DrawingFailed as problem:
                worker = None
                result.set_exception(problem)
                continue
            if worker.drawn >= DRAWN_BY_ONE:
                worker.close()
                worker = None
            operation = self.contract.operation(part[0])
            self._store.keep(request_digest(self.contract, operation), part[1], part[2], cases)
            result.set_result(cases)
            if self._progress is not None:
                self._progress(part[0], len(cases))
        if worker is not None:
            worker.close()

    def _next(self) -> _Part | None:
        with self._wanted:
            while not self._queue and not self._closed:
                self._wanted.wait()
            return None if self._closed else self._queue.popleft()


class _Worker:
    """A running `oip_conformance.generation.worker`, and how many tasks it has drawn."""

    def __init__(self, contract: Contract, running: set[subprocess.Popen[bytes]], lock: threading.Condition) -> None:
        self._running, self._lock = running, lock
        self._last_words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the process)
        with lock:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "oip_conformance.generation.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._last_words,
                env=os.environ | {"PYTHONHASHSEED": "0"},
            )
            running.add(self._process)
        self._greeting = orjson.dumps(contract.document) + b"\n"
        self.drawn = 0

    def draw(self, operation: str, level: Level, seed: int) -> list[Case]:
        """The cases of one operation. Raises DrawingFailed when the process ends instead of answering."""
        task = orjson.dumps({"operation": operation, "level": level, "seed": seed}) + b"\n"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(self._greeting + task)
            self._process.stdin.flush()
            self._greeting = b""
            answer = self._process.stdout.readline()
        except OSError:
            answer = b""
        if not answer.endswith(b"\n"):
            self.close()
            raise DrawingFailed(operation, self._said())
        self.drawn += 1
        return [Case.from_json(record) for record in orjson.loads(answer)["cases"]]

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._running.discard(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self._process.kill()
        self._process.wait()

    def _said(self) -> str:
        self._last_words.seek(0)
        lines: Sequence[bytes] = self._last_words.read().splitlines()
        return lines[-1].decode("utf-8", "replace") if lines else ""


def cases_for(contract: Contract, operation: Operation, level: Level, seed: int) -> list[Case]:
    """The cases of one operation, drawn now if they are not stored. For a whole run keep one Library instead."""
    with Library(contract, level, seed, processes=1) as library:
        return library.cases(operation)


def prefetch(
    contract: Contract,
    level: Level,
    seed: int,
    *,
    store: CaseStore | None = None,
    processes: int = 2,
    progress: Progress | None = None,
) -> Library:
    """A library that is already drawing what it does not have."""
    library = Library(contract, level, seed, store=store, processes=processes, progress=progress)
    library.prefetch()
    return library
