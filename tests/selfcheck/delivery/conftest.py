"""The steps of the workflows, found by name and run as the runner would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
GITHUB = ROOT / ".github"


@dataclass(frozen=True)
class Ran:
    """How a step ended: its exit code, what it said, and what it gave out."""

    code: int
    said: str
    outputs: Mapping[str, str]
    summary: str


@dataclass(frozen=True)
class Steps:
    """Runs steps in one working directory, with the interpreter of this test first on the path."""

    directory: Path

    def stand_in(self, name: str, text: str) -> None:
        """Have this script found under a name before all else."""
        file = self.directory / "stand-ins" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def run(self, file: str, name: str, **environment: str) -> Ran:
        """Run the shell step of this name. `environment` stands for what expressions would have put there."""
        step = next(
            one for one in _steps(yaml.safe_load((GITHUB / file).read_text("utf-8"))) if one.get("name") == name
        )
        output, summary = self.directory / "outputs.txt", self.directory / "summary.txt"
        output.write_text("", "utf-8")
        summary.write_text("", "utf-8")
        folders = (self.directory / "stand-ins", Path(sys.executable).parent, os.environ["PATH"])
        path = os.pathsep.join(map(str, folders))
        given = {name: value for name, value in step.get("env", {}).items() if "${{" not in str(value)}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.directory,
            env={
                **os.environ,
                "PATH": path,
                "GITHUB_ACTIONS": "true",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                **given,
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        lines = [line.partition("=") for line in output.read_text("utf-8").splitlines()]
        outputs = {name: value for name, _, value in lines}
        return Ran(done.returncode, done.stdout + done.stderr, outputs, summary.read_text("utf-8"))


def _steps(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "runs" in document:
        return list(document["runs"]["steps"])
    return [step for job in document["jobs"].values() for step in job.get("steps", ())]


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    """Runs the shell steps of the workflows in an empty directory."""
    return Steps(tmp_path)
