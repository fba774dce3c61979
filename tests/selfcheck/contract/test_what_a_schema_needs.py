"""A validator is given those components that its schema refers to, so that hundreds of them have room."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.contract import contract_for
from oip_conformance.contract.closure import components_for
from oip_conformance.profile import default_profile

COMPONENTS: dict[str, Any] = {
    "schemas": {
        "Person": {"properties": {"home": {"$ref": "#/components/schemas/Place"}, "$ref": {"type": "string"}}},
        "Place": {"properties": {"owner": {"allOf": [{"$ref": "#/components/schemas/Person"}]}}},
        "a/b c": {"type": "integer"},
        "Lonely": {"type": "null"},
        "Far": {"$ref": "other.json#/x"},
    },
    "examples": {"One": {"value": 1}},
}


def to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        (to("Person"), {"Person", "Place"}),
        ({"items": [to("Place")]}, {"Person", "Place"}),
        (to("a~1b%20c"), {"a/b c"}),
        (to("Person/properties/home"), {"Person", "Place"}),
        ({"anyOf": [to("Lonely"), to("a~1b%20c")]}, {"Lonely", "a/b c"}),
    ],
    ids=["in a circle", "in a list", "escaped", "a part", "several"],
)
def test_what_is_referred_to_is_there_and_no_more(schema: Any, names: set[str]) -> None:
    assert components_for(schema, COMPONENTS) == {"schemas": {name: COMPONENTS["schemas"][name] for name in names}}


@pytest.mark.parametrize(
    "schema",
    [
        to("Nobody"),
        to("Far"),
        {"$ref": "#"},
        {"$ref": "#anchor"},
        {"$dynamicRef": "#node"},
        {"$ref": "#/components/links/X"},
    ],
    ids=["nothing", "a file", "itself", "an anchor", "a dynamic one", "another kind"],
)
def test_where_a_reference_leads_elsewhere_all_is_given(schema: Any) -> None:
    assert components_for(schema, COMPONENTS) is COMPONENTS


@pytest.mark.parametrize("schema", [{}, {"type": "object", "properties": {"$ref": {"type": "string"}}}, {"enum": [1]}])
def test_a_schema_without_references_needs_none(schema: Any) -> None:
    assert components_for(schema, COMPONENTS) is None


def test_the_published_contract_is_judged_by_small_validators() -> None:
    """Most of what an operation answers needs a fraction of the components."""
    operations = contract_for(default_profile()).operations.values()
    shares = [
        len((components_for(media.get("schema"), one.components) or {}).get("schemas", {}))
        / len(one.components["schemas"])
        for one in operations
        for content in one.content.values()
        for media in content.values()
    ]
    assert sum(shares) / len(shares) < 0.25
