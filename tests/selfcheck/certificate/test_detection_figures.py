"""What a certificate says of the suite's own power is what the kill matrix found, in the form in which it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from oip_conformance.certificate import suite
from oip_conformance.certificate.rendering import readable
from oip_conformance.certificate.suite import detection_figures
from oip_conformance.contract.requirements import load_requirements
from oip_conformance.detection.matrix import Matrix

FACTS = {
    "suite": {"name": "oip-conformance", "version": "1.0", "tests_digest": suite.tests_digest()},
    "requirements": {"version": "1", "digest": "sha256:0"},
    "run": {"level": "standard", "seeds": [0, 1], "breadth": "near"},
}


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the matrix would ship; there is none yet."""
    monkeypatch.setattr(suite, "spec_directory", lambda: tmp_path)
    return tmp_path / "detection.json"


@pytest.fixture
def matrix() -> dict[str, Any]:
    """A matrix as the detection writes it, of nothing."""
    return Matrix([], load_requirements(), FACTS, complete=True).to_json()


def test_the_matrix_is_read_as_it_is_written(shipped: Path, matrix: dict[str, Any]) -> None:
    shipped.write_bytes(orjson.dumps(matrix))
    figures = detection_figures()
    assert figures is not None
    assert figures["summary"]["counts"] == matrix["counts"]
    assert figures["summary"]["requirements_without_a_catch"] == matrix["requirements_without_a_catch"]
    assert "findings" not in figures["summary"]


def test_the_findings_may_be_left_out_of_the_file(shipped: Path, matrix: dict[str, Any]) -> None:
    del matrix["findings"]
    shipped.write_bytes(orjson.dumps(matrix))
    assert detection_figures() is not None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"counts": {}}'])
def test_another_file_gives_no_figures(shipped: Path, content: bytes) -> None:
    shipped.write_bytes(content)
    assert detection_figures() is None


def test_a_file_that_lacks_a_figure_gives_none(shipped: Path, matrix: dict[str, Any]) -> None:
    assert detection_figures() is None
    for name in ("suite", "run", "complete", "sentence", "counts", "requirements_without_a_catch"):
        shipped.write_bytes(orjson.dumps({key: value for key, value in matrix.items() if key != name}))
        assert detection_figures() is None, name


def test_the_page_says_them(forger: Any, shipped: Path, matrix: dict[str, Any]) -> None:
    matrix |= {"sentence": "7 of 8 defects caught; 0 of 3 variations flagged."}
    shipped.write_bytes(orjson.dumps(matrix))
    forger.claim(lambda one: one["predicate"].update(detection=detection_figures()))
    page = readable(forger.predicate)
    assert "7 of 8 defects caught; 0 of 3 variations flagged; of" in page
    assert "(suite 1.0, these tests, level standard, seeds 0, 1)" in page
    forger.claim(
        lambda one: one["predicate"].update(detection={**detection_figures(), "summary": {**matrix, "complete": False}})
    )
    assert "a part of the known deviations" in " ".join(readable(forger.predicate).split())


def test_the_page_says_when_the_tests_were_others(forger: Any, shipped: Path, matrix: dict[str, Any]) -> None:
    matrix["suite"] = {**matrix["suite"], "tests_digest": f"sha256:{0:064d}"}
    shipped.write_bytes(orjson.dumps(matrix))
    forger.claim(lambda one: one["predicate"].update(detection=detection_figures()))
    assert "an earlier state of the tests" in " ".join(readable(forger.predicate).split())
