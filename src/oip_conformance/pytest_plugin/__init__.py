"""The suite as a pytest plugin: binds profile, contract, target and recorder to pytest, and turns tests into outcomes.

It does nothing in a pytest run that collects no conformance test. `oip-conformance certify` hands it the settings of
a run; plain pytest makes them from its own options:

    pytest tests/conformance --oip-profile FILE [--oip-target URL] [--oip-level smoke|standard|deep] [--oip-seed N]
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from oip_conformance.contract import Contract
    from oip_conformance.profile import Profile
    from oip_conformance.pytest_plugin.conductor import Conductor
    from oip_conformance.scenario.members import Member
    from oip_conformance.scenario.oip import Oip

_KEY: pytest.StashKey[Conductor] = pytest.StashKey()

MARKERS = (
    "requirement(*ids): the requirements that the test judges",
    "general: the test only sends; the general rules judge its exchanges",
    "level(name): the test runs at this level and deeper (default smoke)",
    "needs(*operations): operations that the test calls beside those of its requirement",
    "once: what the test shows is a fact and needs no second try",
    "browser: the test drives headless Chromium",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options under which plain pytest runs the suite."""
    group = parser.getgroup("oip", "OIP conformance")
    group.addoption(
        "--oip-profile", metavar="FILE", help="the profile to test (default: the embedded reference server)"
    )
    group.addoption("--oip-target", metavar="URL", help="the target's base URL, instead of the profile's")
    group.addoption("--oip-level", choices=("smoke", "standard", "deep"), default="smoke", help="how deep to test")
    group.addoption("--oip-seed", type=int, default=0, metavar="N", help="seed of everything that is drawn")
    group.addoption("--oip-class", action="append", default=[], metavar="NAME", help="only this conformance class")
    group.addoption("--oip-only", action="append", default=[], metavar="ID", help="only this requirement or operation")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


def conductor_of(config: pytest.Config) -> Conductor:
    """The conductor of this process, made when the first conformance test is collected."""
    found = config.stash.get(_KEY, None)
    if found is None:
        from oip_conformance.pytest_plugin.conductor import Conductor

        found = config.stash[_KEY] = Conductor(config)
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item an operation, for tests that take an `operation`."""
    if "operation" in metafunc.fixturenames and metafunc.definition.get_closest_marker("general"):
        names = conductor_of(metafunc.config).operations()
        metafunc.parametrize("operation", names, ids=names)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the conformance tests of the run's level, classes and selection."""
    ours = [item for item in items if is_conformance(item)]
    if not ours:
        return
    dropped = conductor_of(config).deselect(ours)
    items[:] = in_order(item for item in items if item not in dropped)
    if dropped:
        config.hook.pytest_deselected(items=sorted(dropped, key=lambda item: item.nodeid))


def pytest_runtestloop(session: pytest.Session) -> None:
    """Have the cases of the tests drawn while the stories are told."""
    ours = [item for item in session.items if is_conformance(item)]
    if ours and not session.config.option.collectonly:
        conductor_of(session.config).draw_ahead(ours)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a conformance test, once more with fresh data when it fails, and write down its outcomes."""
    if not is_conformance(item):
        return None
    from oip_conformance.pytest_plugin.attempts import run_with_attempts

    run_with_attempts(conductor_of(item.config), item, nextitem)
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """Tell the conductor how a conformance test ended, and keep the report free of secrets."""
    result = yield
    if is_conformance(item):
        report = result.get_result()
        conductor_of(item.config).note(item, call, report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down what the rules say, and end what was started."""
    found = session.config.stash.get(_KEY, None)
    if found is not None:
        found.finish()


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Stories first, then what is drawn, which is ready by then."""
    return sorted(items, key=lambda item: item.get_closest_marker("general") is not None)


def is_conformance(item: pytest.Item) -> bool:
    """Whether an item is a conformance test."""
    return item.get_closest_marker("requirement") is not None or item.get_closest_marker("general") is not None


@pytest.fixture
def oip(request: pytest.FixtureRequest) -> Oip:
    """The words in which a conformance test is written, said with the main key."""
    return conductor_of(request.config).session.oip


@pytest.fixture
def member(oip: Oip) -> Member:
    """A fresh synthetic customer of the target."""
    return oip.create_member()


@pytest.fixture
def profile(request: pytest.FixtureRequest) -> Profile:
    """The profile of the run."""
    return conductor_of(request.config).session.profile


@pytest.fixture
def contract(request: pytest.FixtureRequest) -> Contract:
    """The contract of the run."""
    return conductor_of(request.config).session.contract


@pytest.fixture
def run_seed(request: pytest.FixtureRequest) -> int:
    """The seed of the run, from which everything random in a test follows."""
    return conductor_of(request.config).session.settings.seed
