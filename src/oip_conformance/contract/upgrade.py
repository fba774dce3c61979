"""OpenAPI 3.0 read as 3.1: one form of schema for everything that judges and draws."""

from __future__ import annotations

from typing import Any

from oip_conformance.contract.anatomy import Kind, rebuilt


def upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """A 3.0 document as the 3.1 document that means the same; any other as it is."""
    if not str(document.get("openapi", "")).startswith("3.0"):
        return document
    return {**rebuilt("document", document, _visit), "openapi": "3.1.0"}


def _visit(kind: Kind, node: Any, place: None) -> tuple[Any, None]:
    return (_schema(node) if kind == "schema" and isinstance(node, dict) else node), place


def _schema(old: dict[str, Any]) -> dict[str, Any]:
    if isinstance(old.get("$ref"), str):
        return {"$ref": old["$ref"]}
    new = dict(old)
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(new.get(flag), bool):
            exclusive = new.pop(flag)
            if exclusive and bound in new:
                new[flag] = new.pop(bound)
    return _nullable(new) if new.pop("nullable", False) is True else new


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, and null; in 3.0 the flag counts only beside a type."""
    kind = schema.get("type")
    if isinstance(kind, str):
        schema["type"] = [kind, "null"]
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    if any(name in schema for name in ("allOf", "anyOf", "oneOf", "not")):
        inside = {name: schema.pop(name) for name in ("allOf", "anyOf", "oneOf", "not", "type") if name in schema}
        return {**schema, "anyOf": [inside, {"type": "null"}]}
    return schema
