"""Somebody else's system is only read, until its profile allows more: seen at the proxy through which all requests go."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path

import faulty
import pytest
from certifying import Run, certify

from oip_conformance.target.embedded import EmbeddedServer

THEIRS = "http://oip.example"
PROFILE = """
name = "Theirs"
[claims]
classes = "all"
[fixtures]
stores = ["STORE-001"]
[safety]
writes = {writes}
"""
ASKS = (b"POST http://oip.example/v4/price/calculate", b"POST http://oip.example/v4/promotions/cart ")
"""Calculations that are asked for with a POST and change nothing: the contract marks them as reads."""

READS = {b"GET", b"HEAD", b"OPTIONS"}


@dataclass
class Seen:
    """What passed the proxy: the methods, and the request lines of everything that is no read."""

    run: Run
    methods: set[bytes] = field(default_factory=set)
    others: list[bytes] = field(default_factory=list)


def seen_at_the_proxy(folder: Path, writes: str, *options: str) -> Seen:
    """A smoke run on a system whose name nobody knows; the proxy leads to the embedded server."""
    lines: list[bytes] = []
    with EmbeddedServer() as sandbox:
        host, port = sandbox.url.split("//")[1].split("/")[0].split(":")

        def relay(connection: socket.socket, request: bytes) -> None:
            lines.append(request.split(b"\r\n")[0])
            onward = request.replace(THEIRS.encode() + b"/", b"/", 1).replace(
                b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1
            )
            with socket.create_connection((host, int(port))) as upstream:
                upstream.sendall(onward)
                received = b"".join(iter(lambda: upstream.recv(65536), b""))
            connection.sendall(received)
            raise ConnectionError

        with faulty.served(relay) as proxy:
            folder.mkdir()
            (folder / "profile.toml").write_text(PROFILE.format(writes=writes))
            run = certify(
                folder,
                f"{THEIRS}/v4",
                *options,
                timeout=10,
                HTTP_PROXY=proxy.removesuffix("/v4"),
                OIP_API_KEY=sandbox.key,
                OIP_SECOND_API_KEY=sandbox.second_key,
            )
    methods = {line.split(b" ")[0] for line in lines}
    return Seen(run, methods, [line for line in lines if line.split(b" ")[0] not in READS])


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return seen_at_the_proxy(tmp_path_factory.mktemp("theirs") / "run", "false")


def test_nothing_but_reads_is_sent(read_only: Seen) -> None:
    assert read_only.methods & READS, read_only.run.output
    assert not [line for line in read_only.others if not line.startswith(ASKS)]


def test_what_needs_writing_is_not_tested_and_says_what_would_allow_it(read_only: Seen) -> None:
    run = read_only.run
    created = next(one for one in run.results["requirement_results"] if one["id"] == "OIP-CUST-01")
    assert run.code == 3, run.output
    assert created["state"] == "not-tested"
    assert "writes = true" in created["reason"]
    assert "failed" not in run.states().values(), run.output
    assert not run.results["created"]


def test_with_writes_allowed_records_are_made(tmp_path: Path) -> None:
    """The same system and the same proxy: what was held back above is what the profile held back."""
    seen = seen_at_the_proxy(tmp_path / "run", "true", "--only", "OIP-CUST-01")
    assert any(line.startswith(b"POST http://oip.example/v4/customers ") for line in seen.others), seen.run.output
    assert seen.run.states()["OIP-CUST-01"] == "passed"
