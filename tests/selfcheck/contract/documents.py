"""Small OpenAPI documents, and our contract as the owner of an API may publish it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oip_conformance.contract.anatomy import METHODS, Kind, rebuilt

Write = Callable[[str, Any], Path]
"""The fixture that writes a document to a file."""

PARAMETERS = {"id": "customer_id", "customerId": "customer", "triggerId": "trigger"}


def owners_document(document: dict[str, Any]) -> dict[str, Any]:
    """Our contract as its owner's: OpenAPI 3.0 with `nullable`, ids in small letters, other names of path parameters,
    parameters beside the methods, errors by range and by default, and none of our extensions.
    """
    theirs: dict[str, Any] = rebuilt("document", copy.deepcopy(document), _thirty)
    theirs["openapi"] = "3.0.3"
    theirs["info"] = {"title": "OIP", "version": "4.2.0"}
    theirs["paths"] = {_renamed(path): _item(path, item) for path, item in theirs["paths"].items()}
    return theirs


def _item(path: str, item: dict[str, Any]) -> dict[str, Any]:
    for method in set(METHODS) & item.keys():
        operation = item[method]
        operation = {name: value for name, value in operation.items() if not name.startswith("x-oip")}
        operation["operationId"] = operation["operationId"].lower()
        operation["responses"] = {status: _response(one) for status, one in operation["responses"].items()}
        error = {"$ref": "#/components/responses/BadRequest"}
        operation["responses"] = {
            status: one for status, one in operation["responses"].items() if not status.startswith("4")
        } | {"4XX": error, "default": error}
        item[method] = operation
    if len(set(METHODS) & item.keys()) == 1:
        (method,) = set(METHODS) & item.keys()
        inside = [one for one in item[method].get("parameters", ()) if one["in"] == "path"]
        item["parameters"] = [{**one, "name": PARAMETERS.get(one["name"], one["name"])} for one in inside]
        item[method]["parameters"] = [one for one in item[method].get("parameters", ()) if one["in"] != "path"]
    return item


def _response(response: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name != "links"}


def _renamed(path: str) -> str:
    return re.sub(r"\{([^}]+)\}", lambda found: f"{{{PARAMETERS.get(found[1], found[1])}}}", path)


def _thirty(kind: Kind, node: Any, place: None) -> tuple[Any, None]:
    null = {"type": "null"}
    if kind == "schema" and isinstance(node, dict) and null in node.get("anyOf", ()):
        return {"anyOf": [one for one in node["anyOf"] if one != null], "nullable": True}, place
    if kind != "schema" or not isinstance(node, dict) or not isinstance(node.get("type"), list):
        return node, place
    kinds = [one for one in node["type"] if one != "null"]
    rest = {name: value for name, value in node.items() if name not in ("type", "items", "properties")}
    nullable = {"nullable": True} if "null" in node["type"] else {}
    if len(kinds) == 1:
        inner = {name: node[name] for name in ("items", "properties") if name in node}
        return {**rest, **inner, "type": kinds[0], **nullable}, place
    parts = {"array": {"items": node.get("items", {})}, "object": {"properties": node.get("properties", {})}}
    choices = [{"type": one, **parts.get(one, {}), **nullable} for one in kinds]
    return {**rest, "anyOf": choices}, place


def document(paths: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    """A small OpenAPI document: 3.1 unless told otherwise."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "paths": paths if paths is not None else {"/things": {"get": operation("getThings")}},
        **parts,
    }


def operation(name: str | None = None, **parts: Any) -> dict[str, Any]:
    """An operation that answers 200 with anything."""
    named = {"operationId": name} if name else {}
    return {**named, "responses": {"200": {"description": "OK"}}, **parts}


def answers(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    """Responses: 200 with a schema."""
    return {"200": {"description": "OK", "content": {media_type: {"schema": schema}}}}
