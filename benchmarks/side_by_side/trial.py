"""One trial: a fresh server with one deviation, a relay that counts, one tool, and what the tool reported."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from benchmarks.side_by_side.contract import as_3_0
from benchmarks.side_by_side.examples import MEMBER, MEMBER_PHONE, pointed_at_seeded_records
from benchmarks.side_by_side.relay import Relay
from benchmarks.side_by_side.tools import Task, Tool

from oip_conformance.contract import load_contract
from oip_conformance.resources import spec_directory
from oip_conformance.target.embedded import EmbeddedServer, EmbeddedServerError, Sandbox

DEADLINE = 150.0
"""Seconds after which a tool is asked to end."""
GRACE = 20.0
"""Seconds that it then has for its report."""


@dataclass(frozen=True)
class Trial:
    """What is to be run: the tool, the option that starts the server with its deviation (none: sound), the profile."""

    tool: Tool
    subject: str
    options: tuple[str, ...]
    profile: str
    budget: int
    seed: int


@dataclass(frozen=True)
class Observation:
    """What came of it. `problem` says why there is nothing to read."""

    failures: frozenset[str]
    requests: int
    seconds: float
    stopped: str = ""
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON value from which `from_json` makes an equal one."""
        return {**vars(self), "failures": sorted(self.failures)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Observation:
        """What `to_json` wrote."""
        return cls(
            frozenset(record["failures"]),
            record["requests"],
            record["seconds"],
            record["stopped"],
            record["problem"],
        )


class Contracts:
    """Both forms of the contract as text, made once; a task gets them with the seeded member's id filled in."""

    def __init__(self) -> None:
        document = pointed_at_seeded_records(dict(load_contract(spec_directory() / "openapi.yaml").document))
        self._texts = {
            "contract.json": json.dumps(document),
            "contract-3.0.json": json.dumps(as_3_0(document)),
        }

    def write(self, folder: Path, url: str, member: str) -> tuple[Path, Path]:
        """The two files, with this server and this member."""
        for name, text in self._texts.items():
            document = json.loads(text.replace(MEMBER, member))
            document["servers"] = [{"url": url}]
            (folder / name).write_text(json.dumps(document), encoding="utf-8")
        first, second = (folder / name for name in self._texts)
        return first, second


def perform(trial: Trial, contracts: Contracts) -> Observation:
    """Run one trial. The server is gone when this returns."""
    profile = spec_directory() / "profiles" / f"{trial.profile}.toml"
    with tempfile.TemporaryDirectory(prefix="side-by-side-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            with (
                EmbeddedServer(profile=profile, options=trial.options) as sandbox,
                Relay(sandbox.url, trial.budget) as relay,
            ):
                if len(sandbox.deviations) != len(trial.options):
                    return Observation(frozenset(), 0, 0.0, problem="the server does not have the deviation")
                files = contracts.write(folder, relay.url, member_of(sandbox))
                task = Task(relay.url, sandbox.key, sandbox.second_key, *files, trial.seed, folder, trial.profile)
                began = time.perf_counter()
                stopped = _run(trial.tool, task, relay)
                seconds = round(time.perf_counter() - began, 1)
                return _observed(trial.tool, folder, relay.requests, seconds, stopped)
        except EmbeddedServerError as problem:
            return Observation(frozenset(), 0, 0.0, problem=str(problem))


def member_of(sandbox: Sandbox) -> str:
    """The id of the seeded member; the phone number, which is taken as an id as well, when a defect hides it."""
    try:
        answer = httpx.get(
            f"{sandbox.url}/customers",
            params={"mobilePhone": MEMBER_PHONE},
            headers={"x-api-key": sandbox.key},
            timeout=10,
            trust_env=False,
        )
        found = re.search(r'"id"\s*:\s*"([0-9A-Fa-f-]{36})"', answer.text)
    except (httpx.HTTPError, UnicodeDecodeError):
        found = None
    return found[1] if found else MEMBER_PHONE


def _observed(tool: Tool, folder: Path, requests: int, seconds: float, stopped: str) -> Observation:
    try:
        failures = tool.read(tool.report(folder))
    except (OSError, ValueError, KeyError, SyntaxError) as problem:
        said = (folder / "said.txt").read_text(encoding="utf-8", errors="replace").strip()
        last = said[-200:] or str(problem)
        return Observation(frozenset(), requests, seconds, stopped, f"no report: {' '.join(last.split())}")
    return Observation(failures, requests, seconds, stopped)


def _run(tool: Tool, task: Task, relay: Relay) -> str:
    """Run a tool's commands to their end, or to that of the budget or the time. Which of the two, if any."""
    environment = {**os.environ, "NO_COLOR": "1", "CI": "1", **tool.environment(task)}
    limit = time.monotonic() + DEADLINE
    with (task.folder / "said.txt").open("wb") as said:
        for command in tool.commands(task):
            stopped = _to_the_end(command, environment, task.folder, said, relay, limit)
            if stopped:
                return stopped
    return ""


def _to_the_end(
    command: Sequence[str], environment: dict[str, str], folder: Path, said: Any, relay: Relay, limit: float
) -> str:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        while process.poll() is None:
            if relay.spent.wait(0.1):
                return _interrupted(process, "budget")
            if time.monotonic() > limit:
                return _interrupted(process, "time")
        return ""
    finally:
        _gone(process)


def _interrupted(process: subprocess.Popen[bytes], why: str) -> str:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        return f"{why}, by force"
    return why


def _gone(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a tool and of the processes it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
