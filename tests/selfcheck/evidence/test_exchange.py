"""What can be read from an exchange, and that a record that is none is told so instead of being guessed at."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.evidence import Exchange, ReceivedResponse, Recorder, SentRequest

WHOLE = Exchange(
    "m-000001",
    "test",
    "getStores",
    "valid",
    SentRequest("POST", "http://localhost/v4/stores", (("Accept", "*/*"),), b"\xff\xfe"),
    ReceivedResponse(200, (("Content-Type", "Application/JSON; charset=utf-8"),), b'{"id": 1}'),
    1.0,
    0.5,
)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://localhost:8080/v4/stores/a%2Fb?limit=1", "/v4/stores/a%2Fb"),
        ("http://localhost:8080", "/"),
        ("http://localhost/?a=/b", "/"),
        ("/v4/stores", "/v4/stores"),
    ],
)
def test_the_path_stands_between_host_and_query_as_it_was_sent(url: str, path: str) -> None:
    assert SentRequest("GET", url).path == path


def test_headers_are_found_whatever_their_case_and_the_first_counts() -> None:
    response = ReceivedResponse(200, (("Set-Cookie", "a"), ("SET-COOKIE", "b"), ("X-Empty", "")))
    assert response.header("set-cookie") == "a"
    assert response.header("x-empty") == ""
    assert response.header("x-missing") is None


def test_the_media_type_is_told_without_its_parameters() -> None:
    assert WHOLE.response is not None
    assert WHOLE.response.media_type == "application/json"
    assert ReceivedResponse(204).media_type == ""


def test_a_body_is_read_as_json_or_as_text_that_never_fails() -> None:
    assert WHOLE.response is not None
    assert WHOLE.response.json == {"id": 1}
    assert ReceivedResponse(200, body="æ".encode() + b"\xff").text == "æ\ufffd"
    with pytest.raises(ValueError, match="unexpected character"):
        _ = ReceivedResponse(200, body=b"<html>").json


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (None, {"id": 7}),
        (None, {"test": None}),
        (None, {"started": "late"}),
        (None, {"request": None}),
        ("request", {"url": 7}),
        ("request", {"headers": [["Accept"]]}),
        ("request", {"headers": [["Accept", None]]}),
        ("request", {"base64": "not base64!"}),
        ("request", {"base64": "eA"}),
        ("response", {"status": "ok"}),
        ("response", {"text": 7}),
        ("response", {"http": None}),
    ],
)
def test_a_record_that_is_no_exchange_is_told(part: str | None, change: dict[str, Any]) -> None:
    record = WHOLE.to_json()
    assert Exchange.from_json(record) == WHOLE
    (record[part] if part else record).update(change)
    with pytest.raises((KeyError, TypeError, ValueError)):
        Exchange.from_json(record)


def test_ids_are_unique_over_threads_and_counted(tmp_path: Path) -> None:
    drawn: list[str] = []
    with Recorder(tmp_path / "a.ndjson", "w") as recorder:
        threads = [
            threading.Thread(target=lambda: drawn.extend(recorder.next_id() for _ in range(50))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert recorder.count == 200
    assert sorted(drawn) == [f"w-{number:06d}" for number in range(1, 201)]


def test_listeners_hear_of_an_exchange_after_it_was_written(tmp_path: Path) -> None:
    lines: list[int] = []
    with Recorder(tmp_path / "a.ndjson") as recorder:
        recorder.subscribe(lambda one: lines.append(recorder.path.read_bytes().count(b"\n")))
        recorder.record(WHOLE)
        recorder.record(WHOLE)
    assert lines == [1, 2]
