"""Power, beside coverage: how often each rule of a model applied, what followed what, which values were compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from oip_conformance.contract import Contract, Operation
from oip_conformance.evidence import Reach

TIMES = 3
"""A rule of a model counts as reached when it applied at least so often."""

FLOORS: Mapping[str, Mapping[str, float]] = {
    "smoke": {"model rules": 1.0, "model transitions": 0.0, "values": 0.45},
    "standard": {"model rules": 1.0, "model transitions": 0.6, "values": 0.45},
    "deep": {"model rules": 1.0, "model transitions": 0.6, "values": 0.45},
}
"""Share of each dimension that a run of a level must reach."""

DIMENSIONS = frozenset({"model rules", "model transitions", "values"})
"""What is counted here, and not from exchanges alone."""

Split = tuple[list[str], list[str]]


def dimensions_of(reach: Reach, contract: Contract, activated: Collection[str]) -> dict[str, Split]:
    """What was reached and what was missed: rules and pairs of rules of the models that ran, values of responses."""
    rules: Split = ([], [])
    transitions: Split = ([], [])
    values: Split = ([], [])
    for name, model in sorted(reach.models.items()):
        for rule, times in sorted(model.rules.items()):
            rules[0 if times >= TIMES else 1].append(f"{name}: {rule} ({times})")
            for then in sorted(model.rules):
                transitions[0 if model.transitions[rule, then] else 1].append(f"{name}: {rule}, {then}")
    for operation in contract.operations.values():
        compared = {_plain(place) for place in reach.compared.get(operation.id, ())}
        for place in response_values(contract, operation) if operation.id in activated else ():
            values[0 if place in compared else 1].append(f"{operation.id} {place}")
    return {"model rules": rules, "model transitions": transitions, "values": values}


@lru_cache(maxsize=1024)
def response_values(contract: Contract, operation: Operation) -> tuple[str, ...]:
    """The places of the plain values that the successful answers of an operation declare, lists left unmarked.

    Where the contract takes one record or a list of them, both are one place.
    """
    found: set[str] = set()
    for status, content in operation.content.items():
        if status.startswith("2"):
            for media in content.values():
                found |= set(_values(contract, media.get("schema", {}), "", ()))
    return tuple(sorted({_plain(place) for place in found} - {""}))


def _plain(place: str) -> str:
    return place.replace("[]", "")


def _values(contract: Contract, schema: Any, place: str, within: tuple[int, ...]) -> Iterable[str]:
    schema = contract.resolve(schema)
    if not isinstance(schema, dict) or id(schema) in within:
        return
    within = (*within, id(schema))
    inner = [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
    for part in inner:
        yield from _values(contract, part, place, within)
    for name, part in schema.get("properties", {}).items():
        yield from _values(contract, part, f"{place}/{name}", within)
    if "items" in schema:
        yield from _values(contract, schema["items"], f"{place}[]", within)
    kinds = schema.get("type", [])
    if not inner and {"string", "number", "integer", "boolean"} & set(kinds if isinstance(kinds, list) else [kinds]):
        yield place
