"""A failing case is made small while the target is there: what the results show is the least that still fails."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import faulty
from certifying import certify


def breaks_on_cities(connection: socket.socket, request: bytes) -> None:
    """Fails on every body that has a city at any depth, and refuses everything else in good order."""
    if b'"city"' in request.partition(b"\r\n\r\n")[2]:
        connection.sendall(faulty.answer(500, faulty.envelope(500, "Internal Server Error")))
    else:
        connection.sendall(faulty.answer(400, faulty.envelope(400, "Bad Request")))


def test_the_failure_shows_the_smallest_request(tmp_path: Path) -> None:
    with faulty.served(breaks_on_cities) as url:
        run = certify(tmp_path, url, "--only", "createMember", "--seed", "0")
    assert run.code == 1
    (failure,) = [
        one
        for one in run.results["failures"]
        if one["requirement"] == "OIP-CORE-02" and one["operation"] == "createMember"
    ]
    (shown,) = [one for one in run.exchanges if one.id == failure["exchange"]]
    body = json.loads(shown.request.body)
    assert shown.intent == "probe"
    assert len(shown.request.body) < 40, body
    assert b'"city"' in shown.request.body
    assert failure["count"] > 5


def test_the_smallest_is_the_same_in_whatever_order_processes_are_joined() -> None:
    from oip_conformance.verdict.outcome import Failure
    from oip_conformance.verdict.tally import _Tally

    seen = [(Failure("cause", "t", "e", f"got {size}", f"m-{size}"), (size, f"m-{size}")) for size in (30, 10, 20)]
    for order in (seen, seen[::-1], [seen[1], seen[0], seen[2]]):
        tally = _Tally()
        for failure, weight in order:
            tally.count(failure, weight)
        assert tally.failures["cause"].exchange == "m-10"
        assert tally.failures["cause"].got == "got 10"
        assert tally.failures["cause"].count == 3
