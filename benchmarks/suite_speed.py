"""How fast the suite sends, records and judges, as ratios within one run; and how much memory a deep run takes.

`python benchmarks/suite_speed.py [--seconds 30] [--rounds 3] [--exchanges 100000]`, with the embedded server:

- the cases of all operations, recorded and judged, against plain `schemathesis run` with all checks: at least 4 times the
  requests a second;
- the same cases against a bare loop over one keep-alive httpx client that sends the same requests: at least half;
- against a target that takes 50 ms for each answer, 8 requests under way at a time against 1: at least 7 times;
- the memory of all processes of a deep run of so many exchanges, its reports included: under 700 MiB (0 leaves it out).

Prints one JSON object; ends with 1 when a figure misses its floor.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from oip_conformance.profile import default_profile
from oip_conformance.resources import spec_directory
from oip_conformance.scenario.exercise import Exercise
from oip_conformance.scenario.stock import Stock
from oip_conformance.session import Session, Settings
from oip_conformance.target import Transport
from oip_conformance.target.embedded import EmbeddedServer, Sandbox
from oip_conformance.target.transport import WireRequest, WireResponse

OVER_SCHEMATHESIS, OVER_BARE, SCALING, MEBIBYTES = 4.0, 0.5, 7.0, 700.0
DELAY = 0.05


class Listening:
    """A transport that keeps what it sends, so that it can be sent again without the suite."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.heard: list[WireRequest] = []

    def send(self, request: WireRequest) -> WireResponse:
        self.heard.append(request)
        return self._inner.send(request)

    def close(self) -> None:
        self._inner.close()


@contextmanager
def session_on(sandbox: Sandbox) -> Iterator[Session]:
    """A session of a standard run, its cases drawn."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(
            Settings(folder, sandbox.url, True, level="standard", key=sandbox.key, second_key=sandbox.second_key)
        )
        session.library.prefetch()
        for operation in session.contract.operations.values():
            session.library.cases(operation)
        yield session
        session.close()


def exercised(sandbox: Sandbox, *, listen: bool = False) -> tuple[float, list[WireRequest]]:
    """Requests a second of all operations' cases, recorded and judged; and the requests, when somebody listens."""
    with session_on(sandbox) as session:
        if listen:
            session.__dict__["transport"] = Listening(session.transport)
        _ = session.oip, session.target
        clock = time.perf_counter()
        for name in session.contract.operations:
            session.begin(name, general=True)
            session.oip.exercise(name)
        took = time.perf_counter() - clock
        heard = session.transport.heard if isinstance(session.transport, Listening) else []
        return session.target.pacing.sent / took, heard


def bare(requests: list[WireRequest]) -> float:
    """Requests a second of a plain loop."""
    with httpx.Client(timeout=30) as client:
        clock = time.perf_counter()
        for one in requests:
            client.request(one.method, one.url, headers=list(one.headers), content=one.body or None)
        return len(requests) / (time.perf_counter() - clock)


def schemathesis(sandbox: Sandbox, seconds: float) -> float:
    """Requests a second of `schemathesis run`, by what it says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(spec_directory() / "openapi.yaml")]
        command += ["--url", sandbox.url, "--header", f"x-api-key: {sandbox.key}", "--checks", "all"]
        command += ["--continue-on-failure", "--max-time", str(int(seconds)), "--seed", "1"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=seconds * 4 + 60)
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    cases, took = re.search(r"([\d,]+) generated", said), re.findall(r"in ([\d.]+)s", said)
    if not cases or not took:
        raise SystemExit(f"schemathesis says nothing that can be counted: {said[-800:]}{done.stderr[-400:]}")
    return float(cases[1].replace(",", "")) / float(took[-1])


def _slow_server(ready: multiprocessing.connection.Connection) -> None:
    body = b'{"code":"404","message":"Not Found","detailedErrorMessage":null}'
    answer = (
        b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    )

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(DELAY)
                writer.write(answer)
                await writer.drain()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def scaling(sandbox: Sandbox) -> float:
    """How much more work 8 requests at a time do than 1, on a target that waits before each answer."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_slow_server, args=(there,), daemon=True)
    process.start()
    slow = Sandbox(f"http://127.0.0.1:{here.recv()}/v4", sandbox.key, sandbox.second_key)
    try:
        with session_on(slow) as session:
            operation = session.contract.operation("getCustomerById")
            usual = [one for one in session.library.cases(operation) if one.method == "GET" and "{{" not in one.path]
            usual = [one for one in usual if not (one.origin == "domain" and one.intent == "valid")]
            cases = (usual * 400)[:400]
            took = {}
            for concurrency in (8, 1, 8):
                session.begin(operation.id, general=True)
                exercise = Exercise(session.oip, Stock(session.oip), operation, concurrency)
                clock = time.perf_counter()
                exercise._send_all(cases)
                took[concurrency] = min(took.get(concurrency, 1e9), time.perf_counter() - clock)
            return took[1] / took[8]
    finally:
        process.kill()
        process.join()


def tree(root: int) -> list[int]:
    """A process and all below it."""
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        try:
            tasks = list(Path(f"/proc/{found[-1]}/task").iterdir())
            waiting += [int(one) for task in tasks for one in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def mebibytes(processes: list[int]) -> float:
    """The memory of processes, what they share counted once."""
    total = 0
    for one in processes:
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))
    return total / 1024


def memory(exchanges: int) -> tuple[float, int]:
    """The peak of a deep run that is ended after so many exchanges, and how many it kept."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, "-m", "oip_conformance", "certify", "--level", "deep", "--budget", "2h"]
        process = subprocess.Popen([*command, "--output", str(run)], stdout=subprocess.DEVNULL, cwd=folder)
        peak, ended, seen = 0.0, False, Counted(run / "parts")
        try:
            while process.poll() is None:
                peak = max(peak, mebibytes(tree(process.pid)))
                if not ended and seen.lines() >= exchanges:
                    process.send_signal(signal.SIGTERM)
                    ended = True
                time.sleep(0.5)
        finally:
            process.kill()
            process.wait()
        return peak, json.loads((run / "results.json").read_bytes())["evidence"]["exchanges"]


class Counted:
    """Counts the lines of growing evidence, reading each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, tuple[int, int]] = {}

    def lines(self) -> int:
        """How many there are by now."""
        for path in self._folder.glob("*.evidence.ndjson"):
            place, count = self._seen.get(path, (0, 0))
            with path.open("rb") as file:
                file.seek(place)
                while piece := file.read(1 << 20):
                    count += piece.count(b"\n")
                    place += len(piece)
            self._seen[path] = (place, count)
        return sum(count for _, count in self._seen.values())


def measure(seconds: float, rounds: int, exchanges: int) -> tuple[dict[str, object], bool]:
    """All figures, and whether each reaches its floor."""
    with EmbeddedServer(profile=default_profile().path) as sandbox:
        _, requests = exercised(sandbox, listen=True)
        turns = [(exercised(sandbox)[0], bare(requests)) for _ in range(rounds)]
        ours, loop = (statistics.median(column) for column in zip(*turns, strict=True))
        theirs = schemathesis(sandbox, seconds)
        scaled = scaling(sandbox)
    figures: dict[str, object] = {
        "requests_per_second": {"suite": round(ours), "schemathesis": round(theirs), "bare_loop": round(loop)},
        "over_schemathesis": round(ours / theirs, 2),
        "over_bare_loop": round(statistics.median(one / other for one, other in turns), 2),
        "eight_over_one": round(scaled, 2),
    }
    good = ours / theirs >= OVER_SCHEMATHESIS and ours / loop >= OVER_BARE and scaled >= SCALING
    if exchanges:
        peak, kept = memory(exchanges)
        figures |= {"peak_mebibytes": round(peak), "exchanges": kept}
        good = good and peak < MEBIBYTES
    return figures, good


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=30.0, help="time for schemathesis")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--exchanges", type=int, default=100_000, help="size of the deep run")
    chosen = options.parse_args()
    figures, good = measure(chosen.seconds, chosen.rounds, chosen.exchanges)
    print(json.dumps(figures))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
