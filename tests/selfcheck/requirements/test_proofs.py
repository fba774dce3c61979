"""What proves a requirement is found in the source of the tests and in the list of defects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oip_conformance.contract.proofs import KnownDefect, Proof, defects_in, proofs_in
from oip_conformance.contract.requirements import RequirementError

SUITE = '''
import pytest
from oip_conformance.scenario import requirement

@requirement("OIP-PROMO-04")
def test_the_limit_holds(oip):
    """A promotion is redeemed
    at most to its limit.

    More words.
    """

@requirement("OIP-PROMO-05", "OIP-PROMO-06")
@pytest.mark.parametrize("way", [pytest.param("id", marks=requirement("OIP-PROMO-33")), "phone"])
def test_windows(oip, way):
    pass

@requirement("OIP-PROMO-07")
def not_a_test():
    pass

@pytest.mark.requirement("OIP-PROMO-08")
class TestHistory:
    @requirement("OIP-PROMO-09")
    def test_it_grows(self):
        pass
'''


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "test_redeeming.py").write_text(SUITE, encoding="utf-8")
    return tmp_path


def test_markers_are_found_on_functions_classes_and_parameters(suite: Path) -> None:
    found = proofs_in(suite)

    windows = "workflows/test_redeeming.py::test_windows"
    assert {name: [proof.name for proof in proofs] for name, proofs in found.items()} == {
        "OIP-PROMO-04": ["workflows/test_redeeming.py::test_the_limit_holds"],
        "OIP-PROMO-05": [windows],
        "OIP-PROMO-06": [windows],
        "OIP-PROMO-33": [windows],
        "OIP-PROMO-08": ["workflows/test_redeeming.py::TestHistory::test_it_grows"],
        "OIP-PROMO-09": ["workflows/test_redeeming.py::TestHistory::test_it_grows"],
    }


def test_a_proof_speaks_in_the_first_paragraph_of_its_docstring_or_in_its_name(suite: Path) -> None:
    found = proofs_in(suite)

    assert found["OIP-PROMO-04"] == (
        Proof(
            "test_the_limit_holds",
            "workflows/test_redeeming.py",
            6,
            "A promotion is redeemed at most to its limit.",
        ),
    )
    assert found["OIP-PROMO-05"][0].sentence == "test windows"


@pytest.mark.parametrize("mark", ['requirement("OIP-CORE-14")', '[requirement("OIP-CORE-14"), other]'])
def test_a_marker_of_the_module_counts_for_each_of_its_tests(tmp_path: Path, mark: str) -> None:
    text = f"pytestmark = {mark}\ndef test_one(): ...\nasync def test_two(): ...\n"
    (tmp_path / "test_health.py").write_text(text, encoding="utf-8")

    assert [proof.test for proof in proofs_in(tmp_path)["OIP-CORE-14"]] == ["test_one", "test_two"]


def test_no_suite_is_no_proof(tmp_path: Path) -> None:
    assert proofs_in(tmp_path) == {}


def test_defects_are_found_under_each_requirement_they_break(tmp_path: Path) -> None:
    entry = {"id": "counts_twice", "lie": "Each use counts twice.", "family": "state", "breaks": ["OIP-A-1", "OIP-B-1"]}
    path = tmp_path / "defects.json"
    path.write_text(json.dumps({"defects": [entry]}), encoding="utf-8")

    known = KnownDefect("counts_twice", "Each use counts twice.", "state", ("OIP-A-1", "OIP-B-1"))
    assert defects_in(path) == {"OIP-A-1": (known,), "OIP-B-1": (known,)}


def test_without_a_list_there_are_no_defects(tmp_path: Path) -> None:
    assert defects_in(tmp_path / "defects.json") == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"defects": [{"id": "x"}]}', '{"defects": 1}'])
def test_a_damaged_list_of_defects_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "defects.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RequirementError) as caught:
        defects_in(path)
    assert caught.value.code == "REQ-30"
