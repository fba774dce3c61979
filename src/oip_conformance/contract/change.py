"""One difference between two contracts, and what of it breaks a client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from oip_conformance.contract.fields import Field

Sort = Literal["added", "removed", "changed"]
Direction = Literal["request", "response"]

_UPWARDS = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_DOWNWARDS = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")


@dataclass(frozen=True)
class Change:
    """One difference. `operation` None: it concerns the contract as a whole. Breaking: a client that kept to the contract
    before may be refused, or may meet what it does not expect.
    """

    sort: Sort
    operation: str | None
    place: str
    text: str
    breaking: bool = False

    def to_json(self) -> dict[str, Any]:
        """The change as plain data."""
        return asdict(self)


def field_changes(
    operation: str, place: str, before: dict[str, Field], after: dict[str, Field], direction: Direction
) -> Iterator[Change]:
    """What differs between the fields of two bodies, or of two parameters."""
    for pointer in dict.fromkeys([*before, *after]):
        where = f"{place} {pointer}".rstrip()
        old, new = before.get(pointer), after.get(pointer)
        above = pointer.rpartition("/")[0]
        if old is None and new is not None:
            if pointer and above not in before and above in after:
                continue
            closed = direction == "response" and above in before and before[above].closed
            yield Change("added", operation, where, str(new), (direction == "request" and new.required) or closed)
        elif new is None and old is not None:
            if pointer and above not in after and above in before:
                continue
            yield Change("removed", operation, where, str(old), True)
        elif old is not None and new is not None and old != new:
            yield from _field_change(operation, where, old, new, direction)


def _field_change(operation: str, where: str, old: Field, new: Field, direction: Direction) -> Iterator[Change]:
    """What a request may hold must not shrink; what a response may hold must not grow."""
    wide, narrow = (new, old) if direction == "request" else (old, new)
    if old.required != new.required:
        told = "required now" if new.required else "optional now"
        yield Change("changed", operation, where, told, new.required == (direction == "request"))
    if old.types != new.types:
        told = f"{_kinds(old)} -> {_kinds(new)}"
        yield Change("changed", operation, where, told, not narrow.types <= wide.types)
    if old.choices != new.choices:
        fits = wide.choices is None or (narrow.choices is not None and narrow.choices <= wide.choices)
        yield Change("changed", operation, where, f"{_choices(old)} -> {_choices(new)}", not fits)
    if old.closed != new.closed:
        told = "takes no other fields now" if new.closed else "takes other fields now"
        yield Change("changed", operation, where, told, wide.closed)
    for name in sorted({*old.limits, *new.limits}):
        if old.limits.get(name) != new.limits.get(name):
            told = f"{name} {old.limits.get(name, 'none')} -> {new.limits.get(name, 'none')}"
            yield Change("changed", operation, where, told, not _reaches(name, wide, narrow))


def _reaches(name: str, wide: Field, narrow: Field) -> bool:
    """Whether everything within the one limit is within the other."""
    if name not in wide.limits:
        return True
    if name not in narrow.limits:
        return False
    outer, inner = wide.limits[name], narrow.limits[name]
    if isinstance(outer, int | float) and isinstance(inner, int | float):
        return (name in _UPWARDS and inner <= outer) or (name in _DOWNWARDS and inner >= outer)
    return False


def _kinds(one: Field) -> str:
    return str(one).rpartition(",")[0]


def _choices(one: Field) -> str:
    return "any value" if one.choices is None else f"one of {', '.join(sorted(one.choices))}"
