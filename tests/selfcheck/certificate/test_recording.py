"""What a run leaves beside its exchanges comes back equal, holds no secret, and is told when it is none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.contract import load_contract
from oip_conformance.evidence import (
    CONTRACT_NAME,
    RECORDING_NAME,
    TESTS_NAME,
    Attempt,
    EvidenceError,
    Recording,
    load_attempts,
    load_recorded_contract,
    load_recording,
    write_recording,
)
from oip_conformance.profile import default_profile

ATTEMPTS = st.builds(
    Attempt,
    test=st.text(),
    worker=st.text(max_size=3),
    after=st.integers(0, 10**6),
    at=st.datetimes(timezones=st.just(dt.UTC)),
    people=st.tuples(st.integers(0, 99), st.integers(1, 8)),
    serial=st.integers(0, 99),
    position=st.integers(0, 9),
    general=st.booleans(),
)


def recording() -> Recording:
    profile = default_profile()
    content = profile.model_dump(mode="json")
    return Recording(
        "http://127.0.0.1:1/v4", True, "smoke", 3, ("stores",), (), False, ("main",), profile.digest, content
    )


@given(ATTEMPTS)
def test_an_attempt_comes_back_equal(attempt: Attempt) -> None:
    assert Attempt.from_json(orjson.loads(orjson.dumps(attempt.to_json()))) == attempt


def test_a_recording_comes_back_equal(tmp_path: Path) -> None:
    contract = load_contract()
    attempt = Attempt("t", "m", 0, dt.datetime.now(dt.UTC), (0, 1), 0, 0, True)
    write_recording(tmp_path, recording(), contract, [attempt.to_json()])
    assert load_recording(tmp_path).load_profile().digest == default_profile().digest
    assert load_recording(tmp_path).profile_digest == default_profile().digest
    assert load_recorded_contract(tmp_path).digest == contract.digest
    assert load_attempts(tmp_path) == [attempt]


@pytest.mark.parametrize(
    "change", [{"format": 2}, {"profile": 7}, {"seed": "3"}, {"classes": 7}, {"profile": {"name": 7}}]
)
def test_a_recording_of_another_form_is_told(tmp_path: Path, change: dict[str, Any]) -> None:
    value = {**recording().to_json(), **change}
    (tmp_path / RECORDING_NAME).write_bytes(orjson.dumps(value))
    with pytest.raises(EvidenceError) as told:
        load_recording(tmp_path).load_profile()
    assert told.value.code == "EVI-04"


@pytest.mark.parametrize("name", [RECORDING_NAME, CONTRACT_NAME, TESTS_NAME])
@pytest.mark.parametrize(
    "content", [b"\0", b"7\n", b'{"paths": 7}\n', b'{"paths": {"/x": {"get": {"parameters": [1]}}}}']
)
def test_what_is_no_record_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    load = {RECORDING_NAME: load_recording, CONTRACT_NAME: load_recorded_contract, TESTS_NAME: load_attempts}[name]
    with pytest.raises(EvidenceError) as told:
        load(tmp_path)
    assert told.value.code == "EVI-04"
    (tmp_path / name).unlink()
    with pytest.raises(EvidenceError) as told:
        load(tmp_path)
    assert told.value.code == "EVI-01"


def test_a_record_larger_than_any_run_writes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / TESTS_NAME).open("wb") as file:
        file.truncate(65 * 1024**2)
    with pytest.raises(EvidenceError) as told:
        load_attempts(tmp_path)
    assert told.value.code == "EVI-02"
