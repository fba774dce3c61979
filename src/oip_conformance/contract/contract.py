"""The contract: an OpenAPI document with overlays and bindings applied, and its operations by id."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from oip_conformance.contract.document import Source, digest_of
from oip_conformance.contract.errors import ContractError, OperationMissing
from oip_conformance.contract.operation import Operation
from oip_conformance.contract.reading import operations_in
from oip_conformance.contract.references import value_at


@dataclass(frozen=True, eq=False)
class Contract:
    """A contract as a run sees it: one document, complete, in the terms of OpenAPI 3.1."""

    document: dict[str, Any] = field(repr=False)
    published: dict[str, Any] = field(default_factory=dict, repr=False)
    """The document as its owner wrote it, with files brought together and overlays applied, before anything else."""
    idle: tuple[str, ...] = ()
    """Overlay actions that selected nothing."""
    source: Source | None = None
    """Where it was read, when it stands there word for word: no overlay changed it."""

    def __post_init__(self) -> None:
        operations = {one.id: one for one in operations_in(self.document, self.resolve)}
        object.__setattr__(self, "published", self.published or self.document)
        object.__setattr__(self, "operations", operations)
        object.__setattr__(self, "digest", digest_of(self.document))
        object.__setattr__(self, "_routes", _routes(operations))

    operations: Mapping[str, Operation] = field(init=False, repr=False)
    digest: str = field(init=False)
    _routes: list[tuple[re.Pattern[str], Operation]] = field(init=False, repr=False)

    def document_to_change(self) -> dict[str, Any]:
        """The document for somebody who writes into what he is given; a contract is shared by all parts of a run."""
        return copy.deepcopy(dict(self.document))

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
            hint = f"Did you mean {', '.join(close)}?" if close else "`contract validate --json` lists all operations."
            raise OperationMissing(name, hint)
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
            node = value_at(self.document, node["$ref"].removeprefix("#"), node["$ref"])
        raise ContractError("CON-04", "a $ref leads in a circle.", (node["$ref"],), "Mend the reference.")


def _routes(operations: Mapping[str, Operation]) -> list[tuple[re.Pattern[str], Operation]]:
    """Patterns in the order in which they are tried: literal segments win over templates."""

    def order(operation: Operation) -> list[bool]:
        return [segment.startswith("{") for segment in operation.path.split("/")]

    return [
        (re.compile(re.sub(r"\\\{[^}]+\\\}", "([^/]+)", re.escape(operation.path))), operation)
        for operation in sorted(operations.values(), key=order)
    ]
