"""Drawn cases mean what they say, on the wire, by our own validator."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import orjson
import pytest

from oip_conformance.contract import Contract
from oip_conformance.generation.bindings import references
from oip_conformance.generation.case import Case
from oip_conformance.generation.digest import request_digest
from oip_conformance.generation.domain import bind, must_be_accepted
from oip_conformance.generation.drawing import draw, judge
from oip_conformance.generation.wire import WireForm

PLACES = {"body", "path", "query", "header", "syntax", "media type", "method"}


def all_cases(drawings):
    return [case for drawing in drawings.values() for case in drawing.cases]


def test_every_valid_case_conforms_and_every_invalid_case_does_not(contract, drawings):
    for case in all_cases(drawings):
        operation = contract.operation(case.operation)
        if case.method != operation.method:
            continue
        assert bool(judge(contract, operation, case)) == (case.intent == "invalid"), case


def test_invalid_cases_say_where_and_what(drawings):
    hows = {case.how for case in all_cases(drawings) if case.intent == "invalid"}

    assert {how.partition(":")[0] for how in hows} <= PLACES
    assert "body: missing required property mobilePhone at /data" in hows
    assert "body: missing request body" in hows
    assert "syntax: no JSON document" in hows
    assert any(how.startswith("query: ") for how in hows)
    assert any(how.startswith("method: ") for how in hows)


def test_valid_cases_say_nothing_is_wrong(drawings):
    assert {case.how for case in all_cases(drawings) if case.intent != "invalid"} == {""}


def test_every_invalid_case_has_a_valid_twin_of_its_operation(drawings):
    for drawing in drawings.values():
        valid = {case.id for case in drawing.cases if case.intent != "invalid"}
        assert {case.twin for case in drawing.cases if case.intent == "invalid"} <= valid


def test_the_twin_is_the_nearest_valid_case(contract):
    cases = {case.id: case for case in draw(contract, contract.operation("createMember"), "standard", 0).cases}
    broken = next(
        case for case in cases.values() if case.how == "body: wrong type at /data/zip" and case.origin == "coverage"
    )

    other, same = orjson.loads(cases[broken.twin].body)["data"], orjson.loads(broken.body)["data"]

    assert {name: value for name, value in other.items() if name != "zip"} == {
        name: value for name, value in same.items() if name != "zip"
    }


def test_no_request_is_asked_twice_and_ids_are_unique(drawings):
    forms = [
        (case.method, case.path, case.query, case.headers, case.body, case.media_type) for case in all_cases(drawings)
    ]

    assert len(forms) == len(set(forms))
    assert len({case.id for case in all_cases(drawings)}) == len(forms)


def test_no_case_carries_a_key_or_a_header_of_the_generator(drawings):
    names = {name.lower() for case in all_cases(drawings) for name, _ in case.headers}

    assert not names & {"x-api-key", "user-agent", "x-schemathesis-testcaseid", "content-length", "authorization"}


def test_creating_never_uses_a_phone_number_outside_the_profile(drawings):
    bodies = [orjson.loads(case.body) for case in drawings["createMember"].cases if case.intent != "invalid"]

    assert {body["data"]["mobilePhone"] for body in bodies} == {"{{new.mobilePhone}}"}


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b'{"data": {"mobilePhone": "+1000000"}}', "text/plain"),
        (b'{"data": {"mobilePhone": "+1000000", "zip": []}}', "application/json"),
    ],
)
def test_a_request_that_is_broken_elsewhere_still_names_a_number_of_the_profile(contract, body, media_type):
    bound = bind(contract.operation("createMember"), WireForm("POST", "/customers", "", (), body, media_type))

    assert orjson.loads(bound.body)["data"]["mobilePhone"] == "{{new.mobilePhone}}"


def test_nobody_is_made_to_consent(contract):
    body = orjson.dumps(
        {"data": {"mobilePhone": "+4712345678", "consents": {"acceptsSms": True, "acceptsTerms": True}}}
    )
    wire = WireForm("POST", "/customers", "", (), body, "application/json")

    bound = bind(contract.operation("createMember"), wire)

    assert orjson.loads(bound.body)["data"]["consents"] == {"acceptsSms": False, "acceptsTerms": True}


def test_reads_ask_for_existing_people_and_for_strangers(drawings):
    valid = [case for case in drawings["getCustomerById"].cases if case.intent != "invalid"]

    assert any(references(case) == {"customer.id"} for case in valid)
    assert any(not references(case) for case in valid)
    assert any(must_be_accepted(case) for case in valid)


def test_an_unknown_query_parameter_is_no_violation(contract):
    case = Case("c", "report1", "GET", "/reports/x", "fuzzing", "invalid", query="page=1&unknown=1")

    assert judge(contract, contract.operation("report1"), case) == []


@pytest.mark.parametrize(
    ("query", "wrong"), [("page=5", []), ("page=x", ["wrong type in page"]), ("page=0", ["too small a number in page"])]
)
def test_a_parameter_is_judged_as_it_stands_on_the_wire(contract, query, wrong):
    case = Case("c", "report1", "GET", "/reports/x", "fuzzing", "invalid", query=query)

    assert [violation.what for violation in judge(contract, contract.operation("report1"), case)] == wrong


def test_a_path_that_leads_elsewhere_is_not_judged(contract):
    case = Case("c", "report1", "GET", "/reports/x/y", "fuzzing", "invalid")

    assert judge(contract, contract.operation("report1"), case) is None


def test_cases_survive_the_way_through_json(drawings):
    for case in all_cases(drawings):
        assert Case.from_json(orjson.loads(orjson.dumps(case.to_json()))) == case


def test_fuzzing_is_the_same_for_the_same_seed_and_another_for_another(contract):
    operation = contract.operation("createMember")

    assert draw(contract, operation, "standard", 7).cases == draw(contract, operation, "standard", 7).cases
    assert draw(contract, operation, "standard", 7).cases != draw(contract, operation, "standard", 8).cases


def test_drawing_does_not_depend_on_the_order_of_hashes(loyalty_document):
    def drawn(hash_seed):
        lines = [loyalty_document(), {"operation": "createMember", "level": "standard", "seed": 5}]
        done = subprocess.run(
            [sys.executable, "-m", "oip_conformance.generation.worker"],
            input="".join(json.dumps(line) + "\n" for line in lines).encode(),
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        return done.stdout

    assert drawn("1") == drawn("2")


def test_what_is_drawn_depends_on_the_operation_alone(loyalty_document, drawings):
    document = loyalty_document()
    document["paths"]["/reports/{reportType}"]["get"]["summary"] = "Another text"
    document["components"]["schemas"]["Unused"] = {"type": "string", "const": "unused"}
    changed = Contract(document)

    for name in ("createMember", "report1"):
        again = draw(changed, changed.operation(name), "smoke", 0)
        assert again.cases == drawings[name].cases


def test_the_digest_changes_with_what_is_asked_and_not_with_what_is_said(loyalty_document, contract):
    document = loyalty_document()
    operation = document["paths"]["/customers"]["post"]
    operation["description"] = "Other words"
    operation["responses"]["409"] = {"description": "Conflict"}
    same = Contract(document)
    document = loyalty_document()
    document["components"]["schemas"]["Customer"]["properties"]["data"]["required"].append("zip")
    other = Contract(document)

    def digest(of):
        return request_digest(of, of.operation("createMember"))

    assert digest(same) == digest(contract)
    assert digest(other) != digest(contract)
    assert request_digest(other, other.operation("report1")) == request_digest(contract, contract.operation("report1"))


def test_multipart_bodies_are_the_same_each_time(contract):
    operation = contract.operation("importFile")

    first, second = (draw(contract, operation, "smoke", 0).cases for _ in range(2))

    assert first == second
    assert all(
        case.media_type.partition("boundary=")[2].encode() in case.body for case in first if case.intent == "valid"
    )


def test_drops_are_counted(drawings):
    assert drawings["report1"].dropped["meant invalid and is not"] > 0
