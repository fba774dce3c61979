"""Schemathesis as the source of cases: its examples, its coverage walk, its positive and negative fuzzing.

Each operation is drawn from a document of its own, cut down to what a request is made of, so that what is drawn depends
on that operation and the seed and on nothing else in the contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.errors import InvalidSchema, SerializationNotPossible
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.hypothesis import examples as schemathesis_examples
from schemathesis.generation.meta import CoverageScenario
from schemathesis.generation.modes import GenerationMode

from oip_conformance.contract import Contract, Operation
from oip_conformance.generation.case import Origin
from oip_conformance.generation.serialising import Unsendable, wire_form
from oip_conformance.generation.wire import WireForm

_ID = "operation"

_EDGES = frozenset(
    {
        CoverageScenario.NULL_VALUE,
        CoverageScenario.MINIMUM_LENGTH_STRING,
        CoverageScenario.MAXIMUM_LENGTH_STRING,
        CoverageScenario.NEAR_BOUNDARY_LENGTH_STRING,
        CoverageScenario.MINIMUM_VALUE,
        CoverageScenario.MAXIMUM_VALUE,
        CoverageScenario.NEAR_BOUNDARY_NUMBER,
        CoverageScenario.MAXIMUM_ITEMS_ARRAY,
        CoverageScenario.NEAR_BOUNDARY_ITEMS_ARRAY,
        CoverageScenario.OBJECT_ONLY_REQUIRED,
    }
)


@dataclass(frozen=True)
class Draw:
    """One request drawn by Schemathesis and what it says it means; whether it does is decided elsewhere.

    `kind` groups draws that show the same sort of thing, so that a selection can be spread over all sorts.
    """

    wire: WireForm
    origin: Origin
    meant: Literal["valid", "invalid"]
    kind: str
    edge: bool = False


class Source:
    """Schemathesis bound to one operation of a contract. Raises InvalidSchema of Schemathesis for a broken one."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
        self._schema = schemathesis.openapi.from_dict(request_document(contract, operation), config=config)
        self._operation: Any = self._schema.find_operation_by_id(_ID)

    def examples(self) -> Iterator[Draw]:
        """The published examples."""
        strategies = self._operation.get_strategies_from_examples()
        for number, strategy in enumerate(strategies):
            yield from _drawn(schemathesis_examples.generate_one(strategy), "example", f"example {number}")

    def coverage(self) -> Iterator[Draw]:
        """The deterministic walk over each keyword of the schema, valid and invalid."""
        self._schema.coverage_unexpected_methods_seen.clear()
        cases = self._schema.iter_coverage_cases(
            self._operation,
            generation_modes=list(GenerationMode),
            generation_config=self._schema.config.generation_for(operation=self._operation),
        )
        case: Any
        for case in cases:
            data = case.meta.phase.data
            place = data.parameter_location.value if data.parameter_location else ""
            kind = f"{data.scenario.value} {place} {data.parameter or ''}"
            yield from _drawn(case, "coverage", kind, edge=data.scenario in _EDGES)

    def fuzzing(self, mode: GenerationMode, count: int, start: int) -> Iterator[Draw]:
        """Up to `count` random requests; the same for the same start."""
        drawn: list[Any] = []

        @seed(start)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(self._operation.as_strategy(generation_mode=mode, feedback=NO_FEEDBACK))
        def collect(case: Any) -> None:
            drawn.append(case)

        try:
            collect()
        except (Unsatisfiable, InvalidSchema, SerializationNotPossible):
            return
        for case in drawn:
            yield from _drawn(case, "fuzzing", mode.value)


def _drawn(case: Any, origin: Origin, kind: str, *, edge: bool = False) -> Iterator[Draw]:
    meant: Literal["valid", "invalid"] = "invalid" if case.meta.generation.mode.is_negative else "valid"
    try:
        yield Draw(wire_form(case), origin, meant, kind, edge)
    except Unsendable:
        return


def request_document(contract: Contract, operation: Operation) -> dict[str, Any]:
    """An OpenAPI document of one operation with all that makes its requests, and nothing else."""
    item = contract.resolve(contract.document["paths"][operation.path])
    raw = item[operation.method.lower()]
    kept = {name: raw[name] for name in ("parameters", "requestBody") if name in raw}
    kept |= {"operationId": _ID, "responses": {"200": {"description": "OK"}}}
    path_item: dict[str, Any] = {operation.method.lower(): kept}
    if "parameters" in item:
        path_item["parameters"] = item["parameters"]
    components = {
        name: part
        for name, part in contract.document.get("components", {}).items()
        if name in ("schemas", "parameters", "requestBodies", "examples", "headers")
    }
    return {
        "openapi": contract.document["openapi"],
        "info": {"title": operation.id, "version": "1"},
        "servers": [{"url": "http://localhost"}],
        "paths": {operation.path: path_item},
        "components": components,
    }
