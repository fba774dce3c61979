"""Running `certify` as its user does: a process of its own, judged by its exit code, its words and what it left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from oip_conformance.evidence import EVIDENCE_NAME, EvidenceFile, Exchange

KEY = "canary-key/+=%19-7f3a"
PROFILE = """
name = "Selfcheck"
[claims]
classes = "all"
[fixtures]
stores = ["STORE-001"]
[target]
timeout_seconds = {timeout}
[safety]
writes = true
"""


@dataclass(frozen=True)
class Run:
    """How one `certify` ended."""

    code: int
    output: str
    directory: Path

    @cached_property
    def results(self) -> dict[str, Any]:
        """Its results.json."""
        return json.loads((self.directory / "results.json").read_bytes())

    @cached_property
    def exchanges(self) -> list[Exchange]:
        """What it recorded."""
        return list(EvidenceFile(self.directory / EVIDENCE_NAME))

    def states(self) -> dict[str, str]:
        """The state of each requirement in scope."""
        return {one["id"]: one["state"] for one in self.results["requirement_results"]}


def command(folder: Path, url: str | None, *options: str, timeout: float = 1.0) -> list[str]:
    """The command line of a smoke run on `url` (None: the embedded server) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    line = [sys.executable, "-m", "oip_conformance", "certify", "--output", str(folder / "run")]
    if "--level" not in options:
        line += ["--level", "smoke"]
    if url is not None:
        profile = folder / "profile.toml"
        if not profile.exists():
            profile.write_text(PROFILE.format(timeout=timeout))
        line += ["--profile", str(profile), "--target", url]
    return [*line, *options]


def environment(**more: str) -> dict[str, str]:
    """The environment of a run, with canaries for keys."""
    return {**os.environ, "OIP_API_KEY": KEY, "OIP_SECOND_API_KEY": "second-canary-7731", **more}


def certify(folder: Path, url: str | None, *options: str, timeout: float = 1.0, **variables: str) -> Run:
    """Run `certify` to its end; `variables` are added to its environment."""
    done = subprocess.run(
        command(folder, url, *options, timeout=timeout),
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=240,
        cwd=folder,
    )
    return Run(done.returncode, done.stdout + done.stderr, folder / "run")
