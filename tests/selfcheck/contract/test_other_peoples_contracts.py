"""Whatever OpenAPI 3 allows is read, and means here what it means there; all else is refused with a code and a place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oip_conformance.contract import Contract, ContractError, load_contract
from oip_conformance.contract.difference import changes_between
from oip_conformance.contract.loading import strangers_in
from oip_conformance.contract.validation import validate_contract

from .documents import Write, answers, document, operation, owners_document

Load = Callable[..., Contract]


@pytest.fixture
def load(write: Write) -> Load:
    def loaded(paths: dict[str, Any], **parts: Any) -> Contract:
        contract = load_contract(write("contract.json", document(paths, **parts)))
        validate_contract(contract)
        return contract

    return loaded


def test_parameters_beside_the_methods_are_those_of_each_operation(load: Load) -> None:
    shared = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
              {"name": "q", "in": "query", "schema": {"type": "string"}}]  # fmt: skip
    own = {"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}}
    contract = load({"/a/{id}": {"parameters": shared, "get": operation("a", parameters=[own]), "put": operation("b")}})
    assert [(one.name, one.required) for one in contract.operation("a").parameters] == [("id", True), ("q", True)]
    assert contract.operation("a").parameter("q", "query").schema == {"type": "integer"}  # type: ignore[union-attr]
    assert len(contract.operation("b").parameters) == 2


def test_an_operation_without_an_id_gets_one_everywhere(load: Load) -> None:
    contract = load({"/a/{id}/b": {"get": operation(parameters=[_path("id")])}, "/a_id_b": {"get": operation()}})
    assert sorted(contract.operations) == ["get_a_id_b", "get_a_id_b_"]
    ids = {item["get"]["operationId"] for item in contract.document["paths"].values()}
    assert ids == set(contract.operations), "what draws cases reads the document"


def test_a_path_item_by_reference_is_put_in_place(load: Load) -> None:
    item = {"get": operation("a"), "summary": "x"}
    contract = load({"/a": {"$ref": "#/components/pathItems/A"}}, components={"pathItems": {"A": item}})
    assert contract.document["paths"]["/a"]["get"]["operationId"] == "a"


def test_a_parameter_may_be_described_by_its_content(load: Load) -> None:
    content = {"application/json": {"schema": {"type": "object"}, "example": {"a": 1}}}
    contract = load({"/a": {"get": operation("a", parameters=[{"name": "f", "in": "query", "content": content}])}})
    (parameter,) = contract.operation("a").parameters
    assert parameter.schema == {"type": "object"}
    assert parameter.examples == ({"a": 1},)


def test_recursive_schemas_end(load: Load) -> None:
    tree = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}},
    }
    schema = {"$ref": "#/components/schemas/Tree"}
    one = load(
        {"/a": {"get": operation("a", responses=answers(schema))}}, components={"schemas": {"Tree": tree}}
    ).operation("a")
    assert one.is_response_valid(200, "application/json", {"children": [{"children": []}]})
    assert not one.is_response_valid(200, "application/json", {"children": [{"children": 1}]})


def test_a_reference_into_another_operation_is_followed(load: Load) -> None:
    pointer = "#/paths/~1a/get/responses/200/content/application~1json/schema"
    paths = {"/a": {"get": operation("a", responses=answers({"type": "integer"}))},
             "/b": {"get": operation("b", responses=answers({"type": "array", "items": {"$ref": pointer}}))}}  # fmt: skip
    one = load(paths).operation("b")
    assert one.is_response_valid(200, "application/json", [1])
    assert not one.is_response_valid(200, "application/json", ["1"])


@pytest.mark.parametrize(
    ("schema", "fine", "wrong"),
    [
        ({"type": "string", "nullable": True}, [None, "a"], [1]),
        ({"type": "string", "nullable": False}, ["a"], [None]),
        ({"type": "string", "enum": ["a"], "nullable": True}, [None, "a"], ["b"]),
        ({"allOf": [{"$ref": "#/components/schemas/Named"}], "nullable": True}, [None, {"name": "a"}], [{}, 1]),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True}, [None, "a", 1], [1.5]),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, [1], [0]),
        ({"type": "number", "maximum": 5, "exclusiveMaximum": False}, [5], [6]),
        ({"$ref": "#/components/schemas/Named", "nullable": True}, [{"name": "a"}], [None]),
        (
            {"type": "object", "properties": {"nullable": {"type": "string", "nullable": True}}},
            [{"nullable": None}],
            [None],
        ),
    ],
)
def test_schemas_of_3_0_keep_their_meaning(
    load: Load, schema: dict[str, Any], fine: list[Any], wrong: list[Any]
) -> None:
    named = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    paths = {"/a": {"get": operation("a", responses=answers(schema))}}
    contract = load(paths, openapi="3.0.3", components={"schemas": {"Named": named}})
    one = contract.operation("a")
    assert [value for value in fine if not one.is_response_valid(200, "application/json", value)] == []
    assert [value for value in wrong if one.is_response_valid(200, "application/json", value)] == []
    assert contract.document["openapi"].startswith("3.1")
    assert contract.published["openapi"] == "3.0.3"


def test_statuses_by_range_and_by_default_are_documented(load: Load) -> None:
    schema = {"type": "object", "required": ["code"]}
    responses = {**answers({}), "4XX": answers(schema)["200"], "default": answers({"type": "string"})["200"]}
    paths = {"/a": {"get": operation("a", responses=responses)}, "/b": {"get": operation("b")}}
    contract = load(paths)
    one, other = contract.operation("a"), contract.operation("b")
    assert all(one.documents(status) for status in (200, 404, 418, 500, 302))
    assert [status for status in (200, 404, 500) if other.documents(status)] == [200]
    assert not one.is_response_valid(404, "application/json", {})
    assert one.is_response_valid(404, "application/json", {"code": "404"})
    assert one.is_response_valid(500, "application/json", "text")
    assert not one.is_response_valid(500, "application/json", {})
    assert one.documented_statuses == {200}


@pytest.mark.parametrize(
    ("documented", "received", "fits"),
    [
        ("application/json; charset=utf-8", "application/json", True),
        ("Application/JSON", "application/json", True),
        ("application/*", "application/json", True),
        ("*/*", "text/plain", True),
        ("application/json", "text/plain", False),
        ("application/*", "text/plain", False),
    ],
)
def test_media_types_are_compared_as_http_does(load: Load, documented: str, received: str, fits: bool) -> None:
    contract = load({"/a": {"get": operation("a", responses=answers({}, documented))}})
    response = contract.operation("a").response(200)
    assert response is not None
    assert (response.media_type(received) == documented) is fits


def test_schemas_that_are_true_or_false(load: Load) -> None:
    paths = {
        "/a": {"get": operation("a", responses=answers(True))},
        "/b": {"get": operation("b", responses=answers(False))},
    }
    contract = load(paths)
    assert contract.operation("a").is_response_valid(200, "application/json", 1)
    assert not contract.operation("b").is_response_valid(200, "application/json", 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"swagger": "2.0", "info": {}, "paths": {}}, "CON-03"),
        ({"openapi": "4.0.0", "info": {}, "paths": {}}, "CON-03"),
        ({"openapi": "3.1.0", "info": {}}, "CON-03"),
        ({"openapi": "3.1.0", "info": {}, "paths": []}, "CON-03"),
        ({"hello": "world"}, "CON-03"),
        (document({"/a": {"get": {"responses": {"200": {"$ref": "#/nowhere"}}}}}), "CON-04"),
        (document({"/a": {"get": []}}), "CON-04"),
        (document({"/a": 1}), "CON-04"),
        (document({"/a": {"get": {"parameters": "x", "responses": {}}}}), "CON-04"),
        (document({"/a": {"get": operation("a", parameters=[{"name": "x"}])}}), "CON-04"),
        (document({"/a": {"get": operation("a", requestBody=1)}}), "CON-04"),
        (document({"/a": {"$ref": "#/paths/~1a"}}), "CON-04"),
        (document({"/a": {"get": operation("a", responses={"200": {"$ref": "#/components/responses/A"}})}},
                  components={"responses": {"A": {"$ref": "#/components/responses/A"}}}), "CON-04"),
    ],
)  # fmt: skip
def test_what_is_no_contract_is_refused(refused: Callable[..., ContractError], content: Any, code: str) -> None:
    problem = refused(content)
    assert problem.code == code
    assert problem.causes


@pytest.mark.parametrize(
    "paths",
    [
        {"/a": {"get": operation("same")}, "/b": {"get": operation("same")}},
        {"/a": {"get": operation("a", responses=answers({"type": "strin"}))}},
        {"/a": {"get": operation("a", responses=answers({"type": "string", "pattern": "("}))}},
        {"/a/{id}": {"get": operation("a")}},
        {"/a": {"get": operation("a", requestBody={})}},
    ],
)
def test_what_is_not_valid_openapi_is_refused_before_a_run(write: Write, paths: dict[str, Any]) -> None:
    with pytest.raises(ContractError) as caught:
        validate_contract(load_contract(write("contract.json", document(paths))))
    assert caught.value.code == "CON-04"
    assert caught.value.causes


def test_the_owners_own_file_is_judged_as_ours(write: Write, standard: Contract) -> None:
    """Another version, other ids, other names of parameters, errors by range: the same contract all the same."""
    theirs = load_contract(write("theirs.json", owners_document(standard.document)))
    validate_contract(theirs)
    assert set(theirs.operations) == set(standard.operations)
    for one in standard.operations.values():
        other = theirs.operation(one.id)
        assert (other.path, other.conformance_class, other.effect) == (one.path, one.conformance_class, one.effect)
    changes = changes_between(standard, theirs)
    assert [one for one in changes if one.breaking] == []
    assert {one.place.split(" ")[0] for one in changes} <= {"title", "status", "operation"}
    assert strangers_in(theirs) == []


def test_what_the_suite_does_not_know_is_told_and_not_sent_lightly(write: Write) -> None:
    paths = {"/customers": {"post": operation("CREATEMEMBER")}, "/fax": {"post": operation("sendFax")}}
    contract = load_contract(write("theirs.json", document(paths)))
    assert contract.operation("createMember").effect == "write"
    assert contract.operation("sendFax").effect == "external"
    notes = " ".join(strangers_in(contract))
    assert "51 operations that the suite knows are not here" in notes
    assert "new to the suite, which holds them to its general rules: sendFax" in notes


def test_a_version_in_every_path_does_not_hide_an_operation(write: Write) -> None:
    paths = {"/v4/stores": {"get": operation("listShops")}, "/v4/customers": {"get": operation("find")}}
    contract = load_contract(write("theirs.json", document(paths)))
    assert contract.operation("getStores").path == "/v4/stores"
    assert contract.operation("getCustomerByMobilePhone").path == "/v4/customers"


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
