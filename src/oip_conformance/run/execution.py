"""Running the suite: pytest in this process, or over several, with nothing of the user's own pytest in the way."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from oip_conformance import pytest_plugin
from oip_conformance.resources import suite_directory
from oip_conformance.session import Settings
from oip_conformance.session.settings import VARIABLE

PLUGINS = ("oip_conformance.pytest_plugin", "xdist.plugin", "xdist.looponfail")
"""What pytest loads by name in each of several processes."""

UNUSED = (
    *("cacheprovider", "doctest", "faulthandler", "junitxml", "logging", "pastebin", "setuponly", "setupplan"),
    *("stepwise", "threadexception", "unittest", "unraisableexception"),
)
"""Parts of pytest that a run has no use for: some do as much for every test as a request costs, and the last of them ends
every run with five searches of all memory."""


def run_suite(settings: Settings, listener: object, *, collect_only: bool = False) -> int:
    """Run the suite as the settings say; returns pytest's exit code. `listener`, a pytest plugin, hears how it goes.

    With `collect_only` the tests are found and none is run.

    An interrupt ends the run in order: what was recorded is kept, and the code is pytest's for an interrupted run.
    """
    suite = suite_directory()
    arguments = [
        *(str(path) for path in files_for(settings, suite)),
        f"--rootdir={suite}",
        f"--confcutdir={suite}",
        f"--config-file={suite / 'pytest.ini'}",
        "--import-mode=importlib",
        *(f"-pno:{name}" for name in UNUSED),
        "--capture=sys",
        "--tb=native",
        "--assert=plain",  # a failure says itself what was expected; rewriting takes seconds where nothing may be kept
    ]
    plugins = [listener]
    if settings.workers > 1:
        arguments += [f"-p{name}" for name in PLUGINS]
        arguments += [f"--numprocesses={settings.workers}", "--dist=worksteal", "--max-worker-restart=0"]
    else:
        plugins.append(pytest_plugin)  # by name it would be looked for among all that is installed
    if collect_only:
        arguments += ["--collect-only", "--quiet"]
    environment = {**settings.to_environment(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    with _environment(environment), contextlib.redirect_stdout(io.StringIO()):
        return int(pytest.main(arguments, plugins=plugins))


def files_for(settings: Settings, suite: Path) -> list[Path]:
    """Where the tests are that a run asks for: the whole suite, the files of the tests it names, or those that name one of
    its requirements.

    Reading in all tests takes longer than most runs of a single requirement. Files with tests of everything that is sent
    are always among them, since a requirement may be judged on every exchange.
    """
    if settings.tests:
        return [suite / name for name in dict.fromkeys(test.partition("::")[0] for test in settings.tests)]
    only = settings.only
    if not only or not all(name.startswith("OIP-") for name in only):
        return [suite]
    return [path for path, names in _named_in(suite) if not names or names & set(only)] or [suite]


@cache
def _named_in(suite: Path) -> list[tuple[Path, frozenset[str]]]:
    """The files with tests, and the requirements that each names."""
    return [
        (path, frozenset(re.findall(r'"(OIP-[A-Z]+-\d+)"', path.read_text(encoding="utf-8"))))
        for path in sorted(suite.rglob("test_*.py"))
    ]


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (*values, VARIABLE)}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
