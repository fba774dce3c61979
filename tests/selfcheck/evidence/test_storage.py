"""Evidence on disk: what was recorded comes back equal, cut files lose only their cut line, damage is named."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.evidence import (
    EvidenceError,
    EvidenceFile,
    Exchange,
    ReceivedResponse,
    Recorder,
    SentRequest,
    gather,
)

HEADERS = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=3).map(tuple)
EXCHANGES = st.builds(
    Exchange,
    id=st.text(min_size=1),
    test=st.text(),
    operation=st.none() | st.text(),
    intent=st.sampled_from(["valid", "invalid", "story"]),
    request=st.builds(SentRequest, method=st.just("POST"), url=st.text(), headers=HEADERS, body=st.binary()),
    response=st.none() | st.builds(ReceivedResponse, status=st.integers(100, 599), headers=HEADERS, body=st.binary()),
    started=st.floats(0, 2e9),
    elapsed=st.floats(0, 100),
    fault=st.none() | st.sampled_from(["timeout", "cut"]),
    case=st.none() | st.text(),
    why=st.text(),
)


def exchange(number: int, body: bytes = b"") -> Exchange:
    return Exchange(
        f"m-{number:06d}", "test", None, "story", SentRequest("GET", "http://localhost/", (), body), None, 0, 0
    )


def changed(parts: dict[str, object]) -> bytes:
    """Evidence of one exchange that somebody changed."""
    return gzip.compress(orjson.dumps({**exchange(1).to_json(), **parts}) + b"\n", mtime=0)


@given(EXCHANGES)
def test_an_exchange_comes_back_equal_from_json(original: Exchange) -> None:
    assert Exchange.from_json(original.to_json()) == original


def test_what_two_processes_recorded_is_one_file_in_order(tmp_path: Path) -> None:
    for worker in ("a", "b"):
        with Recorder(tmp_path / f"{worker}.ndjson", worker) as recorder:
            for number in range(3):
                recorder.record(exchange(number, worker.encode()))
    digest = gather([tmp_path / "a.ndjson", tmp_path / "b.ndjson"], tmp_path / "evidence.ndjson.gz")
    kept = EvidenceFile(tmp_path / "evidence.ndjson.gz")
    assert [item.request.body for item in kept] == [b"a"] * 3 + [b"b"] * 3
    assert kept.digest() == digest


def test_the_same_exchanges_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with Recorder(tmp_path / f"{name}.ndjson") as recorder:
            recorder.record(exchange(1))
        gather([tmp_path / f"{name}.ndjson"], tmp_path / f"{name}.gz")
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()


def test_a_line_cut_off_by_a_kill_is_left_out_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    with Recorder(path) as recorder:
        recorder.record(exchange(1))
        recorder.record(exchange(2))
    path.write_bytes(path.read_bytes()[:-20])
    gather([path], tmp_path / "evidence.ndjson.gz")
    assert [item.id for item in EvidenceFile(tmp_path / "evidence.ndjson.gz")] == ["m-000001"]


def test_kept_exchanges_are_at_hand_and_others_are_found(tmp_path: Path) -> None:
    with Recorder(tmp_path / "a.ndjson") as recorder:
        for number in range(5):
            recorder.record(exchange(number))
    gather([tmp_path / "a.ndjson"], tmp_path / "e.gz")
    evidence = EvidenceFile(tmp_path / "e.gz", keep={"m-000003"})
    assert evidence.get("m-000003") == exchange(3)
    assert evidence.get("m-000001") == exchange(1)
    assert evidence.get("nobody") is None
    assert evidence.kept("m-000003") == exchange(3)
    assert evidence.kept("m-000001") is None


def test_the_exchanges_of_stories_are_read_without_those_of_the_general_tests(tmp_path: Path) -> None:
    """A test is left out by its whole name, in whatever order its line tells, and never because a body names it."""
    tests = ["general", 'general[æ"\\]', "generally", "story"]
    with Recorder(tmp_path / "a.ndjson") as recorder:
        for number, test in enumerate(tests):
            recorder.record(replace(exchange(number, b'{"id":"x","test":"general",'), test=test))
    odd = {"test": "general", **exchange(9).to_json()}
    (tmp_path / "b.ndjson").write_bytes(orjson.dumps({**odd, "test": "general"}) + b"\n")
    gather([tmp_path / "a.ndjson", tmp_path / "b.ndjson"], tmp_path / "e.gz")
    evidence = EvidenceFile(tmp_path / "e.gz")
    assert [one.test for one in evidence.of_stories(tests[:2])] == ["generally", "story", "general"]
    assert list(evidence.of_stories([])) == list(evidence)


def test_a_damaged_exchange_of_a_story_is_told(tmp_path: Path) -> None:
    (tmp_path / "e.gz").write_bytes(gzip.compress(b'{"id":"m-1","test":"story",}\n', mtime=0))
    evidence = EvidenceFile(tmp_path / "e.gz")
    assert list(evidence.of_stories(["story"])) == []
    with pytest.raises(EvidenceError) as problem:
        list(evidence.of_stories([]))
    assert problem.value.code == "EVI-03"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "EVI-01"),
        (b"not gzip", "EVI-02"),
        (gzip.compress(b"", mtime=0)[:8], "EVI-02"),
        (gzip.compress(b'{"id": "m-1"}\n', mtime=0), "EVI-03"),
        (gzip.compress(b"[1]\n", mtime=0), "EVI-03"),
        (gzip.compress(b"\xff\n", mtime=0), "EVI-03"),
        (changed({"id": 1}), "EVI-03"),
        (changed({"request": {"method": "GET", "url": "/", "headers": [], "base64": "n o n e"}}), "EVI-03"),
    ],
)
def test_evidence_that_cannot_be_read_has_a_code(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "evidence.ndjson.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EvidenceError) as problem:
        list(EvidenceFile(path))
    assert problem.value.code == code
