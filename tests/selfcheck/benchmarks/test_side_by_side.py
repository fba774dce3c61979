"""The pure parts of the comparison with other tools: requests counted, contract converted, reports read, baselines taken off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.side_by_side import reading
from benchmarks.side_by_side.contract import as_3_0, schema_as_3_0
from benchmarks.side_by_side.counting import rows, sights, sound, subject_of, total
from benchmarks.side_by_side.examples import MEMBER, MEMBER_PHONE, pointed_at_seeded_records
from benchmarks.side_by_side.ledger import Ledger, OtherTerms
from benchmarks.side_by_side.relay import RequestCounter
from benchmarks.side_by_side.sample import CLASSES, VARIATIONS, sampled
from benchmarks.side_by_side.tables import by_class
from benchmarks.side_by_side.tools import OURS
from benchmarks.side_by_side.trial import Observation
from openapi_spec_validator import OpenAPIV30SpecValidator

from oip_conformance.contract import load_contract
from oip_conformance.detection.deviations import Deviation, known_deviations

REQUESTS = (
    b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n"
    b"POST /b HTTP/1.1\r\nContent-Length: 22\r\n\r\nGET /no HTTP/1.1\r\n\r\n.."
    b"POST /c HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /d HTTP/1.1\r\n\r\n"
)
LIE = Deviation("redeems_past_the_limit", "defect", "limits", "It lies.", ("OIP-PROMO-04",))
DIFFERENCE = Deviation("turns_the_order", "variation", "json", "It differs.")


def saw(*failures: str, problem: str = "") -> Observation:
    return Observation(frozenset(failures), 10, 1.0, problem=problem)


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_requests_are_counted_however_they_are_cut(size: int) -> None:
    """Bodies that look like requests, and chunked ones, are passed over."""
    counter = RequestCounter()
    for place in range(0, len(REQUESTS), size):
        counter.feed(REQUESTS[place : place + size])
    assert counter.requests == 4


def test_the_contract_is_valid_3_0_with_every_operation() -> None:
    document = dict(load_contract().document)
    plain = as_3_0(pointed_at_seeded_records(document))
    OpenAPIV30SpecValidator(plain).validate()
    assert {path: set(item) for path, item in plain["paths"].items()} == {
        path: set(item) for path, item in document["paths"].items()
    }


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({"type": ["string", "null"], "maxLength": 3}, {"type": "string", "maxLength": 3, "nullable": True}),
        ({"type": ["integer", "number", "null"]}, {"type": "number", "nullable": True}),
        ({"type": ["string", "integer"], "description": "a number"}, {"description": "a number"}),
        ({"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}, {"nullable": True, "allOf": [{"$ref": "#/x"}]}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        ({"const": "a", "examples": ["a"]}, {"enum": ["a"], "example": "a"}),
    ],
)
def test_a_schema_is_never_made_narrower(schema: dict[str, object], plain: dict[str, object]) -> None:
    assert schema_as_3_0(schema) == plain


def test_examples_name_who_exists_except_for_who_is_new() -> None:
    document = pointed_at_seeded_records(dict(load_contract().document))
    examples = document["components"]["examples"]
    assert examples["Redemption"]["value"]["customerId"] == MEMBER
    assert document["paths"]["/customers"]["get"]["parameters"][0]["example"] == MEMBER_PHONE
    assert examples["MinimalCustomer"]["value"]["data"]["mobilePhone"] != MEMBER_PHONE


def test_a_sample_sees_every_family_before_any_again() -> None:
    known = known_deviations()
    chosen = sampled(known, per_family=2, variations_per_family=1)
    defects = [one.family for one in chosen if one.kind == "defect"]
    families = {one.family for one in known if one.kind == "defect"}
    assert set(defects[: len(families)]) == set(defects[len(families) :]) == families
    assert chosen == sampled(known, per_family=2, variations_per_family=1)
    assert len(sampled(known, per_family=0, variations_per_family=0)) == len(known)


def test_every_family_of_defects_has_a_row() -> None:
    sorted_in = {family for families in CLASSES.values() for family in families}
    assert {one.family for one in known_deviations() if one.kind == "defect"} <= sorted_in


def test_reports_are_read(tmp_path: Path) -> None:
    """Ids that differ from run to run are no part of a failure; what came instead is."""
    report = tmp_path / "report"
    report.write_text(
        "## Pass: GET (200) /health\n## Fail: GET (200) /customers/id/0145252F-C93E-43EF-9F9D-5154B8DB1AF5\n"
        "### Message\n```\nstatusCode: Expected status code '200', but got '500'.\n\n```\n"
    )
    assert reading.of_dredd(report) == {
        "GET (200) /customers/id/ID | statusCode: Expected status code '200', but got '500'."
    }
    report.write_text(
        json.dumps({"failures": [{"type": "ServerError", "operations": ["GET /a", "GET /b"]}], "errors": []})
    )
    assert reading.of_schemathesis(report) == {"GET /a | ServerError", "GET /b | ServerError"}
    error = {"test": "[GET]::/a - Schema is valid", "message": "found following errors: \ndata[3].id should be string"}
    report.write_text(json.dumps({"run": {"failures": [{"error": error}]}}))
    assert reading.of_newman(report) == {"[GET]::/a - Schema is valid | data[].id should be string"}
    report.write_text(
        '<testsuite><testcase name="x &gt; +ve  Scenario: GET /a -> 200"><failure>API: GET /a -> 200\n'
        "  >> RESPONSE.STATUS\n   R0002: mismatch\n   but response contained status 500\n</failure></testcase></testsuite>"
    )
    assert reading.of_specmatic(report) == {"+ve GET /a -> 200 | RESPONSE.STATUS R0002 500"}
    states = [{"id": "OIP-A-01", "state": "failed"}, {"id": "OIP-A-02", "state": "passed"}]
    report.write_text(json.dumps({"requirement_results": states}))
    assert reading.of_our_suite(report) == {"OIP-A-01"}


def test_what_the_sound_server_has_too_is_no_catch() -> None:
    seen = {
        (sound("embedded", 0), OURS): saw(),
        (sound("embedded", 1), OURS): saw("OIP-OTHER-01"),
        (sound("embedded", 0), "Other"): saw("a | crash"),
        (sound("embedded", 1), "Other"): saw("b | crash"),
        (subject_of(LIE), OURS): saw("OIP-PROMO-04", "OIP-OTHER-01"),
        (subject_of(LIE), "Other"): saw("a | crash", "b | crash"),
        (subject_of(DIFFERENCE), OURS): saw("OIP-OTHER-01"),
        (subject_of(DIFFERENCE), "Other"): saw("a | crash", "a | schema"),
    }
    tools = [OURS, "Other"]
    found = sights([LIE, DIFFERENCE], tools, 2, lambda subject, tool: seen.get((subject, tool)))
    counted = rows(found, tools)
    assert total(counted) == {OURS: (1, 1), "Other": (0, 1), "own requirement": (1, 1)}
    assert counted[VARIATIONS]["Other"] == (1, 1)
    assert counted[VARIATIONS][OURS] == (0, 1)
    table = by_class(found, tools)
    assert "| business rules: limits and windows | 1 / 1 | 0 / 1 | 1 / 1 |" in table
    assert "| harmless variations flagged (0 is right) | 0 / 1 | 1 / 1 |  |" in table


def test_a_deviation_that_one_tool_has_not_met_counts_for_none() -> None:
    seen = {(sound("embedded", 0), OURS): saw(), (subject_of(LIE), OURS): saw("OIP-PROMO-04")}
    assert sights([LIE], [OURS, "Other"], 1, lambda subject, tool: seen.get((subject, tool))) == {}


def test_a_ledger_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    terms = {"budget": 10}
    Ledger(tmp_path, terms, resume=False).keep("defect x", OURS, saw("OIP-A-01"))
    with (tmp_path / "side_by_side.ndjson").open("a") as file:
        file.write('{"subject": "defect y", "to')
    assert Ledger(tmp_path, terms, resume=True).get("defect x", OURS) == saw("OIP-A-01")
    with pytest.raises(OtherTerms, match="--resume"):
        Ledger(tmp_path, terms, resume=False)
    with pytest.raises(OtherTerms, match="other terms"):
        Ledger(tmp_path, {"budget": 11}, resume=True)
