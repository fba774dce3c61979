"""One plain value of a JSON Schema: what a test sends for a field of which a profile gives only the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def sample_of(schema: Mapping[str, Any]) -> Any:
    """A value that conforms to a simple schema: its example, default, first choice, or the least of its type."""
    for keyword in ("example", "default", "const"):
        if keyword in schema:
            return schema[keyword]
    for keyword in ("examples", "enum"):
        if schema.get(keyword):
            return schema[keyword][0]
    kind = schema.get("type", "string")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            wanted = schema.get("required", ())
            return {name: sample_of(schema.get("properties", {}).get(name, {})) for name in wanted}
        case "array":
            return [sample_of(schema.get("items", {}))] * int(schema.get("minItems", 0))
        case "integer":
            return int(schema.get("minimum", 1))
        case "number":
            return schema.get("minimum", 1.5)
        case "boolean":
            return True
        case "null":
            return None
    return "sample".ljust(int(schema.get("minLength", 0)), "x")[: int(schema.get("maxLength", 10**6))]
