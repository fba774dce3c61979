"""Bodies in a record: each comes back as it was, large ones stand packed, and what unpacks without end is refused."""

from __future__ import annotations

import base64
import gzip
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from oip_conformance.evidence import EvidenceError, EvidenceFile, Exchange, ReceivedResponse, SentRequest, storage
from oip_conformance.evidence.bodies import LARGE, LARGEST, body_from_json, body_to_json

KNOWN = Exchange("m-1", "test", None, "story", SentRequest("PUT", "http://localhost/"), ReceivedResponse(200), 0, 0)


def packed(content: bytes) -> dict[str, str]:
    return {"packed": base64.b64encode(content).decode()}


@pytest.mark.parametrize(
    ("body", "member"),
    [
        (b"", None),
        (b"{}", "text"),
        ("æ".encode() * 100, "text"),
        (b"\xff", "base64"),
        (b"x" * (LARGE - 1), "text"),
        (b"x" * LARGE, "packed"),
        (b"\xff" * (LARGE + 1), "packed"),
        (b"x" * 32 * 1024**2, "packed"),
    ],
)
def test_a_body_comes_back_and_stands_in_the_member_for_its_kind(body: bytes, member: str | None) -> None:
    written = body_to_json(body)
    assert list(written) == ([member] if member else [])
    assert body_from_json(written) == body


def test_sixteen_megabytes_of_one_letter_make_a_short_line() -> None:
    assert len(body_to_json(b"x" * 16 * 1024**2)["packed"]) < 200_000


@pytest.mark.parametrize(
    "part",
    [
        packed(b"no zlib"),
        packed(zlib.compress(b"x" * LARGE)[:-5]),
        packed(zlib.compress(b"x" * LARGE) + b"more"),
        packed(zlib.compress(b"x" * (LARGE - 1))),
        packed(zlib.compress(b"x" * (LARGEST + 1), 1)),
        {"packed": "n o n e"},
        {"packed": 7},
    ],
)
def test_a_packed_body_that_a_run_would_not_write_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        body_from_json(part)


def test_large_bodies_count_against_what_evidence_may_unpack_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines of some kilobytes that unpack to megabytes each do not fill the time of whoever reads them."""
    one = replace(KNOWN, request=replace(KNOWN.request, body=b"x" * 8 * LARGE))
    path = tmp_path / "evidence.ndjson.gz"
    path.write_bytes(gzip.compress((orjson.dumps(one.to_json()) + b"\n") * 4, mtime=0))
    evidence = EvidenceFile(path)
    assert list(evidence) == [one] * 4
    monkeypatch.setattr(storage, "AT_FIRST", 30 * LARGE)
    with pytest.raises(EvidenceError, match="unpacks to more than any run records"):
        list(evidence)
    with pytest.raises(EvidenceError, match="unpacks to more than any run records"):
        list(evidence.of_stories([]))
    assert list(evidence.of_stories(["test"])) == []
