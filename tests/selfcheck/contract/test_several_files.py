"""A contract in several files is brought together; nothing outside its own folder is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oip_conformance.contract import ContractError, load_contract
from oip_conformance.contract.dereferencing import dereferenced
from oip_conformance.contract.validation import validate_contract

from .documents import Write, answers, document, operation

PERSON = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"$ref": "#/definitions/Name"},
        "friend": {"$ref": "#"},
        "home": {"$ref": "place.yaml#/Home"},
    },
    "definitions": {"Name": {"type": "string"}},
}


def test_schemas_of_other_files_are_gathered_also_when_they_lead_back(write: Write) -> None:
    write("schemas/person.json", PERSON)
    write("schemas/place.yaml", {"Home": {"type": "object", "properties": {"owner": {"$ref": "person.json"}}}})
    contract = load_contract(write("openapi.yaml", _answering({"$ref": "./schemas/person.json"})))
    validate_contract(contract)
    one = contract.operation("a")
    assert one.is_response_valid(
        200, "application/json", {"name": "x", "friend": {"name": "y"}, "home": {"owner": {"name": "z"}}}
    )
    assert not one.is_response_valid(200, "application/json", {"name": "x", "friend": {}})
    assert not one.is_response_valid(200, "application/json", {"name": "x", "home": {"owner": {"name": 1}}})


def test_other_parts_are_put_where_they_are_referred_to(write: Write) -> None:
    item = {
        "parameters": [{"$ref": "parts.yaml#/parameters/Id"}],
        "get": operation("a", responses={"404": {"$ref": "parts.yaml#/responses/Gone"}}),
    }
    write("paths/item.yaml", item)
    write("paths/parts.yaml", {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}},
        "responses": {"Gone": {"description": "Gone", "content": {"application/json": {"schema": {"$ref": "#/Error"}}}}},
        "Error": {"type": "object", "required": ["code"]},
    })  # fmt: skip
    contract = load_contract(write("openapi.yaml", document({"/a/{id}": {"$ref": "paths/item.yaml"}})))
    validate_contract(contract)
    one = contract.operation("a")
    assert [each.name for each in one.parameters] == ["id"]
    assert not one.is_response_valid(404, "application/json", {})


def test_a_reference_back_into_the_contract_means_the_contract(write: Write) -> None:
    write("list.yaml", {"type": "array", "items": {"$ref": "openapi.yaml#/components/schemas/Item"}})
    content = _answering({"$ref": "list.yaml"}, components={"schemas": {"Item": {"type": "integer"}}})
    one = load_contract(write("openapi.yaml", content)).operation("a")
    assert one.is_response_valid(200, "application/json", [1])
    assert not one.is_response_valid(200, "application/json", ["x"])


def test_two_schemas_of_one_name_stay_two(write: Write) -> None:
    write("one/Thing.yaml", {"type": "integer"})
    write("two/Thing.yaml", {"type": "string"})
    both = {"type": "object", "properties": {name: {"$ref": f"{name}/Thing.yaml"} for name in ("one", "two")}}
    one = load_contract(write("openapi.yaml", _answering(both))).operation("a")
    assert one.is_response_valid(200, "application/json", {"one": 1, "two": "x"})
    assert not one.is_response_valid(200, "application/json", {"one": "x", "two": "x"})
    assert not one.is_response_valid(200, "application/json", {"one": 1, "two": 1})


def test_a_discriminator_may_name_files(write: Write) -> None:
    write("cat.yaml", {"type": "object", "properties": {"kind": {"type": "string"}}})
    choice = {
        "oneOf": [{"$ref": "cat.yaml"}],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "cat.yaml"}},
    }
    contract = load_contract(write("openapi.yaml", _answering(choice)))
    schema = contract.document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["discriminator"]["mapping"]["cat"] == schema["oneOf"][0]["$ref"] == "#/components/schemas/cat"


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("missing.yaml", "CON-09"),
        ("../secrets.yaml", "CON-09"),
        ("/etc/passwd", "CON-09"),
        ("file:///etc/passwd", "CON-09"),
        ("http://127.0.0.1:9/x.yaml", "CON-09"),
        ("broken.yaml", "CON-09"),
        ("fine.yaml#/nowhere", "CON-04"),
        ("circle.yaml#/a", "CON-04"),
    ],
)
def test_what_is_not_followed_is_refused(
    write: Write, refused: Callable[..., ContractError], reference: str, code: str
) -> None:
    write("secrets.yaml", {"type": "string"})
    write("api/broken.yaml", "a: [")
    write("api/fine.yaml", {"type": "string"})
    write("api/circle.yaml", {"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}})
    kind = {"200": {"$ref": reference}} if "circle" in reference else answers({"$ref": reference})
    problem = refused(write("api/openapi.yaml", document({"/a": {"get": operation("a", responses=kind)}})))
    assert problem.code == code


def test_without_references_it_means_the_same(write: Write) -> None:
    schemas = {
        "Tree": {"type": "object", "properties": {"leaf": {"$ref": "#/components/schemas/Leaf"},
                                                  "more": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
        "Leaf": {"type": "integer"},
    }  # fmt: skip
    before = load_contract(
        write("a.yaml", _answering({"$ref": "#/components/schemas/Tree"}, components={"schemas": schemas}))
    )
    after = load_contract(write("b.json", dereferenced(before.published)))
    validate_contract(after)
    for value in (
        {"leaf": 1, "more": [{"leaf": 2}]},
        {"leaf": "x"},
        {"more": [{"leaf": "x"}]},
        {"more": [{"more": [{"leaf": ""}]}]},
    ):
        verdicts = [one.operation("a").is_response_valid(200, "application/json", value) for one in (before, after)]
        assert verdicts[0] == verdicts[1], value


def _answering(schema: Any, **parts: Any) -> dict[str, Any]:
    return document({"/a": {"get": operation("a", responses=answers(schema))}}, **parts)
