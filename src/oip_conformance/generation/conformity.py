"""Whether a request keeps the contract, by our own validator: the judge of what generated cases mean.

Generators say what they meant to break; on the wire it may not be broken any more (`5` written for "wrong type" is a
number again). So each request is read as the target would read it, and only what is wrong there counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from oip_conformance.contract import Contract, Operation

_WORDS = {
    "type": "wrong type",
    "required": "missing required property",
    "enum": "not one of the allowed values",
    "const": "not the allowed value",
    "pattern": "not matching the pattern",
    "format": "not of the format",
    "minLength": "too short a text",
    "maxLength": "too long a text",
    "minimum": "too small a number",
    "maximum": "too large a number",
    "exclusiveMinimum": "too small a number",
    "exclusiveMaximum": "too large a number",
    "multipleOf": "not a multiple",
    "minItems": "too few items",
    "maxItems": "too many items",
    "minProperties": "too few members",
    "maxProperties": "too many members",
    "uniqueItems": "items that are not unique",
    "additionalProperties": "a member that is not allowed",
    "anyOf": "matching none of the alternatives",
    "oneOf": "matching none or several of the alternatives",
}


@dataclass(frozen=True)
class Violation:
    """One thing in which a request breaks the contract. `where` is body, path, query, header, syntax or media type."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def violations(
    contract: Contract,
    operation: Operation,
    *,
    path: str,
    query: str,
    headers: tuple[tuple[str, str], ...],
    body: bytes | None,
    media_type: str | None,
) -> list[Violation] | None:
    """What is wrong with a request in wire form; None when its path leads to no operation, or to another one."""
    matched = contract.match(operation.method, path)
    if matched is None or matched[0].id != operation.id:
        return None
    found = list(_parameter_violations(operation, matched[1], query, headers))
    return found + list(_body_violations(operation, body, media_type))


def _parameter_violations(
    operation: Operation, segments: dict[str, str], query: str, headers: tuple[tuple[str, str], ...]
) -> Iterator[Violation]:
    asked: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        asked.setdefault(name, []).append(value)
    sent = {name.lower(): value for name, value in headers}
    for parameter in operation.parameters:
        if parameter.location == "path":
            raws = [segments[parameter.name]] if parameter.name in segments else []
        elif parameter.location == "query":
            raws = asked.get(parameter.name, [])
        elif parameter.location == "header":
            raws = [sent[parameter.name.lower()]] if parameter.name.lower() in sent else []
        else:
            continue
        if parameter.required and not raws:
            yield Violation(parameter.location, f"missing required parameter {parameter.name}")
        for raw in raws:
            for error in operation.parameter_errors(parameter.name, parameter.location, raw):
                yield Violation(parameter.location, f"{_words(error.keyword)} in {parameter.name}")


def _body_violations(operation: Operation, body: bytes | None, media_type: str | None) -> Iterator[Violation]:
    if body is None:
        if operation.request_required:
            yield Violation("body", "missing request body")
        return
    if not operation.request_media_types:
        return
    kind = (media_type or "").partition(";")[0].strip().lower()
    if kind not in operation.request_media_types:
        yield Violation("media type", kind or "none")
        return
    if not kind.endswith("json"):
        yield from _form_violations(operation, kind, media_type or "", body)
        return
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        yield Violation("syntax", "no JSON document")
        return
    for error in operation.request_errors(kind, value):
        missing = re.match(r'"([^"]*)" is a required', error.message) if error.keyword == "required" else None
        name = f" {missing.group(1)}" if missing else ""
        yield Violation("body", f"{_words(error.keyword)}{name} at {error.pointer or '/'}")


def _form_violations(operation: Operation, kind: str, media_type: str, body: bytes) -> Iterator[Violation]:
    """A form is judged by the parts it must have; what stands in them is text, and any text may be right."""
    schema = operation.request_schema(kind)
    required = schema.get("required", []) if isinstance(schema, dict) else []
    if kind == "multipart/form-data":
        if "boundary=" not in media_type:
            yield Violation("media type", "multipart/form-data without a boundary")
            return
        present = {unquote(name.decode("latin-1")) for name in re.findall(rb'[; ]name="([^"]*)"', body)}
    elif kind == "application/x-www-form-urlencoded":
        present = {name for name, _ in parse_qsl(body.decode("latin-1"), keep_blank_values=True)}
    else:
        return
    for name in required:
        if name not in present:
            yield Violation("body", f"missing required property {name} at /")


def _words(keyword: str) -> str:
    return _WORDS.get(keyword, f"breaking {keyword}")


def summary(found: list[Violation]) -> str:
    """What is wrong, for `Case.how`: the first violation, and how many more there are."""
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0]}{more}"


def body_value(body: bytes | None, media_type: str | None) -> Any:
    """The JSON value of a body, or None when it has none. An object or list counts under any media type."""
    if body is None:
        return None
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    named = (media_type or "").partition(";")[0].strip().lower().endswith("json")
    return value if named or isinstance(value, dict | list) else None
