"""A failing case becomes the smallest one that still fails, within its budget."""

from __future__ import annotations

import orjson

from oip_conformance.generation.case import Case
from oip_conformance.generation.shrink import shrink

BODY = {
    "data": {
        "mobilePhone": "{{new.mobilePhone}}",
        "firstName": "Åse" * 20,
        "zip": "0010",
        "points": 123456,
        "interests": ["a", "b", "c", "d"],
        "extendedProperties": {f"p{number}": number for number in range(20)},
    },
    "source": {"storeId": "S1"},
}


def case(body=None, **more):
    content = None if body is None else orjson.dumps(body)
    return Case("c1", "op", "POST", "/x", "fuzzing", "valid", body=content, media_type="application/json", **more)


def data(of):
    value = orjson.loads(of.body)
    return value.get("data", {}) if isinstance(value, dict) else {}


def test_only_the_member_that_matters_is_left():
    result = shrink(case(BODY), lambda one: data(one).get("zip") == "0010", budget=500)

    assert orjson.loads(result.case.body) == {"data": {"zip": "0010"}}
    assert result.finished


def test_texts_numbers_and_lists_become_small():
    def fails(one):
        person = data(one)
        return (
            "Å" in person.get("firstName", "") and person.get("points", 0) >= 1 and "c" in person.get("interests", [])
        )

    result = shrink(case(BODY), fails, budget=1000)

    assert orjson.loads(result.case.body) == {"data": {"firstName": "Å", "points": 1, "interests": ["c"]}}


def test_references_are_kept_whole_or_dropped():
    result = shrink(case(BODY), lambda one: b"new.mobilePhone" in one.body, budget=500)

    assert orjson.loads(result.case.body) == {"data": {"mobilePhone": "{{new.mobilePhone}}"}}


def test_query_and_headers_shrink_too():
    whole = case(query="page=100&rowsPage=25&x=%C3%A6", headers=(("X-A", "1"), ("X-B", "2")))

    result = shrink(whole, lambda one: "page=1" in one.query and ("X-B", "2") in one.headers)

    assert (result.case.query, result.case.headers) == ("page=1", (("X-B", "2"),))


def test_the_budget_is_kept_and_the_best_so_far_is_returned():
    calls = []

    def fails(one):
        calls.append(one)
        return data(one).get("zip") == "0010"

    result = shrink(case(BODY), fails, budget=5)

    assert len(calls) == result.calls == 5
    assert not result.finished
    assert data(result.case)["zip"] == "0010"


def test_a_case_that_only_fails_as_it_is_stays_as_it_is():
    whole = case(BODY)

    result = shrink(whole, lambda one: one == whole, budget=1000)

    assert result.case == whole


def test_no_request_is_sent_twice():
    sent = []

    def fails(one):
        sent.append((one.query, one.headers, one.body))
        return data(one).get("zip") == "0010"

    shrink(case(BODY), fails, budget=500)

    assert len(sent) == len(set(sent))


def test_a_body_that_is_no_json_is_cut():
    whole = Case("c", "op", "POST", "/x", "fuzzing", "invalid", body=b"abc\x00defgh", media_type="application/json")

    result = shrink(whole, lambda one: b"\x00" in (one.body or b""))

    assert result.case.body == b"abc\x00"
