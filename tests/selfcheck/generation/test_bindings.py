"""References are found and filled, encoded for the place they stand in."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.generation.bindings import REFERENCES, SAMPLES, UnboundReference, fill, references
from oip_conformance.generation.case import Case
from oip_conformance.generation.domain import PLACES
from oip_conformance.generation.realistic_bodies import BODIES
from oip_conformance.generation.realistic_reads import QUERIES


def case(path="/x", **more):
    return Case("c1", "op", "POST", path, "domain", "valid", **more)


def test_references_are_found_everywhere():
    one = case(
        "/x/{{customer.id}}",
        query="mobilePhone={{customer.mobilePhone}}",
        headers=(("X-Store", "{{store.id}}"),),
        body=b'{"id": "{{promotion.id}}"}',
    )

    assert references(one) == {"customer.id", "customer.mobilePhone", "store.id", "promotion.id"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_value_arrives_as_it_is_in_path_query_and_json(value):
    one = case(
        "/x/{{customer.key}}/y",
        query="id={{customer.key}}",
        body='{"ø": "{{customer.key}}"}'.encode(),
        media_type="application/json",
    )

    filled = fill(one, {"customer.key": value})

    assert unquote(filled.path.split("/")[2]) == value
    assert filled.path.count("/") == 3
    assert parse_qs(filled.query, keep_blank_values=True) == {"id": [value]}
    assert json.loads(filled.body) == {"ø": value}


@pytest.mark.parametrize(
    ("media_type", "filled"),
    [
        ("application/xml", b"<a>&lt;&amp;</a>"),
        ("application/x-www-form-urlencoded", b"<a>%3C%26</a>"),
        ("text/csv", b"<a><&</a>"),
    ],
)
def test_other_bodies_are_encoded_in_their_own_way(media_type, filled):
    one = case(body=b"<a>{{customer.key}}</a>", media_type=media_type)

    assert fill(one, {"customer.key": "<&"}).body == filled


def test_a_plus_in_a_query_is_encoded():
    assert (
        fill(case(query="m={{customer.mobilePhone}}"), {"customer.mobilePhone": "+4799900000"}).query
        == "m=%2B4799900000"
    )


def test_bytes_that_are_no_text_survive():
    one = case(body=b"\xff{{store.id}}\xfe", media_type="application/octet-stream")

    assert fill(one, {"store.id": "Ø"}).body == b"\xff" + "Ø".encode() + b"\xfe"


def test_a_missing_value_is_named_with_a_code_and_what_it_would_be():
    with pytest.raises(UnboundReference, match=r"\{\{store\.id\}\} of case c1") as problem:
        fill(case("/x/{{store.id}}"), {})

    assert problem.value.code == "GEN-02"
    assert REFERENCES["store.id"] in problem.value.hint


def test_double_braces_that_are_no_reference_stay():
    one = case(body=b'{"a": "{{no.such}} {{}} {{{{"}', media_type="application/json")

    assert references(one) == frozenset()
    assert fill(one, {}) == one


def test_every_reference_used_is_explained_and_has_a_sample():
    used = {name for places in PLACES.values() for name in places.values()}
    used |= {name for queries in QUERIES.values() for query in queries for name in references(case(query=query))}

    assert used <= REFERENCES.keys()
    assert SAMPLES.keys() == REFERENCES.keys()
    assert BODIES.keys() <= PLACES.keys() | {"importBody"}
