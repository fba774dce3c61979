"""The contract as OpenAPI 3.0.3, for tools that read no other: what it says is kept as far as 3.0 can say it.

Where 3.0 cannot, it is made wider, never narrower: a tool must not flag what the contract allows.
"""

from __future__ import annotations

from typing import Any

from oip_conformance.contract.anatomy import Kind, rebuilt

_UNKNOWN_OR_UNREAD = {
    "document": ("webhooks", "jsonSchemaDialect"),
    "components": ("pathItems", "links"),
    "response": ("links",),
}
"""What 3.0 does not know, and links, whose bodies several readers of 3.0 refuse."""


def as_3_0(document: dict[str, Any]) -> dict[str, Any]:
    """A 3.1 document as a 3.0.3 one."""
    plain: dict[str, Any] = rebuilt("document", document, _visit)
    info = {name: value for name, value in plain["info"].items() if name not in ("summary", "license")}
    return {**plain, "openapi": "3.0.3", "info": info}


def _visit(kind: Kind, node: Any, place: None) -> tuple[Any, None]:
    if not isinstance(node, dict):
        return node, place
    if kind == "schema":
        return schema_as_3_0(node), place
    if kind == "body":
        return _body(node), place
    left_out = _UNKNOWN_OR_UNREAD.get(kind, ())
    return {name: value for name, value in node.items() if name not in left_out}, place


def schema_as_3_0(schema: dict[str, Any]) -> dict[str, Any]:
    """One schema; those inside it are left as they are."""
    new = dict(schema)
    if "const" in new:
        new["enum"] = [new.pop("const")]
    if isinstance(new.get("examples"), list):
        examples = new.pop("examples")
        if examples:
            new.setdefault("example", examples[0])
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(new.get(exclusive), (int, float)) and not isinstance(new[exclusive], bool):
            new[bound], new[exclusive] = new[exclusive], True
    if isinstance(new.get("type"), list):
        new = _of_several_types(new)
    return _without_null_branch(new)


def _of_several_types(schema: dict[str, Any]) -> dict[str, Any]:
    """One type, perhaps nullable; a choice between several becomes any value, since not every tool reads a choice."""
    types = [one for one in schema["type"] if one != "null"]
    if "number" in types and "integer" in types:
        types.remove("integer")
    if len(types) != 1:
        return {name: value for name, value in schema.items() if name in ("description", "example")}
    nullable = {"nullable": True} if "null" in schema["type"] else {}
    return {**schema, "type": types[0], **nullable}


def _without_null_branch(schema: dict[str, Any]) -> dict[str, Any]:
    """`anyOf: [X, {type: null}]` is X, nullable; any other choice stays."""
    for name in ("anyOf", "oneOf"):
        branches = schema.get(name)
        if not isinstance(branches, list) or {"type": "null"} not in branches:
            continue
        rest = {key: value for key, value in schema.items() if key != name}
        others = [one for one in branches if one != {"type": "null"}]
        if len(others) == 1:
            return {**rest, "nullable": True, "allOf": others}
        return {**rest, "nullable": True, name: others}
    return schema


def _body(body: dict[str, Any]) -> dict[str, Any]:
    """A request body in its JSON form alone, where it has one: several tools stop at XML beside it."""
    content = body.get("content", {})
    json_only = {name: media for name, media in content.items() if name == "application/json"}
    return {**body, "content": json_only or content}
