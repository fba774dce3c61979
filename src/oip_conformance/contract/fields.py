"""The fields of a schema, flat: what may stand where, for comparing one contract with another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
LIMITS = (
    "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems",
    "maxItems", "uniqueItems", "minProperties", "maxProperties", "pattern", "format",
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """What a schema says of one place in a value. `choices` None: any value; `closed`: no other fields are taken."""

    types: frozenset[str] = frozenset(TYPES)
    required: bool = False
    choices: frozenset[str] | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    closed: bool = False

    def __str__(self) -> str:
        kinds = [name for name in TYPES if name in self.types and not (name == "integer" and "number" in self.types)]
        kind = "anything" if self.types >= frozenset(TYPES) else " or ".join(kinds) or "nothing"
        return f"{kind}, {'required' if self.required else 'optional'}"


def fields_of(schema: Any, resolve: Callable[[Any], Any]) -> dict[str, Field]:
    """Every place that a schema names, as a JSON Pointer with * for each item; "" is the value itself."""
    found: dict[str, Field] = {}
    for pointer, one in _walk(schema, "", True, resolve, ()):
        found[pointer] = _both(found[pointer], one) if pointer in found else one
    return found


def _walk(
    schema: Any, pointer: str, required: bool, resolve: Callable[[Any], Any], seen: tuple[str, ...]
) -> Iterator[tuple[str, Field]]:
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        if schema["$ref"] in seen:
            yield pointer, Field(required=required)
            return
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        yield from _walk(resolve(schema), pointer, required, resolve, (*seen, schema["$ref"]))
        yield from _walk(beside, pointer, required, resolve, seen) if beside else ()
        return
    if not isinstance(schema, dict):
        yield pointer, Field(frozenset(TYPES) if schema is not False else frozenset(), required)
        return
    yield pointer, _field(schema, required)
    for part in schema.get("allOf", ()):
        yield from _walk(part, pointer, required, resolve, seen)
    for name in ("anyOf", "oneOf"):
        if name in schema:
            yield from _either(schema[name], pointer, required, resolve, seen)
    wanted = schema.get("required") or ()
    for name, one in (schema.get("properties") or {}).items():
        yield from _walk(one, f"{pointer}/{name}", name in wanted, resolve, seen)
    for name in wanted:
        if name not in (schema.get("properties") or {}):
            yield f"{pointer}/{name}", Field(required=True)
    for name, step in (("items", "*"), ("additionalProperties", "{key}")):
        if isinstance(schema.get(name), dict):
            yield from _walk(schema[name], f"{pointer}/{step}", False, resolve, seen)


def _either(
    schemas: Any, pointer: str, required: bool, resolve: Callable[[Any], Any], seen: tuple[str, ...]
) -> Iterator[tuple[str, Field]]:
    """Alternatives: a place may hold what any of them says, and is required when all of them require it."""
    branches = []
    for one in schemas:
        branch: dict[str, Field] = {}
        for place, each in _walk(one, pointer, required, resolve, seen):
            branch[place] = _both(branch[place], each) if place in branch else each
        branches.append(branch)
    for place in dict.fromkeys(place for branch in branches for place in branch):
        holding = [branch[place] for branch in branches if place in branch]
        above = place.rpartition("/")[0]
        able = [one for one in branches if place == pointer or (above in one and "object" in one[above].types)]
        choices = [one.choices for one in holding]
        yield (
            place,
            Field(
                frozenset().union(*(one.types for one in holding)),
                all(place in one and one[place].required for one in able) and bool(able),
                None if None in choices else frozenset().union(*(one for one in choices if one is not None)),
                holding[0].limits if all(one.limits == holding[0].limits for one in holding) else {},
                all(one.closed for one in holding),
            ),
        )


def _field(schema: Mapping[str, Any], required: bool) -> Field:
    kinds = schema.get("type", list(TYPES))
    types = frozenset([kinds] if isinstance(kinds, str) else kinds)
    if "number" in types:
        types |= {"integer"}
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return Field(
        types,
        required,
        None if choices is None else frozenset(repr(one) for one in choices),
        {name: schema[name] for name in LIMITS if name in schema},
        schema.get("additionalProperties") is False,
    )


def _both(one: Field, other: Field) -> Field:
    """A place that two schemas speak of at once."""
    choices = other.choices if one.choices is None else one.choices & (other.choices or one.choices)
    return replace(
        one,
        types=one.types & other.types,
        required=one.required or other.required,
        choices=choices,
        limits={**one.limits, **other.limits},
        closed=one.closed or other.closed,
    )
