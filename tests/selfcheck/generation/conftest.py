"""One small contract, its drawings, and a cache of its own for each test."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from oip_conformance.contract import Contract
from oip_conformance.generation.drawing import Drawing, draw


def _loyalty() -> ModuleType:
    path = Path(__file__).with_name("loyalty.py")
    specification = importlib.util.spec_from_file_location("loyalty_contract", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def loyalty_document():
    """Makes fresh copies of the small contract's document."""
    return _loyalty().document


@pytest.fixture(scope="session")
def contract(loyalty_document) -> Contract:
    """A small contract with one operation of each sort."""
    return Contract(loyalty_document())


@pytest.fixture(scope="session")
def drawings(contract) -> dict[str, Drawing]:
    """What is drawn for each of its operations at smoke level."""
    return {name: draw(contract, operation, "smoke", 0) for name, operation in contract.operations.items()}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Nothing is read from or left in the user's cache."""
    monkeypatch.setenv("OIP_CONFORMANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
