"""How fast the reference server reads a customer, as a ratio to an empty route on the same ASGI server.

`python benchmarks/reference_speed.py [--seconds 2] [--rounds 5] [--connections 8]`: both servers run as processes of
their own, take turns within one run, and are asked over keep-alive connections. Prints one JSON object; ends with 1
when the median ratio is under 0.4.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

FLOOR = 0.4
KEY = "benchmark-main"
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
    environment = {**os.environ, "OIP_REFERENCE_API_KEY": KEY}
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


async def rate(url: str, path: str, seconds: float, connections: int) -> float:
    """Answers a second."""
    address = httpx.URL(url)
    host, port = address.host, address.port
    request = f"GET /v4{path} HTTP/1.1\r\nhost: {host}\r\nx-api-key: {KEY}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"{path} was answered {head[:30]!r}")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    writer.close()
    loop = asyncio.get_running_loop()
    askers = [Asker(request, len(head) + int(lengths[0])) for _ in range(connections)]
    transports = [(await loop.create_connection(lambda asker=asker: asker, host, port))[0] for asker in askers]
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


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--connections", type=int, default=8)
    chosen = options.parse_args()
    result = measure(chosen.seconds, chosen.rounds, chosen.connections)
    print(json.dumps(result))
    return 0 if result["ratio"] >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
