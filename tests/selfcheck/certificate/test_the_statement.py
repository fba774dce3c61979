"""What the certificate says of the contract, of what it leaves open and of its suite, and the page that says it in words."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.certificate import suite
from oip_conformance.certificate.rendering import readable
from oip_conformance.certificate.statement import is_published
from oip_conformance.evidence import load_recorded_contract, load_recording
from oip_conformance.evidence.recording import Recording
from oip_conformance.resources import suite_directory


def recording_with(good_run: Path, part: dict[str, Any]) -> Recording:
    """The good run's recording, with another part in its profile."""
    recording = load_recording(good_run)
    return Recording(**{**vars(recording), "profile": {**recording.profile, **part}})


@pytest.mark.parametrize(
    "part",
    [
        {"contract": {"file": "mine.yaml", "overlays": []}},
        {"contract": {"overlays": ["mine.overlay.yaml"]}},
        {"contract": {"overlays": ["4.3"]}},
        {"operations": {"getStores": {"method": "GET", "path": "/shops"}}},
        {"operations": {"noSuchOperation": {"method": "GET", "path": "/shops"}}},
    ],
    ids=["a file of one's own", "an overlay of one's own", "the next release", "a binding", "an impossible binding"],
)
def test_another_contract_than_the_profile_and_what_ships_make_is_not_the_published_one(
    good_run: Path, part: dict[str, Any]
) -> None:
    contract = load_recorded_contract(good_run)
    assert is_published(contract, load_recording(good_run))
    assert not is_published(contract, recording_with(good_run, part))


def test_the_page_names_what_is_left_open_each_with_its_reason(forger: Any) -> None:
    predicate = forger.predicate
    assert "Warned" not in readable(predicate)
    assert "Not covered" not in readable(predicate)
    long = " ".join(["a reason that takes more than one line"] * 4)
    predicate["warned"] = [{"id": "OIP-STORE-02", "state": "warned", "reason": ""}]
    predicate["not_covered"] = [{"id": "OIP-CONS-02", "state": "inconclusive", "reason": long}]
    page = readable(predicate)
    assert "Warned (1):\n  OIP-STORE-02\n" in page
    assert "Not covered (1):\n  OIP-CONS-02: a reason that takes" in page
    assert " ".join(page.split()).count(long) == 1
    assert max(map(len, page.splitlines())) <= 100


def test_the_digest_of_the_tests_follows_names_and_contents_and_no_line_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "suite"
    shutil.copytree(suite_directory(), copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("oip_conformance.certificate.suite.suite_directory", lambda: copy)
    digest = suite.tests_digest.__wrapped__
    before = suite.tests_digest()
    assert digest() == before
    some = next(path for path in sorted(copy.rglob("test_*.py")))
    content = some.read_bytes()
    some.write_bytes(content.replace(b"\n", b"\r\n"))
    assert digest() == before
    some.write_bytes(content + b"# more\n")
    assert digest() != before
    some.write_bytes(content)
    some.rename(some.with_name("test_of_another_name.py"))
    assert digest() != before


def test_what_lies_elsewhere_in_a_checkout_is_no_part_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wheel holds the contract and the tests inside the package; the code's digest is the same in both."""
    (tmp_path / "__init__.py").write_text("one = 1\n")
    monkeypatch.setattr("oip_conformance.certificate.suite.oip_conformance.__file__", str(tmp_path / "__init__.py"))
    digest = suite.code_digest.__wrapped__
    before = digest()
    for folder in ("_spec", "_suite"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "more.py").write_text("two = 2\n")
    assert digest() == before
    (tmp_path / "more.py").write_text("two = 2\n")
    assert digest() != before


def test_the_suite_names_all_that_it_stands_on() -> None:
    said = suite.suite_identity()["dependencies"]
    assert {"httpx", "pytest", "cryptography", "httpcore"} <= set(said)
    assert "ruff" not in said
    assert all(one["version"] and one["digest"].startswith("sha256:") for one in said.values())
