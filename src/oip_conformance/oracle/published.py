"""Published names and types hold wherever a published object occurs, also where the contract leaves the form open.

Where a schema names its fields, the schema rule judges their types, and this one judges their spelling: a field that is
missing while another of nearly its name stands there was "corrected". Where a schema is open, an object that has most
of its fields in common with a published one is taken for that one, and the fields in common keep their types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from oip_conformance.contract import Contract, Operation
from oip_conformance.evidence import ReceivedResponse
from oip_conformance.oracle.content import is_json
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule
from oip_conformance.oracle.seen import Seen

_AGREED = frozenset({"extendedProperties", "extendedSourceFields"})
"""Members whose content is agreed with one client."""

_LOOKED_AT = 20
"""So many entries of a list are looked at."""

_IN_COMMON = 3
"""An object of an open place is a published one when it shares at least so many fields, and half of its own."""

Found = Broken | bool
"""What is broken in a value; else whether anything published stood in it."""

Schemas = tuple[Any, ...]
"""Schemas of the contract's document, any of which a value may keep to; none where the form is open."""


@dataclass(frozen=True)
class Shape:
    """What some schemas say of an object's fields and of a list's entries."""

    fields: Mapping[str, Schemas]
    entries: Schemas


@rule("OIP-CORE-11")
def published_fields_keep_name_and_type(scene: Scene) -> Judgement:
    """A published field has its published spelling and type in every successful response."""
    response, operation = scene.exchange.response, scene.operation
    if response is None or operation is None or response.status >= 400 or not is_json(response.media_type):
        return None
    key = (operation.id, response.status, response.body_digest)
    return _judged(scene.contract)(key, lambda: _judge(scene.contract, operation, response))


@lru_cache(maxsize=4)
def _judged(_contract: Contract) -> Seen[Judgement]:
    """What a body breaks follows from operation, status and body."""
    return Seen()


def _judge(contract: Contract, operation: Operation, response: ReceivedResponse) -> Judgement:
    published = operation.response(response.status)
    content = operation.content.get(published.status, {}) if published else {}
    schemas = tuple(media["schema"] for media in content.values() if "schema" in media)
    try:
        value = response.json
    except ValueError:
        return None
    found = _walk(contract, value, schemas[:1])
    return found if isinstance(found, Broken) else KEPT if found else None


def _walk(contract: Contract, value: Any, schemas: Schemas) -> Found:
    if isinstance(value, list):
        entries = _shape(contract, schemas).entries
        return _first(contract, [(entry, entries) for entry in value[:_LOOKED_AT]], False)
    if not isinstance(value, dict):
        return False
    fields = _shape(contract, schemas).fields
    if fields:
        broken = _misspelt(fields, value)
    else:
        fields = _recognised(contract, value)
        broken = _retyped(contract, fields, value)
    if broken is not None:
        return broken
    parts = [
        (part, fields.get(name, ()))
        for name, part in value.items()
        if isinstance(part, dict | list) and name not in _AGREED
    ]
    return _first(contract, parts, not fields.keys().isdisjoint(value))


def _first(contract: Contract, parts: list[tuple[Any, Schemas]], reached: bool) -> Found:
    for value, schemas in parts:
        found = _walk(contract, value, schemas)
        if isinstance(found, Broken):
            return found
        reached = reached or found
    return reached


def _misspelt(fields: Mapping[str, Schemas], value: Mapping[str, Any]) -> Broken | None:
    missing = [name for name in fields if name not in value]
    strange = [name for name in value if name not in fields] if missing else []
    for name in sorted(missing) if strange else ():
        other = next((one for one in strange if _is_nearly(name, one)), None)
        if other is not None:
            return Broken(f"{name} is spelt {other}", "A published field has another name", f"`{name}`", f"`{other}`")
    return None


def _retyped(contract: Contract, fields: Mapping[str, Schemas], value: Mapping[str, Any]) -> Broken | None:
    for name in sorted(fields.keys() & value.keys()):
        if not _fits(value[name], contract, fields[name]):
            wanted, got = " or ".join(sorted(_types(contract, fields[name]))), _type_of(value[name])
            return Broken(f"{name} is {got}", "A published field has another type", f"`{name}` as {wanted}", got)
    return None


def _shape(contract: Contract, schemas: Schemas) -> Shape:
    """What schemas of the document say; worked out once, since the document does not change."""
    known = _shapes(contract)
    key = tuple(map(id, schemas))
    if key not in known:
        fields: dict[str, Schemas] = {}
        entries: Schemas = ()
        for one in _alternatives(contract, schemas):
            for name, part in one.get("properties", {}).items():
                fields[name] = (*fields.get(name, ()), part)
            entries += (one["items"],) if "items" in one else ()
        known[key] = Shape(fields, entries)
    return known[key]


@lru_cache(maxsize=8)
def _shapes(_contract: Contract) -> dict[tuple[int, ...], Shape]:
    return {}


def _alternatives(contract: Contract, schemas: Schemas, within: tuple[int, ...] = ()) -> Iterator[Mapping[str, Any]]:
    """Schemas and all that they combine, references followed; one that combines itself is taken once."""
    for schema in map(contract.resolve, schemas):
        if isinstance(schema, dict) and id(schema) not in within:
            yield schema
            for keyword in ("allOf", "anyOf", "oneOf"):
                yield from _alternatives(contract, tuple(schema.get(keyword, ())), (*within, id(schema)))


def _types(contract: Contract, schemas: Schemas) -> set[str]:
    kinds = [one["type"] for one in _alternatives(contract, schemas) if "type" in one]
    return {name for kind in kinds for name in (kind if isinstance(kind, list) else [kind])}


def _fits(value: Any, contract: Contract, schemas: Schemas) -> bool:
    types, got = _types(contract, schemas), _type_of(value)
    whole = got == "number" and float(value).is_integer() and "integer" in types
    return not types or got in types | {"null"} or whole or (got == "integer" and "number" in types)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds = {dict: "object", list: "array", str: "string", int: "integer", float: "number"}
    return kinds.get(type(value), "null")


def _recognised(contract: Contract, value: Mapping[str, Any]) -> Mapping[str, Schemas]:
    """The fields of the published object that a value of an open place is; none when it is no published object."""
    least = max(_IN_COMMON, len(value) / 2)
    shared = [(len(fields.keys() & value.keys()), fields) for fields in published_objects(contract)]
    most = max((count for count, _ in shared if count >= least), default=0)
    best = [fields for count, fields in shared if count == most] if most else []
    fitting = (one for one in best if _retyped(contract, one, value) is None)
    return next(fitting, best[0] if best else {})


@lru_cache(maxsize=8)
def published_objects(contract: Contract) -> tuple[Mapping[str, Schemas], ...]:
    """The fields of every object that successful responses of the contract show."""
    found: dict[tuple[str, ...], Mapping[str, Schemas]] = {}
    seen: set[tuple[int, ...]] = set()

    def visit(schemas: Schemas) -> None:
        key = tuple(map(id, map(contract.resolve, schemas)))
        if not schemas or key in seen:
            return
        seen.add(key)
        shape = _shape(contract, schemas)
        if len(shape.fields) >= _IN_COMMON:
            found[tuple(sorted(shape.fields))] = shape.fields
        for part in (*shape.fields.values(), shape.entries):
            visit(part)

    for operation in contract.operations.values():
        for status, content in operation.content.items():
            if status.startswith("2"):
                for media in content.values():
                    visit((media["schema"],) if "schema" in media else ())
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
