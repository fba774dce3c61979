"""What the tests of the contract share: documents written to files, and the tools of other people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.contract import Contract, ContractError, load_contract, standard_overlay_path

from .documents import Write


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
