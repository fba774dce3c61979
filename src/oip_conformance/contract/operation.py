"""An operation of the contract: what it takes, what it answers, and whether a value keeps to that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import jsonschema_rs

from oip_conformance.contract.closure import components_for

Effect = Literal["read", "write", "external"]
PathSource = Literal["documented", "inferred"]


@dataclass(frozen=True)
class SchemaError:
    """One way in which a value breaks its schema: where in the value, and which keyword where in the schema."""

    pointer: str
    message: str
    keyword: str
    schema_pointer: str


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation. `location` is path, query, header or cookie."""

    name: str
    location: str
    required: bool
    schema: Mapping[str, Any]
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ResponseSpec:
    """What is documented for one status ("404"), a range of them ("4XX") or all others ("default")."""

    status: str
    description: str
    media_types: tuple[str, ...]
    has_schema: bool

    def media_type(self, received: str) -> str | None:
        """The documented media type that a received one falls under, as it is written there; the nearest wins."""
        wanted = _plain(received)
        for accepted in (wanted, f"{wanted.partition('/')[0]}/*", "*/*"):
            found = next((one for one in self.media_types if _plain(one) == accepted), None)
            if found is not None:
                return found
        return None


@dataclass(frozen=True, eq=False)
class Operation:
    """One method and path of the contract, known everywhere by its id."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    conformance_class: str
    effect: Effect
    path_source: PathSource
    preview: bool
    parameters: tuple[Parameter, ...]
    request_media_types: tuple[str, ...]
    request_required: bool
    responses: Mapping[str, ResponseSpec]
    digest: str
    content: Mapping[str, Any] = field(repr=False, default_factory=dict)
    """The request and response content objects, by ("request" or status), then media type."""
    resolve: Callable[[Any], Any] = field(repr=False, default=lambda node: node)
    components: Mapping[str, Any] = field(repr=False, default_factory=dict)
    _validators: dict[tuple[str, str], Any] = field(repr=False, default_factory=dict)
    _documented: dict[int, ResponseSpec | None] = field(repr=False, default_factory=dict)

    @cached_property
    def documented_statuses(self) -> frozenset[int]:
        """The statuses documented one by one for this operation, as numbers; `documents` knows of ranges too."""
        return frozenset(int(status) for status in self.responses if status.isdigit())

    def response(self, status: int) -> ResponseSpec | None:
        """What is documented for a status: by itself, by its range (4XX), or by default."""
        if status not in self._documented:
            names = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
            self._documented[status] = next((self.responses[name] for name in names if name in self.responses), None)
        return self._documented[status]

    def documents(self, status: int) -> bool:
        """Whether a status is documented: by itself, by its range, or by default."""
        return self.response(status) is not None

    def request_schema(self, media_type: str) -> dict[str, Any] | None:
        """The JSON Schema (2020-12) of a request body, complete in itself, or None when there is none."""
        return self._schema("request", media_type)

    def request_examples(self, media_type: str) -> dict[str, Any]:
        """The published examples of a request body, by name."""
        return self.examples_of("request", media_type)

    def response_examples(self, status: int) -> dict[str, Any]:
        """The published examples of a response body, by name."""
        part = self._part(status)
        found: dict[str, Any] = {}
        for media_type in self.content.get(part, {}):
            found |= self.examples_of(part, media_type)
        return found

    def is_request_valid(self, media_type: str, value: Any) -> bool:
        """Whether a request body conforms; one without a schema always does."""
        validator = self._validator("request", media_type)
        return validator is None or bool(validator.is_valid(value))

    def is_response_valid(self, status: int, media_type: str, value: Any) -> bool:
        """Whether a response body conforms; one without a schema always does."""
        validator = self._validator(self._part(status), media_type)
        return validator is None or bool(validator.is_valid(value))

    def request_errors(self, media_type: str, value: Any) -> list[SchemaError]:
        """Each way in which a request body breaks its schema."""
        return self.errors_of("request", media_type, value)

    def response_errors(self, status: int, media_type: str, value: Any) -> list[SchemaError]:
        """Each way in which a response body breaks its schema."""
        return self.errors_of(self._part(status), media_type, value)

    def errors_of(self, part: str, media_type: str, value: Any) -> list[SchemaError]:
        """Each way in which a value breaks the schema of "request" or of a documented status."""
        return _errors(self._validator(part, media_type), value)

    def examples_of(self, part: str, media_type: str) -> dict[str, Any]:
        """The published examples of "request" or of a documented status, by name."""
        content = self.content.get(part, {}).get(media_type, {})
        items = {name: self.resolve(item) for name, item in (content.get("examples") or {}).items()}
        found = {name: item["value"] for name, item in items.items() if "value" in item}
        if "example" in content:
            found["example"] = content["example"]
        return found

    def parameter(self, name: str, location: str) -> Parameter | None:
        """The parameter of this name and location, if the contract has it."""
        return next((one for one in self.parameters if one.name == name and one.location == location), None)

    def parameter_errors(self, name: str, location: str, raw: str) -> list[SchemaError]:
        """Each way in which a parameter, as it stands decoded in the request, breaks its schema.

        A text that reads as the number or boolean that the schema wants is taken as that.
        """
        parameter = self.parameter(name, location)
        if parameter is None:
            return []
        key = (f"parameter {location}", name)
        if key not in self._validators:
            self._validators[key] = _validator_of(self._whole(parameter.schema))
        return _errors(self._validators[key], _typed(raw, parameter.schema))

    def _schema(self, part: str, media_type: str) -> dict[str, Any] | None:
        schema = self.content.get(part, {}).get(media_type, {}).get("schema")
        return None if schema is None else self._whole(schema)

    def _part(self, status: int) -> str:
        documented = self.response(status)
        return documented.status if documented else str(status)

    def _whole(self, schema: Any) -> dict[str, Any]:
        if not isinstance(schema, dict):
            return {} if schema else {"not": {}}
        needed = components_for(schema, self.components)
        return {"components": needed, "allOf": [schema]} if needed is not None else dict(schema)

    def _validator(self, part: str, media_type: str) -> Any:
        key = (part, media_type)
        if key not in self._validators:
            schema = self._schema(part, media_type)
            self._validators[key] = None if schema is None else _validator_of(schema)
        return self._validators[key]


def _validator_of(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator(schema, retriever=_not_fetched)


def _not_fetched(address: str) -> Any:
    """A contract is complete, and no judgement asks the network or the disk for more of it."""
    raise ValueError(f"{address} is no part of the contract")


def _errors(validator: Any, value: Any) -> list[SchemaError]:
    if validator is None:
        return []
    return [
        SchemaError(
            _pointer(error.instance_path),
            error.message[:300],
            str(error.schema_path[-1]) if error.schema_path else "",
            _pointer([step for step in error.schema_path if step != "allOf"]),
        )
        for error in validator.iter_errors(value)
    ]


def _pointer(path: list[Any]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _plain(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _typed(raw: str, schema: Any) -> Any:
    wanted = schema.get("type") if isinstance(schema, dict) else None
    kinds = wanted if isinstance(wanted, list) else [wanted]
    if "array" in kinds and "string" not in kinds:
        return [_typed(one, schema.get("items")) for one in raw.split(",")] if raw else []
    if "integer" in kinds or "number" in kinds:
        try:
            return int(raw) if raw.lstrip("-").isdigit() and raw.isascii() else float(raw)
        except ValueError:
            return raw
    if "boolean" in kinds and raw in ("true", "false"):
        return raw == "true"
    return raw
