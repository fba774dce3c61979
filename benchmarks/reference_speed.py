"""How fast and how light the reference server is, as ratios within one run.

`python benchmarks/reference_speed.py [--seconds 2] [--rounds 5] [--connections 8] [--requests 200000]
[--certify standard|none]`: reads a customer by id as often as it can and compares with an empty route on the same ASGI
server, both as processes of their own that take turns over keep-alive connections; watches the memory over many
requests; and compares the server's CPU time with that of the suite in one run. Prints one JSON object; ends with 1 when
a reading is under 0.4 of an empty route, the memory grows by more than a twentieth, or the server takes more than a
quarter of all CPU time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

FLOOR = 0.4
GROWTH = 1.05
SHARE = 0.25
KEY = "benchmark-main"
SECOND_KEY = "benchmark-second"
_EMPTY = """
import json, sys
from oip_reference.running import listening_socket, run
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
listener = listening_socket(0)
url = f"http://127.0.0.1:{listener.getsockname()[1]}/v4"
run(app, listener, lambda: print(json.dumps({"url": url}), flush=True), until_stdin_closes=True)
"""


@contextmanager
def running(*command: str) -> Iterator[tuple[str, int]]:
    """The URL and process id of a server that ends with its standard input."""
    environment = {**os.environ, "OIP_REFERENCE_API_KEY": KEY, "OIP_REFERENCE_SECOND_API_KEY": SECOND_KEY}
    with subprocess.Popen(
        [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"], server.pid
        server.stdin.close()
        server.wait(timeout=5)


class Asker(asyncio.Protocol):
    """Sends one request again and again over one connection and counts the answers."""

    def __init__(self, request: bytes, response_size: int) -> None:
        self.request = request
        self.response_size = response_size
        self.answered = 0
        self._received = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._received >= self.response_size:
            self._received -= self.response_size
            self.answered += 1
            self.transport.write(self.request)


def framed(method: str, path: str, body: Any = None) -> bytes:
    """One request as bytes."""
    content = b"" if body is None else json.dumps(body).encode()
    more = f"content-type: application/json\r\ncontent-length: {len(content)}\r\n" if content else ""
    return f"{method} /v4{path} HTTP/1.1\r\nhost: x\r\nx-api-key: {KEY}\r\n{more}\r\n".encode() + content


async def asking(url: str, requests: list[bytes], connections: int) -> tuple[list[Asker], list[asyncio.Transport]]:
    """So many connections, each of which asks one of the requests again and again."""
    host, port = httpx.URL(url).host, httpx.URL(url).port
    sizes = []
    for request in requests:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if head[9:12] not in (b"200", b"404"):
            raise SystemExit(f"{request[:60]!r} was answered {head[:30]!r}")
        (length,) = (line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        sizes.append(len(head) + int(length))
        writer.close()
    askers = [Asker(requests[n % len(requests)], sizes[n % len(requests)]) for n in range(connections)]
    loop = asyncio.get_running_loop()
    return askers, [(await loop.create_connection(lambda asker=asker: asker, host, port))[0] for asker in askers]


async def rate(url: str, path: str, seconds: float, connections: int) -> float:
    """Answers a second."""
    askers, transports = await asking(url, [framed("GET", path)], connections)
    start = time.perf_counter()
    await asyncio.sleep(seconds)
    elapsed = time.perf_counter() - start
    for transport in transports:
        transport.abort()
    return sum(asker.answered for asker in askers) / elapsed


def cpu_seconds(pid: int) -> float:
    """CPU time a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def new_customer(url: str) -> str:
    answer = httpx.post(
        f"{url}/customers",
        headers={"x-api-key": KEY},
        json={"data": {"mobilePhone": "+4799912345", "firstName": "Ola", "email": "ola@shop.example", "zip": "0153"}},
    )
    return str(answer.json()["data"]["id"])


def measure(seconds: float, rounds: int, connections: int) -> dict[str, Any]:
    """Requests a second and CPU microseconds a request of both, and their ratios."""
    with running("-c", _EMPTY) as (empty, empty_pid), running("-m", "oip_reference", "--ready-json",
                                                             "--until-stdin-closes") as (oip, oip_pid):  # fmt: skip
        path = f"/customers/id/{new_customer(oip)}"
        results: dict[str, list[tuple[float, float]]] = {"empty": [], "read": []}
        for _ in range(rounds):
            for name, url, pid, asked in (("empty", empty, empty_pid, "/"), ("read", oip, oip_pid, path)):
                before = cpu_seconds(pid)
                speed = asyncio.run(rate(url, asked, seconds, connections))
                results[name].append((speed, (cpu_seconds(pid) - before) / (speed * seconds) * 1e6))
    medians = {
        name: [statistics.median(column) for column in zip(*both, strict=True)] for name, both in results.items()
    }
    ratios = [read[0] / none[0] for read, none in zip(results["read"], results["empty"], strict=True)]
    return {
        "empty_per_second": round(medians["empty"][0]),
        "read_by_id_per_second": round(medians["read"][0]),
        "ratio": round(statistics.median(ratios), 3),
        "empty_cpu_microseconds": round(medians["empty"][1], 1),
        "read_by_id_cpu_microseconds": round(medians["read"][1], 1),
        "cpu_ratio": round(medians["empty"][1] / medians["read"][1], 3),
    }


async def _memory_over(url: str, pid: int, requests: list[bytes], number: int) -> tuple[int, int, int]:
    """Bytes of memory after a tenth of so many requests and after all of them, and how many there were."""
    askers, transports = await asking(url, requests, len(requests))
    warm = 0
    while (done := sum(asker.answered for asker in askers)) < number:
        await asyncio.sleep(0.05)
        if not warm and done >= number // 10:
            warm = memory(pid)
    for transport in transports:
        transport.abort()
    return warm, memory(pid), done


def memory(pid: int) -> int:
    """Resident bytes of a process (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(number: int) -> dict[str, Any]:
    """What many reads, updates, refusals and lists leave in memory, the data being in a file."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "oip_reference", "--ready-json", "--until-stdin-closes", "--database", f"{folder}/oip.db"]
        with running(*command) as (url, pid):
            member = new_customer(url)
            requests = [
                framed("GET", f"/customers/id/{member}"),
                framed("PUT", "/customers", {"data": {"id": member, "firstName": "Kari"}}),
                framed("GET", "/customers/id/NOBODY"),
                framed("GET", f"/promotions/{member}"),
                framed("GET", "/reports/customers"),
                framed("POST", "/transactions", {"ReceiptRequests": [
                    {"Header": {"StoreId": "S", "ReceiptId": "R", "ConsumerId": member}, "Items": []}]}),
            ]  # fmt: skip
            warm, end, done = asyncio.run(_memory_over(url, pid, requests, number))
    return {
        "requests": done,
        "memory_warm_megabytes": round(warm / 1e6, 1),
        "memory_end_megabytes": round(end / 1e6, 1),
        "memory_growth": round(end / warm, 3),
    }


def share(level: str) -> dict[str, Any]:
    """The server's part of all CPU time in a run of the suite."""
    with running("-m", "oip_reference", "--ready-json", "--until-stdin-closes") as (url, pid), \
         tempfile.TemporaryDirectory() as folder:  # fmt: skip
        before, served = os.times(), cpu_seconds(pid)
        command = [sys.executable, "-m", "oip_conformance", "certify", "--target", url, "--level", level]
        environment = {**os.environ, "OIP_API_KEY": KEY, "OIP_SECOND_API_KEY": SECOND_KEY}
        done = subprocess.run(
            [*command, "--output", f"{folder}/run"], env=environment, capture_output=True, text=True, check=False
        )
        after, serving = os.times(), cpu_seconds(pid) - served
    suite = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"the run ended with {done.returncode}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return {
        "run": level,
        "run_exit": done.returncode,
        "run_said": done.stdout.strip().splitlines()[-1],
        "server_cpu_seconds": round(serving, 1),
        "suite_cpu_seconds": round(suite, 1),
        "server_share": round(serving / (serving + suite), 3),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--connections", type=int, default=8)
    options.add_argument("--requests", type=int, default=200_000, help="0 leaves the memory out")
    options.add_argument("--certify", choices=("smoke", "standard", "none"), default="standard")
    chosen = options.parse_args()
    result = measure(chosen.seconds, chosen.rounds, chosen.connections)
    if chosen.requests:
        result |= growth(chosen.requests)
    if chosen.certify != "none":
        result |= share(chosen.certify)
    print(json.dumps(result))
    kept = (
        result["ratio"] >= FLOOR
        and result.get("memory_growth", 1.0) <= GROWTH
        and result.get("server_share", 0.0) <= SHARE
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
