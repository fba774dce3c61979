"""A contract without references, for tools that follow none."""

from __future__ import annotations

from typing import Any

from oip_conformance.contract.anatomy import Kind, rebuilt
from oip_conformance.contract.references import value_at


def dereferenced(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every reference replaced by what it means; only a schema that leads back to itself keeps one."""

    def visit(kind: Kind, node: Any, trail: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#") or reference in trail:
            return node, trail
        target = value_at(document, reference[1:], reference)
        beside = {name: value for name, value in node.items() if name != "$ref"}
        if kind == "schema" and beside:
            return visit(kind, {**beside, "allOf": [{"$ref": reference}, *beside.get("allOf", ())]}, trail)
        return visit(kind, target, (*trail, reference))

    made: dict[str, Any] = rebuilt("document", document, visit, ())
    return made
