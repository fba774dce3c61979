"""What a run would consist of: the tests that pytest collects for its settings, with nothing sent."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace

import pytest

from oip_conformance.pytest_plugin import conductor_of, is_conformance
from oip_conformance.pytest_plugin.selection import name_of
from oip_conformance.run.execution import run_suite
from oip_conformance.run.problems import RunProblem
from oip_conformance.session import Settings
from oip_conformance.verdict.state import ExitCode


@dataclass(frozen=True)
class CollectedTest:
    """One test of a run: the operation whose cases it sends, if it does, and the requirements that it judges by itself."""

    name: str
    operation: str | None
    requirements: tuple[str, ...]


@dataclass(frozen=True)
class Collection:
    """The tests of a run, and the requirements that they and the general rules judge."""

    tests: tuple[CollectedTest, ...] = ()
    requirements: frozenset[str] = frozenset()

    @property
    def operations(self) -> list[str]:
        """The operations that are sent cases."""
        return [test.operation for test in self.tests if test.operation]

    @property
    def stories(self) -> list[str]:
        """The tests that tell a story, whole sequences included."""
        return [test.name for test in self.tests if not test.operation]


class _Listener:
    """Keeps what pytest collects, and what it could not."""

    def __init__(self) -> None:
        self.found = Collection()
        self.errors: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module of the suite that cannot be read is an error of the suite."""
        if report.failed:
            self.errors.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1:]}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """All items of the run are known."""
        ours = [item for item in session.items if is_conformance(item)]
        selection = conductor_of(session.config).selection
        tests = tuple(
            CollectedTest(name_of(item), _operation_of(item), tuple(one.id for one in selection.requirements_of(item)))
            for item in ours
        )
        judged = {name for test in tests for name in test.requirements}
        self.found = Collection(tests, frozenset(judged | selection.general()) if ours else frozenset())


def collect(settings: Settings) -> Collection:
    """The tests of a run with these settings. Raises RunProblem RUN-11 when the suite itself cannot be read."""
    listener = _Listener()
    with tempfile.TemporaryDirectory(prefix="oip-conformance-") as workplace:
        code = run_suite(replace(settings, directory=workplace, workers=1), listener, collect_only=True)
    if listener.errors or code in (3, 4):
        raise RunProblem(
            "RUN-11",
            f"the suite cannot be read: {'; '.join(listener.errors) or f'pytest ended with {code}'}.",
            "Install oip-conformance again.",
            ExitCode.SUITE_ERROR,
        )
    return listener.found


def _operation_of(item: pytest.Item) -> str | None:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return parameters.get("operation") if item.get_closest_marker("general") else None
