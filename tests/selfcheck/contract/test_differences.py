"""What differs between two contracts is told, and what of it breaks a client is marked."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.contract import Contract
from oip_conformance.contract.binding import named
from oip_conformance.contract.difference import changes_between

from .documents import answers, document, operation

SENT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": ["string", "null"]}}}


def _with(parts: dict[str, Any], **more: Any) -> Contract:
    return Contract(named(document({"/a/{id}": {"post": operation("a", **parts)}}, **more)))


def _sending(schema: Any) -> Contract:
    return _with({"requestBody": {"content": {"application/json": {"schema": schema}}}})


def _answering(schema: Any) -> Contract:
    return _with({"responses": answers(schema)})


def _told(before: Contract, after: Contract) -> list[tuple[str, str, bool]]:
    return [(one.sort, f"{one.place}: {one.text}", one.breaking) for one in changes_between(before, after)]


def _altered(change: Any) -> dict[str, Any]:
    return {**SENT, "properties": {**SENT["properties"], "a": change}}


@pytest.mark.parametrize(
    ("after", "says", "breaks_request", "breaks_response"),
    [
        ({**SENT, "properties": {**SENT["properties"], "c": {"type": "string"}}}, "/c: string, optional", False, False),
        (
            {**SENT, "required": ["a", "c"], "properties": {**SENT["properties"], "c": {}}},
            "/c: anything, required",
            True,
            False,
        ),
        ({**SENT, "properties": {"a": {"type": "string"}}}, "/b: string or null, optional", True, True),
        ({**SENT, "required": ["a", "b"]}, "/b: required now", True, False),
        ({**SENT, "required": []}, "/a: optional now", False, True),
        (_altered({"type": ["string", "null"]}), "/a: string -> string or null", False, True),
        (_altered({"type": "integer"}), "/a: string -> integer", True, True),
        (_altered({"type": "string", "enum": ["x"]}), "/a: any value -> one of 'x'", True, False),
        (_altered({"type": "string", "maxLength": 5}), "/a: maxLength none -> 5", True, False),
        (_altered({"type": "string", "pattern": "^a"}), "/a: pattern none -> ^a", True, False),
        ({**SENT, "additionalProperties": False}, "takes no other fields now", True, False),
    ],
)
def test_fields(after: Any, says: str, breaks_request: bool, breaks_response: bool) -> None:
    for made, breaks in ((_sending, breaks_request), (_answering, breaks_response)):
        told = _told(made(SENT), made(after))
        assert any(says in text for _, text, _ in told), told
        assert any(breaking for *_, breaking in told) is breaks, told
        back = _told(made(after), made(SENT))
        assert back, "a change is a change in both directions"


@pytest.mark.parametrize(
    ("before", "after", "direction", "breaks"),
    [
        ({"enum": ["x"]}, {"enum": ["x", "y"]}, "request", False),
        ({"enum": ["x"]}, {"enum": ["x", "y"]}, "response", True),
        ({"enum": ["x", "y"]}, {"enum": ["x"]}, "request", True),
        ({"minimum": 1}, {"minimum": 0}, "request", False),
        ({"minimum": 1}, {"minimum": 0}, "response", True),
        ({"maximum": 9}, {"maximum": 5}, "request", True),
        ({"maximum": 9}, {"maximum": 5}, "response", False),
        ({"type": "integer"}, {"type": "number"}, "request", False),
        ({"type": "integer"}, {"type": "number"}, "response", True),
        ({"type": "number"}, {"type": "integer"}, "request", True),
    ],
)
def test_limits(before: Any, after: Any, direction: str, breaks: bool) -> None:
    made = _sending if direction == "request" else _answering
    told = _told(made(before), made(after))
    assert [breaking for *_, breaking in told] == [breaks]


def test_parameters() -> None:
    q = {"name": "q", "in": "query", "schema": {"type": "string"}}
    none, optional, required = _with({}), _with({"parameters": [q]}), _with({"parameters": [{**q, "required": True}]})
    assert _told(none, optional) == [("added", "query parameter q: optional", False)]
    assert _told(none, required) == [("added", "query parameter q: required", True)]
    assert _told(optional, required) == [("changed", "query parameter q: required now", True)]
    assert _told(required, optional) == [("changed", "query parameter q: optional now", False)]
    assert _told(optional, none) == [("removed", "query parameter q: optional", True)]
    typed = _with({"parameters": [{**q, "schema": {"type": "integer"}}]})
    assert _told(optional, typed) == [("changed", "query parameter q: string -> integer", True)]


def test_statuses_and_media_types() -> None:
    one = _with({"responses": {"200": {"description": "OK"}}})
    two = _with({"responses": {"201": {"description": "Made"}, "404": {"description": "Gone"}}})
    assert _told(one, two) == [
        ("removed", "status 200: OK", True),
        ("added", "status 201: Made", False),
        ("added", "status 404: Gone", False),
    ]
    xml = _with({"responses": answers({}, "application/xml")})
    told = _told(_answering({}), xml)
    assert ("removed", "response 200 application/json: application/json", True) in told
    assert ("added", "response 200 application/xml: application/xml", False) in told


def test_operations() -> None:
    get, put = operation("a"), operation("b")
    one = Contract(document({"/a": {"get": get}}))
    two = Contract(document({"/a": {"get": get, "put": put}}))
    moved = Contract(document({"/z": {"get": get}}))
    renamed = Contract(document({"/a": {"get": operation("z")}}))
    assert _told(one, two) == [("added", "operation: PUT /a", False)]
    assert _told(two, one) == [("removed", "operation: PUT /a", True)]
    assert _told(one, moved) == [("changed", "operation: GET /a -> GET /z", True)]
    assert _told(one, renamed) == [("changed", "operation: called a before", False)]


def test_the_whole() -> None:
    one = _with({}, servers=[{"url": "https://a"}], security=[{"k": []}])
    two = _with({}, servers=[{"url": "https://b"}])
    assert _told(one, two) == [
        ("removed", "server: https://a", True),
        ("added", "server: https://b", False),
        ("changed", "security: calls are authenticated otherwise", True),
    ]


def test_words_alone_are_told_in_one_line_and_nothing_is_nothing() -> None:
    assert _told(_with({"summary": "x"}), _with({"summary": "y"})) == [
        ("changed", "operation: words, samples or links only", False)
    ]
    assert _told(_sending(SENT), _sending(SENT)) == []


def test_the_name_of_a_path_parameter_is_no_change_for_a_client() -> None:
    made = [
        Contract(document({f"/a/{{{name}}}": {"get": operation("a", parameters=[
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}])}}))
        for name in ("id", "key")
    ]  # fmt: skip
    assert [one for one in changes_between(*made) if one.breaking] == []


def test_schemas_that_lead_back_to_themselves_end() -> None:
    tree = {"type": "object", "properties": {"more": {"$ref": "#/components/schemas/Tree"}}}
    made = [_with({"responses": answers({"$ref": "#/components/schemas/Tree"})}, components={"schemas": {"Tree": one}})
            for one in (tree, {**tree, "required": ["more"]})]  # fmt: skip
    assert [one.text for one in changes_between(*made)] == ["required now"]
