"""What the tests of the contract share: documents written to files, and the tools of other people."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.contract import Contract, ContractError, load_contract, standard_overlay_path

from .documents import Write

ROOT = Path(__file__).parents[3]


def node_tool(name: str) -> str | None:
    """A validator that npm installs: on the PATH, or in the node_modules of OIP_NODE_TOOLS or of the checkout."""
    folders = [Path(os.environ.get("OIP_NODE_TOOLS") or ROOT) / "node_modules" / ".bin", *os.get_exec_path()]
    return shutil.which(name, path=os.pathsep.join(map(str, folders)))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "external(tool): needs a tool that pip does not install; left out where it is not there"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test for a tool that is not there is not collected, and the end of the run says which."""
    wanted = {item: {mark.args[0] for mark in item.iter_markers("external")} for item in items}
    missing = {item: {tool for tool in tools if node_tool(tool) is None} for item, tools in wanted.items() if tools}
    left_out = [item for item, tools in missing.items() if tools]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        config.stash[_MISSING] = sorted(set().union(*missing.values()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if missing := config.stash.get(_MISSING, []):
        terminalreporter.write_line(
            f"left out, since not installed: tests with {', '.join(missing)} (npm install @redocly/cli @stoplight/spectral-cli)"
        )


_MISSING: pytest.StashKey[list[str]] = pytest.StashKey()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a document, or a text, to a file of a name; gives the file."""

    def written(name: str, content: Any) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return file

    return written


@pytest.fixture
def refused(write: Write) -> Callable[..., ContractError]:
    """The error with which a document, or a file, is refused."""

    def refusal(content: Any, *, overlays: list[Path] | None = None, **options: Any) -> ContractError:
        file = content if isinstance(content, Path) else write("contract.json", content)
        with pytest.raises(ContractError) as caught:
            load_contract(file, overlays or [], **options)
        assert caught.value.hint, "an error without a next step"
        return caught.value

    return refusal


@pytest.fixture(scope="module")
def standard() -> Contract:
    """The contract that ships."""
    return load_contract()


@pytest.fixture(scope="module")
def later() -> Contract:
    """The contract of the next release: the one that ships with its overlay."""
    return load_contract(overlays=[standard_overlay_path("4.3")], strict=True)
