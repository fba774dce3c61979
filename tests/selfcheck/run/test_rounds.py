"""A deep run goes in rounds until its budget is used up, each with a fresh seed, and is as good evidence as any."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from certifying import Run, certify


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A deep run of a small class that has time for some rounds."""
    options = ("--level", "deep", "--budget", "20s", "--class", "stores", "--seed", "7")
    return certify(tmp_path_factory.mktemp("deep"), None, *options)


def test_it_ends_well(deep: Run) -> None:
    """The budget's end is the end that was asked for, and no interruption."""
    assert deep.code == 0, deep.output
    assert deep.results["run"]["interrupted"] is False


def test_each_round_has_the_next_seed(deep: Run) -> None:
    """Rounds after the first send afresh what is drawn."""
    rounds = deep.results["run"]["rounds"]
    assert len(rounds) >= 2
    assert [one["seed"] for one in rounds] == list(range(7, 7 + len(rounds)))
    assert all(0 < one["tests"] <= one["of"] for one in rounds)


def test_all_rounds_are_judged_again_to_the_same_verdicts(deep: Run) -> None:
    """`verify` refutes nothing in a run of several rounds; it misses the signature alone."""
    command = [sys.executable, "-m", "oip_conformance", "verify", str(deep.directory), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    told = json.loads(done.stdout)
    assert {one["code"] for answer in told["answers"] for one in answer["findings"]} == {"unsigned"}, done.stdout
    assert done.returncode == 3
