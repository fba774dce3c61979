"""The gate of a release finds the run of the last release by itself, and never passes over a comparison in silence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from .github import a_run, gh

RELEASE = "workflows/release.yml"
GATE = Path(__file__).parents[3] / ".github" / RELEASE


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run of the gate keeps."""
    directory = tmp_path_factory.mktemp("kept")
    (directory / "results.json").write_text("{}", encoding="utf-8")
    return directory


def fetched(steps: Any, *runs: dict[str, Any], before: str = "", offline: bool = False) -> Any:
    steps.stand_in("gh", gh(steps.directory, sys.executable, *runs, offline=offline))
    return steps.run(RELEASE, "Fetch the run of the last release", BEFORE=before, GH_REPO="owner/oip")


def test_the_last_run_that_let_a_release_out_is_found(steps: Any, kept: Path, tmp_path: Path) -> None:
    """Not the newest run of the gate, which may have stopped its release, nor the newest run of another workflow."""
    runs = (
        a_run(9, "in_progress"),
        a_run(8, "failure", release_run=tmp_path),
        a_run(7, "success", "staging.yml", release_run=tmp_path),
        a_run(6, "success", release_run=kept),
        a_run(5, "success", release_run=tmp_path),
    )
    done = fetched(steps, *runs)
    assert done.code == 0, done.said
    assert done.outputs == {"run": "6"}
    assert "/owner/oip/actions/runs/6" in done.summary
    assert (steps.directory / "last" / "results.json").is_file()


@pytest.mark.parametrize(
    ("runs", "before", "why"),
    [
        ((), "", "No release was let out"),
        ((a_run(3, "failure"),), "", "No release was let out"),
        ((a_run(3, "success"),), "none", "asked for no comparison"),
    ],
    ids=["first run", "none was let out", "asked for"],
)
def test_a_run_that_is_compared_with_nothing_says_so(steps: Any, runs: Any, before: str, why: str) -> None:
    """A first release has none before it; all else must be asked for. It is told as a warning and in the summary."""
    done = fetched(steps, *runs, before=before)
    assert done.code == 0, done.said
    assert done.outputs == {}
    assert "Compared with nothing" in done.summary
    assert why in done.summary
    assert "::warning title=Compared with nothing::" in done.said


def test_another_run_can_be_named(steps: Any, kept: Path, tmp_path: Path) -> None:
    done = fetched(steps, a_run(6, "success", release_run=tmp_path), a_run(5, "success", release_run=kept), before="5")
    assert (done.code, done.outputs) == (0, {"run": "5"})
    assert (steps.directory / "last" / "results.json").is_file()


@pytest.mark.parametrize("lost", ["expired", "without results", "unknown"])
def test_results_that_cannot_be_had_stop_the_release(steps: Any, kept: Path, tmp_path: Path, lost: str) -> None:
    """A release that is worse would pass otherwise, unseen."""
    empty = tmp_path / "empty"
    empty.mkdir()
    runs = {
        "expired": a_run(6, "success"),
        "without results": a_run(6, "success", release_run=empty),
        "unknown": a_run(5, "success", release_run=kept),
    }
    done = fetched(steps, runs[lost], before="6" if lost == "unknown" else "")
    assert done.code == 1
    assert done.outputs == {}
    assert "::error title=Not compared::" in done.said
    assert "or none" in done.said


def test_a_list_of_runs_that_cannot_be_had_is_not_an_empty_one(steps: Any, kept: Path) -> None:
    done = fetched(steps, a_run(6, "success", release_run=kept), offline=True)
    assert done.code != 0
    assert "Compared with nothing" not in done.summary


def test_nothing_but_the_gate_itself_says_which_run_was_last() -> None:
    """No variable that somebody must keep up to date; what is kept has the name under which it is looked for."""
    text = GATE.read_text(encoding="utf-8")
    assert "LAST_RELEASE" not in text
    gate = yaml.safe_load(text)["jobs"]["gate"]
    certified = next(step for step in gate["steps"] if step.get("id") == "certify")
    fetching = next(step["run"] for step in gate["steps"] if step.get("id") == "last")
    assert f"--name {certified['with']['artifact']} " in fetching
    assert f"--workflow {GATE.name} " in fetching
    comparing = next(step for step in gate["steps"] if step.get("name") == "Compare with the last release")
    assert comparing["if"] == "steps.last.outputs.run != ''"
    assert "continue-on-error" not in comparing


def test_reading_the_runs_is_all_that_the_gate_may_do() -> None:
    assert yaml.safe_load(GATE.read_text(encoding="utf-8"))["permissions"] == {"contents": "read", "actions": "read"}
