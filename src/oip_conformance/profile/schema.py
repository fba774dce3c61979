"""The published JSON Schema of a profile, made from the model, so that the two never differ."""

from __future__ import annotations

from typing import Any

from oip_conformance.profile.model import CLASSES, PROMOTION_ROLES, Profile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def profile_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a profile as TOML or JSON says it."""
    schema = Profile.model_json_schema()
    definitions = schema["$defs"]
    _name_items(definitions["ClaimsTable"]["properties"]["classes"], CLASSES)
    definitions["FixturesTable"]["properties"]["promotions"]["propertyNames"] = {"enum": list(PROMOTION_ROLES)}
    return {
        "$schema": DIALECT,
        "title": "Profile of an OIP configuration",
        **{name: value for name, value in schema.items() if name != "title"},
    }


def _name_items(node: dict[str, Any], names: tuple[str, ...]) -> None:
    for choice in node.get("anyOf", [node]):
        if choice.get("type") == "array":
            choice["items"] = {"type": "string", "enum": list(names)}
