"""The contract: an OpenAPI document with overlays and bindings applied, and its operations by id."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from oip_conformance.contract.document import digest_of, read_document
from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.operation import Operation, Parameter, ResponseSpec
from oip_conformance.contract.overlay import apply_overlay
from oip_conformance.profile import Profile, contract_files
from oip_conformance.resources import spec_directory

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Binding:
    """Where a target really has an operation, when its method or path differs from the contract's."""

    method: str | None = None
    path: str | None = None


def standard_contract_path() -> Path:
    """The contract of the current release, as it ships."""
    return spec_directory() / "openapi.yaml"


def standard_overlay_path(name: str) -> Path:
    """An overlay that ships, by its short name: "4.3" or "oip-4.3"."""
    stem = name if name.startswith("oip-") or not name[:1].isdigit() else f"oip-{name}"
    return spec_directory() / "overlays" / f"{stem}.overlay.yaml"


def load_contract(
    path: Path | None = None, overlays: Sequence[Path] = (), *, bindings: Mapping[str, Binding] | None = None
) -> Contract:
    """Read a contract (default: the one that ships), apply overlays in order, then bindings. Raises ContractError."""
    document = read_document(path or standard_contract_path())
    if not isinstance(document.get("paths"), dict) or not str(document.get("openapi", "")).startswith("3."):
        raise ContractError(
            "CON-03",
            f"{(path or standard_contract_path()).name} is not an OpenAPI 3 document.",
            ("/openapi and /paths are required",),
            "Name the OpenAPI file of the API, version 3.0 or 3.1.",
        )
    for overlay in overlays:
        document = apply_overlay(document, read_document(overlay), name=overlay.name)
    return Contract(_bound(document, bindings or {}))


def contract_for(profile: Profile, file: Path | None = None) -> Contract:
    """The contract that a profile names (or `file`), with the profile's overlays and bindings. Raises ContractError."""
    named, overlays = contract_files(profile)
    bindings = {name: Binding(one.method, one.path) for name, one in profile.operations.items()}
    return load_contract(file or named, overlays, bindings=bindings)


@dataclass(frozen=True, eq=False)
class Contract:
    """A contract as a run sees it: one document, complete."""

    document: dict[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        operations = {one.id: one for one in _operations(self)}
        object.__setattr__(self, "operations", operations)
        object.__setattr__(self, "digest", digest_of(self.document))
        object.__setattr__(self, "_routes", _routes(operations))

    operations: Mapping[str, Operation] = field(init=False, repr=False)
    digest: str = field(init=False)
    _routes: list[tuple[re.Pattern[str], Operation]] = field(init=False, repr=False)

    @property
    def title(self) -> str:
        """The title of the API."""
        return str(self.document.get("info", {}).get("title", ""))

    @property
    def version(self) -> str:
        """The release that the document describes."""
        return str(self.document.get("info", {}).get("version", ""))

    @property
    def servers(self) -> tuple[str, ...]:
        """The published base URLs."""
        return tuple(str(server.get("url", "")) for server in self.document.get("servers", ()))

    def operation(self, name: str) -> Operation:
        """The operation of an id. Raises ContractError CON-07 with suggestions."""
        found = self.operations.get(name)
        if found is None:
            close = difflib.get_close_matches(name, self.operations, 3)
            hint = f"Did you mean {', '.join(close)}?" if close else "`contract bundle` shows all operations."
            raise ContractError("CON-07", f"the contract has no operation {name!r}.", hint=hint)
        return found

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation that a method and a path below the base URL mean, with its path parameters decoded."""
        for pattern, operation in self._routes:
            if operation.method == method and (found := pattern.fullmatch(path)):
                names = re.findall(r"\{([^}]+)\}", operation.path)
                return operation, {name: unquote(value) for name, value in zip(names, found.groups(), strict=True)}
        return None

    def methods_of(self, path: str) -> frozenset[str]:
        """The methods that the contract has for a path; where several templates fit, those of the most literal one."""
        template = next((operation.path for pattern, operation in self._routes if pattern.fullmatch(path)), None)
        return frozenset(operation.method for operation in self.operations.values() if operation.path == template)

    def resolve(self, node: Any) -> Any:
        """What a node is, after following its $ref. Raises ContractError CON-04 for one that leads nowhere."""
        for _ in range(50):
            if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
                return node
            node = self._at(node["$ref"])
        raise ContractError("CON-04", "a $ref leads in a circle.", hint="Mend the reference.")

    def _at(self, reference: str) -> Any:
        value: Any = self.document
        for step in reference.removeprefix("#/").split("/"):
            try:
                value = value[unquote(step).replace("~1", "/").replace("~0", "~")]
            except (KeyError, TypeError):
                raise ContractError(
                    "CON-04", f"the reference {reference} leads nowhere.", (reference,), "Mend the reference."
                ) from None
        return value


def _operations(contract: Contract) -> list[Operation]:
    found = []
    for path, item in contract.document["paths"].items():
        item = contract.resolve(item) or {}
        for method in METHODS:
            if method in item:
                found.append(_operation(contract, path, method, item))
    return found


def _operation(contract: Contract, path: str, method: str, item: Mapping[str, Any]) -> Operation:
    raw = item[method]
    shared = {(one["in"], one["name"]): one for one in map(contract.resolve, item.get("parameters", ()))}
    own = {(one["in"], one["name"]): one for one in map(contract.resolve, raw.get("parameters", ()))}
    parameters = tuple(_parameter(contract, one) for one in {**shared, **own}.values())
    body = contract.resolve(raw.get("requestBody") or {})
    responses = {str(status): contract.resolve(one) for status, one in raw.get("responses", {}).items()}
    content = {"request": body.get("content", {})} | {
        status: response.get("content", {}) for status, response in responses.items()
    }
    components = contract.document.get("components", {})
    name = raw.get("operationId") or f"{method}{re.sub(r'[^A-Za-z0-9]+', '_', path)}"
    return Operation(
        id=name,
        method=method.upper(),
        path=path,
        tag=str((raw.get("tags") or [""])[0]),
        summary=raw.get("summary", ""),
        description=raw.get("description", ""),
        conformance_class=raw.get("x-oip-class", "core"),
        effect=raw.get("x-oip-effect", "read" if method in ("get", "head", "options") else "write"),
        path_source=raw.get("x-oip-path-source", "documented"),
        preview=bool(raw.get("x-oip-preview", False)),
        parameters=parameters,
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
        digest=digest_of([path, method, expanded(contract, [list({**shared, **own}.values()), body, responses])]),
        content=content,
        resolve=contract.resolve,
        components={"schemas": components.get("schemas", {})},
    )


def _parameter(contract: Contract, raw: Mapping[str, Any]) -> Parameter:
    examples = [one.get("value") for one in map(contract.resolve, raw.get("examples", {}).values())]
    schema = contract.resolve(raw.get("schema", {}))
    if "example" in raw:
        examples.insert(0, raw["example"])
    return Parameter(raw["name"], raw["in"], bool(raw.get("required", raw["in"] == "path")), schema, tuple(examples))


def expanded(contract: Contract, node: Any, seen: tuple[str, ...] = ()) -> Any:
    """A node with all references replaced by what they mean; one that leads back to itself stays a reference."""
    if isinstance(node, list):
        return [expanded(contract, one, seen) for one in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            return node
        return expanded(contract, contract.resolve({"$ref": reference}), (*seen, reference))
    return {key: expanded(contract, value, seen) for key, value in node.items()}


def _routes(operations: Mapping[str, Operation]) -> list[tuple[re.Pattern[str], Operation]]:
    """Patterns in the order in which they are tried: literal segments win over templates."""

    def order(operation: Operation) -> list[bool]:
        return [segment.startswith("{") for segment in operation.path.split("/")]

    return [
        (re.compile(re.sub(r"\\\{[^}]+\\\}", "([^/]+)", re.escape(operation.path))), operation)
        for operation in sorted(operations.values(), key=order)
    ]


def _bound(document: dict[str, Any], bindings: Mapping[str, Binding]) -> dict[str, Any]:
    """The document with operations moved to where the profile says the target has them."""
    if not bindings:
        return document
    document = copy.deepcopy(document)
    places = {
        item[method].get("operationId"): (path, method)
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }
    for name, binding in bindings.items():
        if name not in places:
            close = difflib.get_close_matches(name, [place for place in places if place], 3)
            hint = f"Did you mean {', '.join(close)}?" if close else "Name an operation of the contract."
            raise ContractError("CON-07", f"[operations.{name}]: the contract has no such operation.", hint=hint)
        path, method = places[name]
        operation = document["paths"][path].pop(method)
        target = binding.path or path
        if set(re.findall(r"\{([^}]+)\}", target)) != set(re.findall(r"\{([^}]+)\}", path)):
            raise ContractError(
                "CON-08",
                f"[operations.{name}]: the path {target} has other parameters than {path}.",
                hint="Keep the names in braces.",
            )
        place = document["paths"].setdefault(target, {})
        if (binding.method or method).lower() in place:
            raise ContractError(
                "CON-08", f"[operations.{name}]: {target} is taken by another operation.", hint="Bind that one as well."
            )
        place[(binding.method or method).lower()] = operation
    return document
