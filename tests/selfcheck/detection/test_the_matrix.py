"""The matrix as it is written down: held to its schema, resumable, and honest in its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from oip_conformance.contract.requirements import load_requirements
from oip_conformance.detection.deviations import Deviation, choose, known_deviations
from oip_conformance.detection.finding import Finding, Word
from oip_conformance.detection.matrix import Matrix
from oip_conformance.detection.notebook import Notebook
from oip_conformance.detection.writing import write_matrix
from oip_conformance.run.problems import RunProblem
from oip_reference.defects import DEFECTS
from oip_reference.variations import VARIATIONS

SCHEMA = Path("src/oip_conformance/detection/detection.schema.json")
LIE = Deviation("lies_a_little", "defect", "limits", "It lies | a little.", ("OIP-PROMO-04",), ("OIP-PROMO-2?",))
DIFFERENCE = Deviation("differs_a_little", "variation", "json", "It differs.")
CAUGHT = Finding(
    LIE, Word.CAUGHT, "a whole run, smoke", {"OIP-PROMO-04": "got <b>200</b>"}, runs=1, exchanges=9, seconds=1.5
)
FLAGGED = Finding(DIFFERENCE, Word.FLAGGED, "a whole run, smoke", blamed={"OIP-CORE-06": "failed: no JSON"})
FACTS = {
    "suite": {"name": "oip-conformance", "version": "0", "tests_digest": f"sha256:{'0' * 64}"},
    "requirements": {"version": "0", "digest": "0"},
    "run": {
        "level": "standard",
        "seeds": [0],
        "breadth": "near",
        "workers": 2,
        "seconds": 2.0,
        "runs": 1,
        "exchanges": 9,
        "started": "2024-11-19T10:00:00Z",
    },
}


def matrix(*findings: Finding, complete: bool = False) -> Matrix:
    return Matrix(findings, load_requirements(), FACTS, complete=complete)


@pytest.mark.parametrize("findings", [(), (CAUGHT,), (CAUGHT, FLAGGED)])
@pytest.mark.parametrize("complete", [True, False])
def test_what_is_written_keeps_its_schema(tmp_path: Path, findings: tuple[Finding, ...], complete: bool) -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    paths = write_matrix(matrix(*findings, complete=complete), tmp_path)
    validator.validate(json.loads(paths[0].read_text(encoding="utf-8")))
    assert [path.name for path in paths] == ["detection.json", "figures.json", "detection.md", "detection.html"]
    whole, figures = (json.loads(path.read_text(encoding="utf-8")) for path in paths[:2])
    assert {**figures, "findings": whole["findings"]} == whole


def test_the_page_and_the_table_show_what_is_wrong_and_escape_what_was_answered(tmp_path: Path) -> None:
    *_, table, page = write_matrix(matrix(CAUGHT, FLAGGED, complete=True), tmp_path)
    assert "| `differs_a_little` | flagged | OIP-CORE-06: failed: no JSON |" in table.read_text(encoding="utf-8")
    assert "It lies \\| a little." in table.read_text(encoding="utf-8")
    assert "got &lt;b&gt;200&lt;/b&gt;" in page.read_text(encoding="utf-8")
    assert "OIP-CUST-01: no defect breaks it" in page.read_text(encoding="utf-8")


def test_what_only_a_company_showed_stands_beside_what_is_accepted(tmp_path: Path) -> None:
    reason = "together with 2 others, smoke: OIP-CORE-06: failed: <no> JSON"
    *_, table, page = write_matrix(matrix(Finding(DIFFERENCE, Word.ACCEPTED, "a whole run", reason=reason)), tmp_path)
    assert f"| It differs. | accepted | a whole run; {reason} |" in table.read_text(encoding="utf-8")
    assert "a whole run; together with 2 others, smoke: OIP-CORE-06: failed: &lt;no&gt;" in page.read_text(
        encoding="utf-8"
    )


def test_only_a_matrix_without_blemish_ends_with_0() -> None:
    assert matrix(CAUGHT).exit_code == 0
    for word in Word:
        good = word in (Word.CAUGHT, Word.ACCEPTED)
        assert matrix(CAUGHT, Finding(DIFFERENCE, word)).exit_code == (0 if good else 1), word
    assert matrix().exit_code == 1, "a matrix of nothing proves nothing"


def test_the_counts_add_up() -> None:
    counts = matrix(CAUGHT, FLAGGED, Finding(LIE, Word.BLAMED_OTHERS), Finding(LIE, Word.MISSED)).counts
    assert counts["defects"] == 3
    assert (counts["caught"], counts["caught_with_others_blamed"], counts["missed"], counts["flagged"]) == (1, 1, 1, 1)


def test_an_interrupted_matrix_goes_on_where_it_was(tmp_path: Path) -> None:
    Notebook(tmp_path, FACTS, resume=False).write(CAUGHT)
    with (tmp_path / "detection.ndjson").open("ab") as file:
        file.write(b'{"cut": ')
    again = Notebook(tmp_path, FACTS, resume=True)
    assert again.finding(LIE) == CAUGHT
    assert again.finding(DIFFERENCE) is None
    changed = Deviation(LIE.id, LIE.kind, LIE.family, LIE.summary, ("OIP-PROMO-05",))
    assert again.finding(changed) is None, "a lie that is about something else now has to be examined again"
    again.write(FLAGGED)
    assert Notebook(tmp_path, FACTS, resume=True).finding(DIFFERENCE) == FLAGGED


@pytest.mark.parametrize(("terms", "resume"), [(FACTS, False), ({**FACTS, "run": {}}, True)])
def test_findings_on_other_terms_are_not_mixed(tmp_path: Path, terms: dict[str, object], resume: bool) -> None:
    Notebook(tmp_path, FACTS, resume=False)
    with pytest.raises(RunProblem, match="DET-03"):
        Notebook(tmp_path, terms, resume=resume)


def test_the_list_is_read_from_the_server() -> None:
    known = known_deviations()
    assert [one.id for one in known] == [one.id for register in (DEFECTS, VARIATIONS) for one in register]
    assert {one.kind for one in known} == {"defect", "variation"}


def test_a_name_that_nothing_has_is_told_with_the_nearest() -> None:
    with pytest.raises(RunProblem, match="DET-01") as problem:
        choose([LIE, DIFFERENCE], defects=["lies_a_litle"])
    assert "lies_a_little" in problem.value.hint
    assert problem.value.exit_code == 2
    with pytest.raises(RunProblem, match="variation"):
        choose([LIE, DIFFERENCE], variations=["lies_a_little"])


def test_names_may_be_patterns_and_shards_share_everything_out() -> None:
    known = [Deviation(f"lie_{number}", "defect", "limits", "It lies.") for number in range(10)]
    assert choose(known, defects=["lie_*"]) == tuple(known)
    parts = [choose(known, shard=(number, 3)) for number in (1, 2, 3)]
    assert sorted(one.id for part in parts for one in part) == sorted(one.id for one in known)


def test_samples_of_some_days_in_a_row_see_everything() -> None:
    known = [Deviation(f"lie_{number}", "defect", "limits", "It lies.") for number in range(23)]
    samples = [choose(known, sample=5, turn=day) for day in range(100, 105)]
    assert all(len(sample) <= 5 for sample in samples)
    assert {one for sample in samples for one in sample} == set(known)
