"""Published names and types hold wherever a published object occurs, also where the contract leaves the form open.

Where a schema names its fields, the schema rule judges their types, and this one judges their spelling: a field that is
missing while another of nearly its name stands there was "corrected". Where a schema is open, an object that has most
of its fields in common with a published one is taken for that one, and the fields in common keep their types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from oip_conformance.contract import Contract
from oip_conformance.oracle.content import is_json
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule

_AGREED = frozenset({"extendedProperties", "extendedSourceFields"})
"""Members whose content is agreed with one client."""

_LOOKED_AT = 20
"""So many entries of a list are looked at."""

_IN_COMMON = 3
"""An object of an open place is a published one when it shares at least so many fields, and half of its own."""

Found = Broken | bool
"""What is broken in a value; else whether anything published stood in it."""


@rule("OIP-CORE-11")
def published_fields_keep_name_and_type(scene: Scene) -> Judgement:
    """A published field has its published spelling and type in every successful response."""
    response, operation = scene.exchange.response, scene.operation
    if response is None or operation is None or response.status >= 400 or not is_json(response.media_type):
        return None
    published = operation.response(response.status)
    content = operation.content.get(published.status, {}) if published else {}
    schema: Any = next((media["schema"] for media in content.values() if "schema" in media), {})
    try:
        value = response.json
    except ValueError:
        return None
    found = _walk(scene.contract, value, schema)
    return found if isinstance(found, Broken) else KEPT if found else None


def _walk(contract: Contract, value: Any, schema: Any) -> Found:
    if isinstance(value, list):
        items = [part["items"] for part in _alternatives(contract, schema) if "items" in part]
        parts = [(entry, {"anyOf": items}) for entry in value[:_LOOKED_AT]]
        return _first(contract, parts, False)
    if not isinstance(value, dict):
        return False
    fields = _fields(contract, schema)
    if not fields:
        fields = _recognised(contract, value)
        for field in sorted(set(fields) & set(value)):
            if not _fits(value[field], contract, fields[field]):
                return _of_another_type(contract, field, value[field], fields[field])
    else:
        for field in sorted(set(fields) - set(value)):
            other = next((one for one in value if one not in fields and _is_nearly(field, one)), None)
            if other is not None:
                return Broken(
                    f"{field} is spelt {other}", "A published field has another name", f"`{field}`", f"`{other}`"
                )
    parts = [(one, fields.get(key, {})) for key, one in value.items() if key not in _AGREED]
    return _first(contract, parts, bool(set(fields) & set(value)))


def _first(contract: Contract, parts: list[tuple[Any, Any]], reached: bool) -> Found:
    for value, schema in parts:
        found = _walk(contract, value, schema)
        if isinstance(found, Broken):
            return found
        reached = reached or found
    return reached


def _of_another_type(contract: Contract, field: str, value: Any, schema: Any) -> Broken:
    wanted = " or ".join(sorted(_types(contract, schema)))
    got = _type_of(value)
    return Broken(f"{field} is {got}", "A published field has another type", f"`{field}` as {wanted}", f"{got}")


def _alternatives(contract: Contract, schema: Any, within: tuple[int, ...] = ()) -> Iterator[Mapping[str, Any]]:
    """A schema and all that it combines, references followed; one that combines itself is taken once."""
    schema = contract.resolve(schema)
    if isinstance(schema, dict) and id(schema) not in within:
        yield schema
        for keyword in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(keyword, ()):
                yield from _alternatives(contract, part, (*within, id(schema)))


def _fields(contract: Contract, schema: Any) -> dict[str, Any]:
    return {name: part for one in _alternatives(contract, schema) for name, part in one.get("properties", {}).items()}


def _types(contract: Contract, schema: Any) -> set[str]:
    kinds = [one["type"] for one in _alternatives(contract, schema) if "type" in one]
    return {name for kind in kinds for name in (kind if isinstance(kind, list) else [kind])}


def _fits(value: Any, contract: Contract, schema: Any) -> bool:
    types, got = _types(contract, schema), _type_of(value)
    whole = got == "number" and float(value).is_integer() and "integer" in types
    return not types or got in types | {"null"} or whole or (got == "integer" and "number" in types)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return kinds.get(type(value), "null")


def _recognised(contract: Contract, value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the published object that a value of an open place is; none when it is no published object."""
    alike = [
        fields for fields in _published(contract) if len(set(fields) & set(value)) >= max(_IN_COMMON, len(value) / 2)
    ]
    most = max((len(set(fields) & set(value)) for fields in alike), default=0)
    best = [fields for fields in alike if len(set(fields) & set(value)) == most]
    fitting = (one for one in best if all(_fits(value[key], contract, one[key]) for key in set(one) & set(value)))
    return next(fitting, best[0] if best else {})


@lru_cache(maxsize=8)
def _published(contract: Contract) -> tuple[dict[str, Any], ...]:
    """The fields of every object that successful responses of the contract show."""
    found: dict[int, dict[str, Any]] = {}
    seen: set[int] = set()

    def visit(schema: Any) -> None:
        for one in _alternatives(contract, schema):
            if id(one) in seen:
                continue
            seen.add(id(one))
            if len(one.get("properties", {})) >= _IN_COMMON:
                found[id(one)] = one["properties"]
            for part in (*one.get("properties", {}).values(), *([one["items"]] if "items" in one else [])):
                visit(part)

    for operation in contract.operations.values():
        for status, content in operation.content.items():
            if status.startswith("2"):
                for media in content.values():
                    visit(media.get("schema", {}))
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _is_nearly(published: str, other: str) -> bool:
    """Whether two names differ by case, a separator or one slip of the pen; numbered names are different names."""
    one, two = (name.casefold().replace("_", "").replace("-", "") for name in (published, other))
    if one == two:
        return True
    if min(len(one), len(two)) < 4 or [c for c in one if c.isdigit()] != [c for c in two if c.isdigit()]:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    rest_one, rest_two = one[start:], two[start:]
    return (
        rest_one[1:] in (rest_two, rest_two[1:])
        or rest_one == rest_two[1:]
        or (rest_one[:2] == rest_two[:2][::-1] and rest_one[2:] == rest_two[2:])
    )
