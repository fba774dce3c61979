"""The gates on the code itself, by the very steps of CI: each lets the sound through and stops what it is there for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
CI = "workflows/ci.yml"
PACKAGES = ("oracle", "verdict", "evidence", "certificate")

CHOICE = """
def is_even(number):
    if number % 2:
        return False
    return True
"""


def measured(directory: Path, packages: tuple[str, ...], *, halfway: str = "") -> None:
    """A small tree in which the branches of these packages were run; of `halfway`, half of them."""
    calls = ""
    for package in packages:
        home = directory / "src" / "oip_conformance" / package
        home.mkdir(parents=True)
        (home / "__init__.py").write_text(CHOICE, encoding="utf-8")
        numbers = (2,) if package == halfway else (1, 2)
        calls += f"from src.oip_conformance.{package} import is_even\nlist(map(is_even, {numbers}))\n"
    (directory / "drive.py").write_text(calls, encoding="utf-8")
    command = [sys.executable, "-m", "coverage", "run", "--branch", "--parallel-mode", "--include=src/*", "drive.py"]
    subprocess.run(command, cwd=directory, check=True, timeout=60)
    (directory / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "branch_coverage.py", directory / ".ci")


def gate(steps: Any) -> Any:
    return steps.run(CI, "Hold the floor of branch coverage")


def test_what_is_tested_whole_passes_the_floor(steps: Any) -> None:
    measured(steps.directory, PACKAGES)
    done = gate(steps)
    assert done.code == 0, done.said
    assert done.summary.count("100.0%") == 4
    assert gate(steps).code == 0, "the data is still there for a second look"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_branch_that_no_test_takes_stops_at_the_floor(steps: Any, package: str) -> None:
    """Though all lines but one of it were run, and though the other packages are whole."""
    measured(steps.directory, PACKAGES, halfway=package)
    done = gate(steps)
    assert done.code == 1
    assert f"| {package} | 2 | 50.0% | **below** | __init__.py:3 |" in done.summary


def test_a_package_that_was_not_measured_stops_at_the_floor(steps: Any) -> None:
    measured(steps.directory, PACKAGES[:3])
    done = gate(steps)
    assert done.code == 1
    assert "| certificate | 0 | not measured | **below** |  |" in done.summary


def test_without_any_data_nothing_passes(steps: Any) -> None:
    (steps.directory / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "branch_coverage.py", steps.directory / ".ci")
    assert gate(steps).code == 1


def test_dead_code_is_found_also_where_only_its_own_test_calls_it(steps: Any) -> None:
    """And nothing else is found: neither the house nor its tests have any."""
    for name in ("src", "tests", "benchmarks"):
        shutil.copytree(
            ROOT / name, steps.directory / name, ignore=shutil.ignore_patterns("*.json", "*.gz", "__pycache__")
        )
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, steps.directory / name)
    dead = steps.directory / "src" / "oip_conformance" / "oracle" / "dead.py"
    dead.write_text("def kept_alive_by_its_test():\n    return 1\n", encoding="utf-8")
    test = steps.directory / "tests" / "selfcheck" / "oracle" / "test_dead.py"
    test.write_text("from oip_conformance.oracle.dead import *\n\nkept_alive_by_its_test()\n", encoding="utf-8")
    done = steps.run(CI, "Dead code")
    assert done.code != 0
    assert [line.partition(" (")[0] for line in done.said.splitlines()] == [
        "src/oip_conformance/oracle/dead.py:1: unused function 'kept_alive_by_its_test'"
    ]
