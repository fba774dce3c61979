"""Directories that are no run, and files that no run writes: each is told by its code, with exit code 2 and no traceback."""

from __future__ import annotations

import gzip
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.certificate import CertificateError, verify
from oip_conformance.certificate.dates import moment_given, read_moment
from oip_conformance.certificate.pack import open_pack
from oip_conformance.certificate.rejudgement import Rejudged, answer_rejudgement
from oip_conformance.certificate.suite import detection_figures

START = "from oip_conformance.cli import main; main()"


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def code_of(directory: Path) -> str:
    with pytest.raises(CertificateError) as told:
        open_pack(directory)
    return told.value.code


def test_what_is_no_run_directory_is_told_so(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing") == "VER-01"
    assert code_of(tmp_path) == "VER-01"
    file = tmp_path / "file"
    file.write_text("x")
    assert code_of(file) == "VER-01"


@pytest.mark.parametrize("name", ["results.json", "certificate.json", "evidence.ndjson.gz", "certificate.txt"])
def test_links_and_folders_in_the_place_of_files_are_not_followed(forger: Any, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("{}")
    place = forger.directory / name
    place.unlink()
    place.symlink_to(outside)
    assert code_of(forger.directory) == "VER-02"
    place.unlink()
    place.mkdir()
    assert code_of(forger.directory) == "VER-02"


def test_files_larger_than_any_run_writes_are_not_read(forger: Any) -> None:
    for name, code in (("certificate.json", "VER-05"), ("recording.json", "VER-02")):
        place = forger.directory / name
        content = place.read_bytes()
        with place.open("r+b") as file:
            file.truncate(65 * 1024**2)  # sparse: it takes no room
        assert code_of(forger.directory) == code
        place.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("results.json", b"", "VER-10"),
        ("results.json", b'{"schema_version": 99}', "VER-10"),
        ("results.json", b"[" * 50_000, "VER-10"),
        ("certificate.json", b"\0\1\2", "VER-03"),
        ("certificate.json", b'{"payload": "eA==", "payloadType": "x", "signatures": []}', "VER-04"),
        ("certificate.json", b'{"payload": "W10=", "payloadType": "x", "signatures": []}', "VER-04"),
        ("certificate-refused.json", b"7", "VER-02"),
        ("certificate-refused.json", b"{", "VER-02"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_garbage_is_told_by_its_code(forger: Any, name: str, content: bytes, code: str) -> None:
    (forger.directory / name).write_bytes(content)
    assert code_of(forger.directory) == code


@pytest.mark.parametrize("name", ["evidence.ndjson.gz", "recording.json", "contract.json", "tests.ndjson"])
@pytest.mark.parametrize("content", [None, b"\0garbage", gzip.compress(b"{}\n")], ids=["missing", "garbage", "packed"])
def test_files_that_cannot_be_read_refute_the_run(forger: Any, verified: Any, name: str, content: bytes | None) -> None:
    place = forger.directory / name
    place.unlink()
    if content is not None:
        place.write_bytes(content)
    found = verified(forger.directory)
    assert found.exit_code == 1
    assert str(found.answers[1].state) == "refuted"
    assert str(found.answers[2].state) == "refuted"


@pytest.mark.parametrize(
    "part",
    ["verdict", "run", "requirement_results", "evidence", "coverage", "traffic", "contract", "created", "classes"],
)
@pytest.mark.parametrize("value", [None, 7, [], {}, "x", [None], {"id": 1}])
def test_results_of_another_form_refute_the_run_and_break_nothing(
    forger: Any, sound: Rejudged, part: str, value: object
) -> None:
    forger.change("results.json", lambda results: results.update({part: value}))
    assert verify(forger.directory, lambda _: sound, requirements=forger.register).exit_code == 1


@pytest.mark.parametrize("part", ["suite", "issuer", "issued", "runs", "detection", "verdict", "classes", "coverage"])
@pytest.mark.parametrize("value", [None, 7, [], {}, "x"])
def test_claims_of_another_form_are_refused_and_break_nothing(
    forger: Any, sound: Rejudged, part: str, value: object
) -> None:
    forger.claim(lambda statement: statement["predicate"].update({part: value}))
    found = verify(forger.directory, lambda _: sound, requirements=forger.register)
    assert found.exit_code == (3 if part == "detection" and value == detection_figures() else 1)


def test_what_falls_short_of_a_floor_is_not_complete(forger: Any, sound: Rejudged) -> None:
    """The floors bind a run of everything, so the small run stands for one here; an interrupted run may miss them."""
    short = replace(sound, shortfall="3 of 60 operations were reached; 60 are its floor.")

    def codes() -> list[str]:
        return [one.code for one in answer_rejudgement(forger.json("results.json"), short).findings]

    assert codes() == ["shortfall"]
    forger.change("results.json", lambda one: one.update(notes=["it was interrupted."]))
    forger.change("results.json", lambda one: one["run"].update(interrupted=True))
    assert "shortfall" not in codes()


def test_the_command_ends_with_the_code_and_the_next_step(tmp_path: Path) -> None:
    for arguments, code in (
        (["verify", str(tmp_path)], "VER-01"),
        (["verify", str(tmp_path), "--key", "nonsense"], "VER-06"),
        (["verify", str(tmp_path), "--at", "some day"], "VER-09"),
        (["keygen", "-o", str(tmp_path / "no" / "where.pem")], "VER-08"),
    ):
        ended = command(*arguments)
        assert ended.returncode == 2
        assert ended.stderr.startswith(f"{code}: ")
        assert len(ended.stderr.strip().splitlines()) == 2
        assert "Traceback" not in ended.stderr


def test_dates_are_read_with_and_without_a_zone() -> None:
    assert moment_given("2026-11-25") == read_moment("2026-11-25T00:00:00Z")
    assert read_moment("2026-11-25T01:00:00+01:00") == read_moment("2026-11-25")
    for text in ("", "25.11.2026", "2026-13-01", "0001-01-01T00:00:00+23:00"):
        with pytest.raises(CertificateError):
            moment_given(text)
    with pytest.raises(ValueError, match="no date"):
        read_moment(20261125)


def test_a_refused_certificate_says_why(forger: Any, verified: Any) -> None:
    (forger.directory / "certificate.json").unlink()
    forger.change("results.json", lambda one: one["run"].update(only=["OIP-STORE-01"], interrupted=True))
    forger.seal()
    refusal = forger.json("certificate-refused.json")
    assert len(refusal["reasons"]) == 2
    found = verified(forger.directory)
    assert found.answers[0].findings[0].code == "no-certificate"
    assert "the run is not complete" in found.answers[0].findings[0].sentence
