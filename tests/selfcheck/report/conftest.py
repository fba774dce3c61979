"""Synthetic runs of every kind, for the tests of reports."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from oip_conformance.contract import load_contract
from oip_conformance.contract.requirements import load_requirements
from oip_conformance.report import RunRecord


def _module():
    path = Path(__file__).with_name("runs.py")
    specification = importlib.util.spec_from_file_location("synthetic_runs", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


RUNS = _module()


@pytest.fixture(scope="session")
def runs():
    """The maker of synthetic runs."""
    return RUNS.Runs(load_contract(), load_requirements())


@pytest.fixture
def make(runs, tmp_path):
    """Makes a run of a kind in a directory of its own."""

    def make(kind: str, **changes) -> RunRecord:
        return runs.make(kind, tmp_path / kind, **changes)

    return make


@pytest.fixture(params=RUNS.KINDS)
def any_run(request, make) -> RunRecord:
    """A run of each kind in turn: conformant, failing, incomplete, interrupted, against a dead target, empty."""
    return make(request.param)
