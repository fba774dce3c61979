"""How a run goes, for whoever watches: one moving line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

PLAIN_EVERY = 10.0
"""Seconds between two lines where no terminal shows a moving one."""


class ProgressListener:
    """A pytest plugin that shows progress on `console` and keeps what pytest itself could not run."""

    def __init__(self, console: Console, label: str) -> None:
        self._console = console
        self._label = label
        self.done = self.total = self._failed = 0
        self._last = time.monotonic()
        self._bar: Progress | None = None
        self.collection_errors: list[str] = []
        self.crashes: list[str] = []

    @property
    def errors(self) -> list[str]:
        """What pytest itself could not run."""
        return [*self.collection_errors, *self.crashes]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """The number of tests is known."""
        self._start(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        """A worker knows the number of tests."""
        self._start(len(ids))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module of the suite that cannot be read is an error of the suite."""
        if report.failed:
            self.collection_errors.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1:]}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a test ended."""
        if report.failed:
            self._failed += 1
        if report.when == "teardown":
            self.done += 1
            self._show()

    def pytest_internalerror(self, excrepr: object) -> None:
        """Pytest or a plugin failed; the run is an error of the suite."""
        self.crashes.append(str(excrepr).strip().splitlines()[-1])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        """A worker process went away."""
        if error:
            self.crashes.append(f"a worker process ended: {error}")

    def pytest_sessionfinish(self) -> None:
        """The tests are over."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _start(self, total: int) -> None:
        if self.total:
            return
        self.total = total
        if self._console.is_terminal and total:
            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("[red]{task.fields[failed]}"),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._bar.add_task(self._label, total=total, failed="")
            self._bar.start()

    def _show(self) -> None:
        failed = f"{self._failed} failed" if self._failed else ""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self.done, failed=failed)
        elif time.monotonic() - self._last > PLAIN_EVERY:
            self._last = time.monotonic()
            self._console.print(f"{self._label}: {self.done} of {self.total} tests{', ' + failed if failed else ''}")
