"""The laboratory: carries out trials, each in a fresh process, and ends one that takes too long.

A process that has run pytest once cannot run it again as if it were the first time, and importing everything for each
run would take longer than most runs. So a warm process is kept, and every trial is a fork of it.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
import types
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.process import BaseProcess
from pathlib import Path

import orjson

from oip_conformance.detection.trial import ANSWER, Order, Sighting, perform, scratch
from oip_conformance.session import Level

DEADLINES: dict[Level, float] = {"smoke": 180.0, "standard": 600.0, "deep": 3600.0}
"""Seconds after which a trial of a level is ended; a sound server takes a tenth of it."""

_PRELOADED = ("oip_reference.warm", "oip_conformance.detection.trial", "oip_conformance.detection.warm")
"""Modules that the warm process imports; the last of them reads what every trial reads."""


class Laboratory:
    """Carries out trials; remembers those of the sound server, which are the same every time. Safe to use from threads."""

    def __init__(self) -> None:
        self._start = _warm_start()
        self._lock = threading.Lock()
        self._sound: dict[Order, Future[Sighting]] = {}
        self._closed = threading.Event()

    def carry_out(self, order: Order) -> Sighting:
        """Run one trial and wait for it."""
        if self._closed.is_set():
            return Sighting(problem="it was interrupted")
        with scratch() as directory:
            process = self._start(order, directory)
            if not self._ends(process, DEADLINES[order.level]):
                process.terminate()
                process.join(10)
                if process.exitcode is None:
                    process.kill()
                    process.join()
                late = f"the run was not over after {DEADLINES[order.level]:g} s"
                return Sighting(problem="it was interrupted" if self._closed.is_set() else late)
            try:
                return Sighting.from_json(orjson.loads(Path(directory, ANSWER).read_bytes()))
            except (OSError, ValueError):
                return Sighting(problem=f"the run ended without a result: {_last_line(Path(directory, 'said.txt'))}")

    def close(self) -> None:
        """End what is under way, and start nothing more: somebody does not want to wait for it."""
        self._closed.set()

    def _ends(self, process: BaseProcess, seconds: float) -> bool:
        """Whether a process ends within so many seconds, and before the laboratory is closed."""
        until = time.monotonic() + seconds
        while process.exitcode is None and not self._closed.is_set() and time.monotonic() < until:
            process.join(0.2)
        return process.exitcode is not None

    def sound(self, like: Order) -> Sighting:
        """What the sound server looks like in the same run."""
        order = like.on_the_sound_server()
        with self._lock:
            known = self._sound.get(order)
            awaited = self._sound.setdefault(order, Future())
        if known is None:
            try:
                awaited.set_result(self.carry_out(order))
            except BaseException as problem:
                awaited.set_exception(problem)
                raise
        return awaited.result()


def _warm_start() -> Callable[[Order, str], BaseProcess]:
    """How a trial's process is started: as a fork of a warm one, or from nothing where the system cannot fork."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        cold = multiprocessing.get_context("spawn")
        return lambda order, directory: _started(cold.Process(target=perform, args=(order, directory)))
    warm = multiprocessing.get_context("forkserver")
    warm.set_forkserver_preload(list(_PRELOADED))
    return lambda order, directory: _started(warm.Process(target=perform, args=(order, directory)))


_NOBODYS_MAIN = types.ModuleType("__main__")
_starting = threading.Lock()


def _started(process: BaseProcess) -> BaseProcess:
    """Starts a process that does not import this one's main module first: it has no use for the command line."""
    process.daemon = True
    with _starting:
        main, sys.modules["__main__"] = sys.modules["__main__"], _NOBODYS_MAIN
        try:
            process.start()
        finally:
            sys.modules["__main__"] = main
    return process


def _last_line(file: Path) -> str:
    try:
        return (file.read_text(encoding="utf-8").strip().splitlines() or ["it said nothing"])[-1]
    except OSError:
        return "it said nothing"
