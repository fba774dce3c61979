"""Reads path and query values as the contract types them, and refuses what it does not allow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from oip_reference.http.answer import Refused
from oip_reference.parts import Part
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation

LARGEST_INTEGER: Final = 2**63 - 1
MOST_QUERY_VALUES: Final = 200


class Parameters(Part):
    """Typed path and query values; an unknown query parameter is handed on as text."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self._free = {
            (operation.id, parameter.name, parameter.location)
            for operation in server.contract.operations.values()
            for parameter in operation.parameters
            if _takes_any_text(parameter.schema)
        }

    def query_pairs(self, raw: bytes) -> list[tuple[str, str]]:
        """Names and values of a query string, `+` read as a space; refuses what is not UTF-8."""
        fields = raw.split(b"&")
        if len(fields) > MOST_QUERY_VALUES:
            raise Refused(400, "Too many query parameters.")
        try:
            return [
                (_text(name), _text(value)) for name, _, value in (field.partition(b"=") for field in fields if field)
            ]
        except UnicodeDecodeError:
            raise Refused(400, "The query is not UTF-8.") from None

    def query(self, operation: Operation, raw: bytes) -> dict[str, Any]:
        given: dict[str, Any] = {}
        repeated = set()
        for name, value in self.query_pairs(raw) if raw else ():
            if name in given:
                repeated.add(name)
            given[name] = value
        for parameter in operation.parameters:
            if parameter.location != "query":
                continue
            if parameter.name in repeated:
                raise _refusal(parameter.name, "is given more than once")
            if parameter.name in given:
                given[parameter.name] = self.typed(operation, parameter.name, "query", given[parameter.name])
            elif parameter.required:
                raise _refusal(parameter.name, "is required")
        return given

    def path(self, operation: Operation, raw: dict[str, str]) -> dict[str, Any]:
        return {name: self.typed(operation, name, "path", value) for name, value in raw.items()}

    def typed(self, operation: Operation, name: str, location: str, raw: str) -> Any:
        """The value of one parameter by the type its schema gives."""
        if raw and (operation.id, name, location) in self._free:
            return raw
        errors = operation.parameter_errors(name, location, raw)
        if errors:
            raise Refused(400, [{"field": name, "message": error.message[:300]} for error in errors[:20]])
        schema = next(p.schema for p in operation.parameters if p.name == name and p.location == location)
        kind = schema.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        if "integer" in kinds:
            return _integer(name, raw)
        return float(raw) if "number" in kinds else raw


def _integer(name: str, raw: str) -> int:
    """A whole number in plain digits that fits into storage; the contract alone would also take `1.0` and `1e3`."""
    if not re.fullmatch(r"-?[0-9]{1,30}", raw):
        raise _refusal(name, "must be a whole number in plain digits")
    value = int(raw)
    if abs(value) > LARGEST_INTEGER:
        raise _refusal(name, "is too large")
    return value


def _takes_any_text(schema: Mapping[str, Any]) -> bool:
    """Whether any text that is not empty fits, so that there is nothing to check."""
    rules = set(schema) - {"description", "example", "examples", "title"}
    return schema.get("type") == "string" and rules <= {"type", "minLength"} and schema.get("minLength", 0) <= 1


def _text(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")


def _refusal(field: str, message: str) -> Refused:
    return Refused(400, [{"field": field, "message": message}])
