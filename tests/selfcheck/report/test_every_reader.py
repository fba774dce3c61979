"""Every report of every kind of run is well formed by its own published rules, and claims no more than the run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from oip_conformance.report import ON_REQUEST, REPORTERS, allure, badge, ctrf, har, html, junit, markdown

DATA = Path(__file__).with_name("data")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="session")
def ctrf_schema():
    """The schema that the `ctrf` package publishes."""
    return jsonschema_rs.validator_for(json.loads((DATA / "ctrf-schema-0.0.json").read_text()))


@pytest.fixture(scope="session")
def har_schema():
    """The HAR 1.2 schema that the `har-schema` package publishes, its references made local."""
    parts = json.loads((DATA / "har-schema-2.0.json").read_text())
    for part in parts.values():
        part.pop("$id"), part.pop("$schema", None)
    text = json.dumps({"definitions": parts, "$ref": "#/definitions/har.json"})
    return jsonschema_rs.Draft6Validator(json.loads(re.sub(r'"(\w+\.json)#"', r'"#/definitions/\1"', text)))


def test_every_reporter_writes_something_for_every_run(any_run, tmp_path):
    for write in (*REPORTERS, *ON_REQUEST.values()):
        path = write(any_run, tmp_path)
        assert path.exists() or (path.name == "failures" and not any_run.results["failures"])


def test_ctrf_is_valid_and_counts_every_row(any_run, tmp_path, ctrf_schema):
    report = json.loads(ctrf.write(any_run, tmp_path).read_text())
    assert [error.message for error in ctrf_schema.iter_errors(report)] == []
    summary = report["results"]["summary"]
    assert summary["tests"] == len(any_run.rows)
    assert summary["tests"] == sum(summary[name] for name in ("passed", "failed", "skipped", "pending", "other"))


def test_ctrf_schema_refuses_what_is_none(ctrf_schema):
    assert not ctrf_schema.is_valid({"reportFormat": "CTRF", "specVersion": "0.0.0", "results": {}})


def test_har_is_valid_and_holds_every_exchange(any_run, tmp_path, har_schema):
    archive = json.loads(har.write(any_run, tmp_path).read_text())
    assert [error.message for error in har_schema.iter_errors(archive)] == []
    assert len(archive["log"]["entries"]) == any_run.results["evidence"]["exchanges"]


def test_har_schema_refuses_what_is_none(har_schema):
    assert not har_schema.is_valid(
        {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [{}]}}
    )


def test_junit_counts_what_it_holds(any_run, tmp_path):
    root = ElementTree.parse(junit.write(any_run, tmp_path)).getroot()
    for name, element in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(root.get(name)) == len(root.findall(f".//{element}"))
    failed = sum(
        outcome["state"] == "failed" for one in any_run.results["requirement_results"] for outcome in one["outcomes"]
    )
    assert int(root.get("failures")) == failed


def test_a_junit_failure_tells_everything_in_order(make, tmp_path):
    root = ElementTree.parse(junit.write(make("failing"), tmp_path)).getroot()
    text = next(one.text for one in root.iter("failure") if one.get("type") == "OIP-CORE-04")
    places = [
        text.index(word) for word in ("requirement", "source", "expected", "got", "exchange", "why", "try", "curl")
    ]
    assert places == sorted(places)


def test_allure_has_one_row_an_operation_and_a_story(make, tmp_path):
    run = make("failing")
    folder = allure.write(run, tmp_path)
    rows = {
        one["fullName"]: one for one in map(json.loads, (path.read_text() for path in folder.glob("*-result.json")))
    }
    assert len(rows) == len(list(folder.glob("*-result.json"))) == len(run.rows)
    operation = rows["every exchange of getHealth"]
    labels = {(one["name"], one["value"]) for one in operation["labels"]}
    assert ("story", "getHealth") in labels
    assert ("epic", run.class_titles["core"]) in labels
    assert {one["name"] for one in operation["links"]} == {"OIP-CORE-02", "OIP-CORE-03", "OIP-CORE-04"}
    assert operation["status"] == "failed"
    assert [step["status"] for step in operation["steps"]] == ["passed", "passed", "failed"]
    attached = [item["source"] for step in operation["steps"] for item in step.get("attachments", [])]
    assert attached
    assert all((folder / source).is_file() for source in attached)


def test_allure_shows_nothing_undecided_as_passed(any_run, tmp_path):
    folder = allure.write(any_run, tmp_path)
    states = {row.test: row.state for row in any_run.rows}
    for path in folder.glob("*-result.json"):
        row = json.loads(path.read_text())
        assert (row["status"] == "passed") == (states[row["fullName"]] in ("passed", "warned")), row["fullName"]


def test_allure_rows_keep_their_history_from_run_to_run(make, tmp_path):
    before, after = allure.write(make("conformant"), tmp_path / "a"), allure.write(make("failing"), tmp_path / "b")

    def histories(folder):
        return {
            one["fullName"]: one["historyId"]
            for one in (json.loads(p.read_text()) for p in folder.glob("*-result.json"))
        }

    common = set(histories(before)) & set(histories(after))
    assert len(common) == 2
    assert all(histories(before)[name] == histories(after)[name] for name in common)


GREEN = {"conformant", "smoke"}


def test_only_a_whole_pass_has_a_green_badge(any_run):
    name = any_run.results["run"]["id"]
    _words, colour = badge.claim(any_run.results)
    assert (colour == badge.GREEN) == (name in GREEN)
    picture = ElementTree.fromstring(badge.badge(any_run.results))
    assert picture.tag == f"{SVG}svg"
    assert picture.get("aria-label") == picture.findtext(f"{SVG}title")


def test_a_badge_claims_no_more_than_the_run(make):
    assert badge.claim(make("smoke").results)[0] == "smoke test passed"
    assert badge.claim(make("conformant").results)[0] == "conformant"
    assert badge.claim(make("conformant", run__only=["OIP-PROMO-05"]).results)[0] == "conformant (a selection only)"
    assert badge.claim(make("conformant", run__classes=["promotions"]).results)[0] == "conformant (promotions only)"
    assert badge.claim(make("interrupted").results)[1] != badge.GREEN
    assert "reference server" in badge.badge(make("conformant", target__embedded=True).results)


def test_the_summary_is_fit_for_a_comment(any_run):
    text = markdown.summary(any_run)
    assert len(text) < 65_000, "GitHub takes no longer comment"
    assert text.startswith("## ")
    assert any_run.results["verdict"]["sentence"].split(":")[0] in text.replace("\\", "")


def test_what_a_target_answers_cannot_break_a_report(make, tmp_path):
    run = make("failing")
    text = markdown.summary(run)
    assert "<img" not in text
    assert "@someone" not in text
    page = html.write(run, tmp_path).read_text()
    assert "<img" not in page
    assert page.count("</script>") == page.count("<script")
    ElementTree.parse(junit.write(run, tmp_path))


def test_one_cause_in_many_operations_is_one_entry(make):
    run = make("failing")
    assert len(run.results["failures"]) == 4
    assert [(one.requirement, len(one.operations)) for one in run.clusters] == [("OIP-CORE-04", 3), ("OIP-PROMO-05", 1)]
    assert markdown.summary(run).count("**OIP-CORE-04**") == 1


def test_the_report_names_no_other_host(any_run, tmp_path):
    page = html.write(any_run, tmp_path).read_text()
    assert not re.findall(r"""(?:src|href)=["'](?!#)[^"']""", page), "it must open without a network"
    assert "default-src 'none'" in page
