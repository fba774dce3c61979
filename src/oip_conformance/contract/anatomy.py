"""Which part of an OpenAPI document stands where, and how to rebuild one by kind of part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SAFE = ("get", "head", "options", "trace")
"""Methods that ask for nothing to be done."""

Kind = Literal[
    "document", "components", "path item", "callback", "operation", "parameter", "header", "body", "response", "media",
    "encoding", "link", "example", "schema",
]  # fmt: skip
Many = Literal["one", "map", "list"]
Visit = Callable[[Kind, Any, Any], tuple[Any, Any]]
"""Takes kind, node and place; gives the node to go on with, and the place that its children stand in."""

_CONTENT: dict[str, tuple[Many, Kind]] = {
    "schema": ("one", "schema"), "content": ("map", "media"), "examples": ("map", "example"),
}  # fmt: skip

_MAPS_OF_SCHEMAS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS = (
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems",
    "unevaluatedProperties", "contentSchema",
)  # fmt: skip

PARTS: dict[Kind, dict[str, tuple[Many, Kind]]] = {
    "document": {"paths": ("map", "path item"), "webhooks": ("map", "path item"), "components": ("one", "components")},
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "requestBodies": ("map", "body"),
        "headers": ("map", "header"),
        "links": ("map", "link"),
        "examples": ("map", "example"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path item"),
    },
    "path item": {"parameters": ("list", "parameter"), **dict.fromkeys(METHODS, ("one", "operation"))},
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "body"),
        "responses": ("map", "response"),
        "callbacks": ("map", "callback"),
    },
    "parameter": _CONTENT,
    "header": _CONTENT,
    "body": {"content": ("map", "media")},
    "response": {"headers": ("map", "header"), "content": ("map", "media"), "links": ("map", "link")},
    "media": {"schema": ("one", "schema"), "examples": ("map", "example"), "encoding": ("map", "encoding")},
    "encoding": {"headers": ("map", "header")},
    "schema": {
        **dict.fromkeys(_MAPS_OF_SCHEMAS, ("map", "schema")),
        **dict.fromkeys(_LISTS_OF_SCHEMAS, ("list", "schema")),
        **dict.fromkeys(_SCHEMAS, ("one", "schema")),
    },
}
"""For each kind of part, which of its fields hold which kind of part. Samples and extensions hold none: they are data."""


def rebuilt(kind: Kind, node: Any, visit: Visit, place: Any = None) -> Any:
    """A copy of a part in which every part is what `visit` made of it, from the outside in."""
    node, place = visit(kind, node, place)
    if not isinstance(node, dict):
        return node
    if kind == "callback":
        return {name: rebuilt("path item", one, visit, place) for name, one in node.items()}
    fields = PARTS.get(kind, {})
    return {name: _field(fields.get(name), value, visit, place) for name, value in node.items()}


def _field(part: tuple[Many, Kind] | None, value: Any, visit: Visit, place: Any) -> Any:
    if part is None:
        return value
    many, kind = part
    if many == "map" and isinstance(value, dict):
        return {
            name: one if kind == "path item" and name.startswith("x-") else rebuilt(kind, one, visit, place)
            for name, one in value.items()
        }
    if many == "list" and isinstance(value, list):
        return [rebuilt(kind, one, visit, place) for one in value]
    return rebuilt(kind, value, visit, place) if many == "one" else value
