"""The replaying transport: answers from evidence only, keeps concurrent calls apart, and refuses what was never asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from oip_conformance.contract import load_contract
from oip_conformance.evidence import Exchange, ReceivedResponse, Recorder, Redactor
from oip_conformance.target import (
    BackOff,
    Keys,
    LimitReached,
    NeverAsked,
    RememberingRedactor,
    ReplayTransport,
    SafetyGate,
    Target,
    TransportFault,
)
from oip_conformance.target.transport import WireRequest, WireResponse

URL = "http://127.0.0.1:9/v4"


class Script:
    """A live target that answers what it is told to, one after the other."""

    def __init__(self, *answers: WireResponse | str) -> None:
        self._answers = list(answers)

    def send(self, request: WireRequest) -> WireResponse:
        answer = self._answers.pop(0)
        if isinstance(answer, str):
            raise TransportFault(answer, "gone")  # type: ignore[arg-type]
        return answer

    def close(self) -> None:
        """Nothing to close."""


def says(status: int, body: bytes = b"{}") -> WireResponse:
    return WireResponse(status, ((b"Content-Type", b"application/json"),), body)


def target(transport: object, redactor: Redactor, folder: Path, *, keys: Keys, back_off: BackOff) -> Target:
    return Target(
        contract=load_contract(),
        base_url=URL,
        transport=transport,  # type: ignore[arg-type]
        recorder=Recorder(folder / "part.ndjson"),
        redactor=redactor,
        keys=keys,
        gate=SafetyGate(URL),
        back_off=back_off,
    )


def recorded(folder: Path, *answers: WireResponse | str) -> tuple[Target, list[Exchange]]:
    heard: list[Exchange] = []
    keys = Keys("live-key-0123456789", "second-key-0123456789")
    redactor = Redactor(b"live", secrets=[keys.main or "", keys.second or "", keys.wrong])
    live = target(Script(*answers), redactor, folder, keys=keys, back_off=BackOff(first=0))
    live._recorder.subscribe(heard.append)
    return live, heard


def replaying(folder: Path, exchanges: list[Exchange], *, limited: bool = False) -> tuple[Target, ReplayTransport]:
    keys = Keys("other-main-key-000", "other-second-key-0")
    redactor = RememberingRedactor(b"replay", secrets=[keys.main or "", keys.second or "", keys.wrong])
    transport = ReplayTransport(redactor)
    transport.begin(exchanges, limited=limited)
    folder.mkdir(exist_ok=True)
    again = target(transport, redactor, folder, keys=keys, back_off=BackOff(attempts=1, over_lost=1))
    return again, transport


def test_the_same_request_gets_the_recorded_answer_and_cites_its_exchange(tmp_path: Path) -> None:
    live, heard = recorded(tmp_path, says(200, b'{"a":1}'))
    live.call("getHealth", headers={"x-trace": "7"})
    again, transport = replaying(tmp_path / "again", heard)

    reply = again.call("getHealth", headers={"x-trace": "7"})

    assert (reply.status, reply.json, reply.exchange) == (200, {"a": 1}, heard[0])
    assert transport.unasked == []


@pytest.mark.parametrize("change", ["path", "query", "body", "header", "method", "credential", "again"])
def test_what_was_never_asked_is_not_answered(tmp_path: Path, change: str) -> None:
    live, heard = recorded(tmp_path, says(200))
    live.send("POST", "/x", query="a=1", content=b'{"a":1}', headers={"x-a": "1"})
    again, transport = replaying(tmp_path / "again", heard)
    usual = {"query": "a=1", "content": b'{"a":1}', "headers": {"x-a": "1"}}
    other = {
        "query": {"query": "a=2"},
        "body": {"content": b'{"a":2}'},
        "header": {"headers": {"x-a": "2"}},
        "credential": {"credential": "none"},
    }.get(change, {})
    if change == "again":
        again.send("POST", "/x", **usual)
    with pytest.raises(NeverAsked):
        again.send("PUT" if change == "method" else "POST", "/y" if change == "path" else "/x", **{**usual, **other})
    assert transport.unasked == ([] if change == "again" else [heard[0].id])


def test_equal_requests_are_answered_in_their_order(tmp_path: Path) -> None:
    live, heard = recorded(tmp_path, *(says(200, b"%d" % number) for number in range(3)))
    for _ in range(3):
        live.call("getHealth")
    again, _ = replaying(tmp_path / "again", heard[::-1])
    assert [again.call("getHealth").json for _ in range(3)] == [0, 1, 2]


def test_concurrent_calls_find_their_own_answers(tmp_path: Path) -> None:
    live, heard = recorded(tmp_path, *(says(200, b"%d" % number) for number in range(40)))
    for number in range(40):
        live.send("GET", f"/{number}")
    again, transport = replaying(tmp_path / "again", heard)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda number: again.send("GET", f"/{number}").json, range(40))) == list(range(40))
    assert transport.unasked == []


def test_secrets_and_numbers_that_evidence_hides_are_the_tests_own_again(tmp_path: Path) -> None:
    """A token is compared by its place; what comes back for it is what the test sent."""
    sent = b'{"token":"card-1","phone":"+4712345679","ssn":"15076500565"}'
    live, heard = recorded(tmp_path, says(200, sent))
    live.send("POST", "/x", content=sent)
    assert b"card-1" not in heard[0].request.body
    again, _ = replaying(tmp_path / "again", heard)
    assert again.send("POST", "/x", content=sent).body == sent


def test_a_lost_connection_and_a_busy_system_are_not_waited_for_again(tmp_path: Path) -> None:
    answers = (
        "closed",
        says(502),
        says(429),
        says(200, b"7"),
        "closed",
        "closed",
        says(502),
        says(502),
        says(502),
        says(502),
    )
    live, heard = recorded(tmp_path, *answers)
    first = [live.send("GET", "/busy"), live.send("GET", "/gone"), live.send("GET", "/down")]
    again, transport = replaying(tmp_path / "again", heard)
    second = [again.send("GET", "/busy"), again.send("GET", "/gone"), again.send("GET", "/down")]
    assert [reply.status for reply in second] == [reply.status for reply in first] == [200, None, 502]
    assert [reply.exchange.fault for reply in second] == [None, "closed", None]
    assert transport.unasked == []


def test_a_limit_that_ended_a_test_ends_it_again(tmp_path: Path) -> None:
    live, heard = recorded(tmp_path, says(200))
    live.call("getHealth")
    again, _ = replaying(tmp_path / "again", heard, limited=True)
    with pytest.raises(NeverAsked):
        again.call("getStores")
    again.call("getHealth")
    with pytest.raises(LimitReached):
        again.call("getStores")


def test_a_second_try_without_its_first_is_still_an_answer(tmp_path: Path) -> None:
    live, heard = recorded(tmp_path, says(200))
    live.call("getHealth")
    odd = replace(heard[0], attempt=2, response=ReceivedResponse(201))
    again, transport = replaying(tmp_path / "again", [odd])
    assert again.call("getHealth").status == 201
    transport.close()
