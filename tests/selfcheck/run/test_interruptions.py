"""A run that is told to end does so in order, whenever that is: the evidence kept, the exit code 3, no process left."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import certifying
import faulty
import pytest

from oip_conformance.evidence import EVIDENCE_NAME, EvidenceFile
from oip_conformance.target.embedded import EmbeddedServer


def started(folder: Path, *options: str) -> subprocess.Popen[str]:
    """A run in a session of its own, with everything that it starts."""
    line = certifying.command(folder, None, *options)
    return subprocess.Popen(
        line,
        env=certifying.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        start_new_session=True,
    )


def has_sent(folder: Path, requests: int) -> bool:
    """Wait until so many exchanges were recorded."""
    for _ in range(1200):
        parts = (folder / "run" / "parts").glob("*.evidence.ndjson")
        with contextlib.suppress(OSError):
            if sum(path.read_bytes().count(b"\n") for path in parts) >= requests:
                return True
        time.sleep(0.1)
    return False


def descendants(root: int) -> set[int]:
    """The processes below a process."""
    found: set[int] = set()
    waiting = [root]
    while waiting:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
                below = {int(one) for one in (task / "children").read_text().split()} - found
                found |= below
                waiting += below
    return found


def servers() -> set[int]:
    """The reference servers that were started from here and still run."""
    running = set()
    for one in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            if b"oip_reference" in Path(f"/proc/{one}/cmdline").read_bytes():
                running.add(one)
    return running


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left() -> Iterator[None]:
    """What these tests start has ended with them; other tests of the same process may keep servers of their own."""
    before = servers()
    yield
    assert servers() <= before


def gone(processes: set[int]) -> bool:
    """Wait until none of these processes is there."""
    for _ in range(100):
        left = {
            one
            for one in processes
            if Path(f"/proc/{one}/cmdline").exists() and Path(f"/proc/{one}/cmdline").read_bytes()
        }
        if not left:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGINT, "1"), (signal.SIGTERM, "1"), (signal.SIGINT, "2"), (signal.SIGTERM, "2")]
)
def test_in_the_middle_of_a_run(tmp_path: Path, number: signal.Signals, workers: str) -> None:
    process = started(tmp_path, "--workers", workers)
    assert has_sent(tmp_path, 150)
    below = descendants(process.pid)
    process.send_signal(number)
    output, _ = process.communicate(timeout=120)
    kept = list(EvidenceFile(tmp_path / "run" / EVIDENCE_NAME))
    results = json.loads((tmp_path / "run" / "results.json").read_bytes())
    assert process.returncode == 3, output
    assert "Traceback" not in output
    assert len(kept) >= 150
    assert results["evidence"]["exchanges"] == len(kept)
    assert results["run"]["interrupted"] is True
    assert below
    assert gone(below)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_it_is_still_getting_ready(tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path)
    time.sleep(1.5)
    below = descendants(process.pid)
    process.send_signal(number)
    output, _ = process.communicate(timeout=120)
    assert "Traceback" not in output
    assert process.returncode == 3, output
    assert gone(below)


SIGNAL_WHILE_READING = """
import os, sys
number, module = int(sys.argv[1]), sys.argv[2]
class Sends:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), number)
sys.meta_path.insert(0, Sends())
sys.argv = ["oip-conformance", "certify", "--plan"]
from oip_conformance.cli import main
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "module", ["oip_conformance.cli.application", "typer", "pydantic_core", "schemathesis", "pytest"]
)
def test_while_it_is_still_reading_itself(number: int, module: str) -> None:
    """From its first module on: the code of an incomplete run, and no traceback."""
    line = [sys.executable, "-c", SIGNAL_WHILE_READING, str(int(number)), module]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "Interrupted.\n")


SIGNAL_WHERE_IT_IS_DROPPED = """
import os, signal, sys
from oip_conformance.target.client import Target

class Finalized:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

counted = 0
kept = Target.call
def call(*arguments, **options):
    global counted
    counted += 1
    if counted == 40:
        Finalized()
    return kept(*arguments, **options)
Target.call = call
from oip_conformance.cli import main
main()
"""


def test_where_python_drops_what_is_raised(tmp_path: Path) -> None:
    """An exception in a finalizer goes nowhere; the run ends with its next test all the same."""
    line = [sys.executable, "-c", SIGNAL_WHERE_IT_IS_DROPPED, "certify", "--level", "smoke", "--output", "run"]
    done = subprocess.run(
        line, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=certifying.environment(), check=False
    )
    results = json.loads((tmp_path / "run" / "results.json").read_bytes())
    assert done.returncode == 3, done.stdout + done.stderr
    assert results["run"]["interrupted"] is True
    assert 40 <= results["evidence"]["exchanges"] < 400


SIGNAL_WHILE_READ = """
import os, sys, typer
from oip_conformance.cli import crash, main
def command():
    os.kill(os.getpid(), int(sys.argv[1]))
    typer.echo("went on")
import oip_conformance.cli.application as application
application.app = command
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_in_any_command(number: int) -> None:
    line = [sys.executable, "-c", SIGNAL_WHILE_READ, str(int(number))]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "Interrupted.\n")


def test_a_system_behind_that_is_busy_now_and_then_fails_nothing(tmp_path: Path) -> None:
    busy = faulty.answer(
        502,
        json.dumps(
            {
                "code": "502",
                "message": "Bad Gateway",
                "detailedErrorMessage": {"gateway": "crm", "gatewayMessage": "down"},
            }
        ).encode(),
    )
    with EmbeddedServer() as sandbox, faulty.through(sandbox.url, ill=lambda n: busy if n % 23 == 7 else None) as url:
        run = certifying.certify(
            tmp_path,
            url,
            "--class",
            "stores",
            "--class",
            "carts",
            timeout=5,
            OIP_API_KEY=sandbox.key,
            OIP_SECOND_API_KEY=sandbox.second_key,
        )
    busy_ones = [one for one in run.exchanges if one.response and one.response.status == 502]
    assert busy_ones
    assert run.code == 0, run.output
    assert set(run.states().values()) <= {"passed", "not-applicable"}
