"""The operations of a document as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from oip_conformance.contract.anatomy import METHODS, SAFE
from oip_conformance.contract.document import digest_of
from oip_conformance.contract.operation import Operation, Parameter, ResponseSpec

Resolve = Callable[[Any], Any]


def operations_in(document: Mapping[str, Any], resolve: Resolve) -> Iterator[Operation]:
    """Every operation of a document whose operations all have ids.

    A write that nobody has said the effect of is `external`: on a real system it is not sent before a profile names it.
    """
    for path, item in document["paths"].items():
        item = resolve(item) or {}
        for method in METHODS:
            if method in item and not isinstance(item[method], dict):
                raise TypeError(f"{method} {path} is no mapping")
            if method in item:
                yield _operation(document, resolve, path, method, item)


def expanded(resolve: Resolve, node: Any, seen: tuple[str, ...] = ()) -> Any:
    """A node with all references replaced by what they mean; one that leads back to itself stays a reference."""
    if isinstance(node, list):
        return [expanded(resolve, one, seen) for one in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            return node
        return expanded(resolve, resolve({"$ref": reference}), (*seen, reference))
    return {key: expanded(resolve, value, seen) for key, value in node.items()}


def _operation(
    document: Mapping[str, Any], resolve: Resolve, path: str, method: str, item: Mapping[str, Any]
) -> Operation:
    raw = item[method]
    shared = {(one["in"], one["name"]): one for one in map(resolve, item.get("parameters", ()))}
    own = {(one["in"], one["name"]): one for one in map(resolve, raw.get("parameters", ()))}
    parameters = list({**shared, **own}.values())
    body = resolve(raw.get("requestBody") or {})
    responses = {str(status): resolve(one) for status, one in raw.get("responses", {}).items()}
    responses = {status: one for status, one in responses.items() if not status.startswith("x-")}
    components = document.get("components") or {}
    return Operation(
        id=raw["operationId"],
        method=method.upper(),
        path=path,
        tag=str((raw.get("tags") or [""])[0]),
        summary=raw.get("summary", ""),
        description=raw.get("description", ""),
        conformance_class=raw.get("x-oip-class", "core"),
        effect=raw.get("x-oip-effect", "read" if method in SAFE else "external"),
        path_source=raw.get("x-oip-path-source", "documented"),
        preview=bool(raw.get("x-oip-preview", False)),
        parameters=tuple(_parameter(resolve, one) for one in parameters),
        request_media_types=tuple(body.get("content", {})),
        request_required=bool(body.get("required", False)),
        responses={
            status: ResponseSpec(
                status,
                response.get("description", ""),
                tuple(response.get("content", {})),
                any("schema" in one for one in response.get("content", {}).values()),
            )
            for status, response in responses.items()
        },
        digest=digest_of([path, method, expanded(resolve, [parameters, body, responses])]),
        content={"request": body.get("content", {})}
        | {status: response.get("content", {}) for status, response in responses.items()},
        resolve=resolve,
        components={"schemas": components.get("schemas", {})},
    )


def _parameter(resolve: Resolve, raw: Mapping[str, Any]) -> Parameter:
    """A parameter, described by a schema or by the one media type of its content."""
    content = next(iter((raw.get("content") or {}).values()), raw)
    examples = [one.get("value") for one in map(resolve, (content.get("examples") or {}).values())]
    if "example" in content:
        examples.insert(0, content["example"])
    return Parameter(
        raw["name"],
        raw["in"],
        bool(raw.get("required", raw["in"] == "path")),
        resolve(content.get("schema", {})),
        tuple(examples),
    )
