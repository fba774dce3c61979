"""The coverage statement: what of the contract a run reached, and what it did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson

from oip_conformance.contract import Contract, Operation
from oip_conformance.evidence import Exchange, Reach
from oip_conformance.verdict import power
from oip_conformance.verdict.latency import Latencies

FLOORS: Mapping[str, Mapping[str, float]] = {
    "smoke": {"operations": 0.9, "succeeded": 0.6, "statuses": 0.4, "parameters": 0.6, "fields": 0.4},
    "standard": {"operations": 1.0, "succeeded": 0.95, "statuses": 0.75, "parameters": 1.0, "fields": 0.9},
    "deep": {"operations": 1.0, "succeeded": 0.95, "statuses": 0.75, "parameters": 1.0, "fields": 0.9},
}
"""Share of each dimension that a run of a level must reach of what its profile activates."""

_ELSEWHERE = frozenset({429, 502})
"""Statuses of systems behind the target, which a run cannot provoke and does not count as missed."""


@dataclass
class _Reach:
    count: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    latencies: Latencies = field(default_factory=Latencies)


class CoverageTally:
    """Counts what exchanges reach, one at a time; what processes counted apart is added with `merge`."""

    def __init__(self) -> None:
        self._reached: dict[str, _Reach] = {}
        self.reach = Reach()
        self.exchanges = 0
        self.faults: dict[str, int] = {}

    def add(self, exchange: Exchange, operation: Operation | None) -> None:
        """Count one exchange."""
        self.exchanges += 1
        if exchange.fault:
            self.faults[exchange.fault] = self.faults.get(exchange.fault, 0) + 1
        if operation is None:
            return
        reach = self._reached.setdefault(operation.id, _Reach())
        reach.count += 1
        reach.latencies.add(exchange.elapsed * 1000)
        if exchange.response is None:
            return
        status = exchange.response.status
        reach.statuses[status] = reach.statuses.get(status, 0) + 1
        if status < 400:
            self._add_sent(reach, exchange, operation)

    def _add_sent(self, reach: _Reach, exchange: Exchange, operation: Operation) -> None:
        """What a successful exchange sent of what the contract declares, whichever came first."""
        if len(reach.parameters) < len(operation.parameters):
            query = {name for name, _ in parse_qsl(exchange.request.url.partition("?")[2], keep_blank_values=True)}
            reach.parameters |= {
                one.name for one in operation.parameters if one.location == "path" or one.name in query
            }
        declared = request_fields(operation)
        if len(reach.sent) < len(declared) and exchange.request.body.startswith((b"{", b"[")):
            reach.sent |= declared.intersection(_places(_json(exchange.request.body)))

    def merge(self, other: CoverageTally) -> None:
        """Add what another process of the run counted."""
        self.exchanges += other.exchanges
        self.reach.merge(other.reach)
        for kind, count in other.faults.items():
            self.faults[kind] = self.faults.get(kind, 0) + count
        for name, theirs in other._reached.items():
            ours = self._reached.setdefault(name, _Reach())
            ours.count += theirs.count
            for status, count in theirs.statuses.items():
                ours.statuses[status] = ours.statuses.get(status, 0) + count
            ours.parameters |= theirs.parameters
            ours.sent |= theirs.sent
            ours.latencies.merge(theirs.latencies)

    def to_json(self) -> dict[str, Any]:
        """A JSON value from which `from_json` makes an equal tally."""
        return {
            "exchanges": self.exchanges,
            "faults": self.faults,
            "reach": self.reach.to_json(),
            "reached": {
                name: {
                    "count": reach.count,
                    "statuses": {str(status): count for status, count in sorted(reach.statuses.items())},
                    "parameters": sorted(reach.parameters),
                    "sent": sorted(reach.sent),
                    "latencies": reach.latencies.to_json(),
                }
                for name, reach in sorted(self._reached.items())
            },
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> CoverageTally:
        """The tally that `to_json` wrote."""
        tally = cls()
        tally.exchanges, tally.faults = record["exchanges"], dict(record["faults"])
        tally.reach = Reach.from_json(record["reach"])
        for name, one in record["reached"].items():
            tally._reached[name] = _Reach(
                one["count"],
                {int(status): count for status, count in one["statuses"].items()},
                set(one["parameters"]),
                set(one["sent"]),
                Latencies.from_json(one["latencies"]),
            )
        return tally

    def statement(self, contract: Contract, activated: Iterable[str], level: str) -> dict[str, Any]:
        """What was reached of the activated operations, in each dimension, against the floors of the level."""
        names = [name for name in contract.operations if name in set(activated)]
        dimensions: dict[str, tuple[list[str], list[str]]] = {name: ([], []) for name in FLOORS["smoke"]}
        for name in names:
            operation, reach = contract.operations[name], self._reached.get(name, _Reach())
            _split(dimensions["operations"], name, reach.count > 0)
            _split(dimensions["succeeded"], name, any(status < 400 for status in reach.statuses))
            for status in sorted(operation.documented_statuses - _ELSEWHERE - {403}):
                _split(dimensions["statuses"], f"{name} {status}", status in reach.statuses)
            for parameter in operation.parameters:
                _split(dimensions["parameters"], f"{name} {parameter.name}", parameter.name in reach.parameters)
            for place in sorted(request_fields(operation)):
                _split(dimensions["fields"], f"{name} {place}", place in reach.sent)
        dimensions |= power.dimensions_of(self.reach, contract, set(names))
        floors = {**FLOORS.get(level, {}), **power.FLOORS.get(level, {})}
        return {
            dimension: {
                "reached": len(reached),
                "of": len(reached) + len(missed),
                "floor": floors.get(dimension, 0.0),
                "met": len(reached) >= floors.get(dimension, 0.0) * (len(reached) + len(missed)),
                "missed": missed,
            }
            for dimension, (reached, missed) in dimensions.items()
        }

    def traffic(self) -> dict[str, Any]:
        """Counts, statuses and latency (milliseconds) by operation."""
        return {
            "exchanges": self.exchanges,
            "faults": dict(sorted(self.faults.items())),
            "by_operation": {
                name: {
                    "count": reach.count,
                    "statuses": {str(status): count for status, count in sorted(reach.statuses.items())},
                    "latency_ms": reach.latencies.summary(),
                }
                for name, reach in sorted(self._reached.items())
            },
        }


def shortfall(statement: Mapping[str, Any]) -> str:
    """In words, which floors a coverage statement does not meet; empty when it meets them all."""
    short = [
        f"{name} {one['reached']} of {one['of']} (floor {one['floor']:.0%})"
        for name, one in statement.items()
        if not one["met"]
    ]
    return f"it reached less of the contract than its level demands: {', '.join(short)}." if short else ""


@lru_cache(maxsize=1024)
def request_fields(operation: Operation) -> frozenset[str]:
    """The places of the declared fields of an operation's JSON body, `[]` standing for the items of a list."""
    if "application/json" not in operation.request_media_types:
        return frozenset()
    schema = operation.content["request"]["application/json"].get("schema", {})
    return frozenset(_declared(operation, schema, "", ()))


def _declared(operation: Operation, schema: Any, place: str, seen: tuple[str, ...]) -> Iterable[str]:
    if isinstance(schema, dict) and "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen = (*seen, schema["$ref"])
    schema = operation.resolve(schema)
    if not isinstance(schema, dict):
        return
    for name, part in schema.get("properties", {}).items():
        yield f"{place}/{name}"
        yield from _declared(operation, part, f"{place}/{name}", seen)
    if "items" in schema:
        yield from _declared(operation, schema["items"], f"{place}[]", seen)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            yield from _declared(operation, part, place, seen)


def _places(value: Any, place: str = "") -> Iterable[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield f"{place}/{name}"
            yield from _places(part, f"{place}/{name}")
    elif isinstance(value, list):
        for part in value[:3]:
            yield from _places(part, f"{place}[]")


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return None


def _split(dimension: tuple[list[str], list[str]], name: str, reached: bool) -> None:
    dimension[0 if reached else 1].append(name)
