"""Finds the operation that a method and a path name, in tables made from the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from oip_reference.http.answer import Refused
from oip_reference.parts import Part
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_conformance.contract import Operation

BASE_PATH: Final = "/v4"


@dataclass(frozen=True, slots=True)
class Route:
    """One path of the contract: its operations by method and the place of each path parameter."""

    operations: Mapping[str, Operation]
    literals: tuple[tuple[int, str], ...]
    parameters: tuple[tuple[int, str], ...]

    def allow(self) -> str:
        """The `Allow` header: the contract's methods, HEAD where there is GET, and OPTIONS."""
        methods = set(self.operations) | {"OPTIONS"} | ({"HEAD"} if "GET" in self.operations else set())
        return ", ".join(sorted(methods))


class Routing(Part):
    """Literal paths are looked up; templates are tried by number of segments, the most literal ones first."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in server.contract.operations.values():
            by_path.setdefault(operation.path, {})[operation.method] = operation
        self._literal: dict[str, Route] = {}
        self._templates: dict[int, list[Route]] = {}
        for path, operations in by_path.items():
            route = _route(path, operations)
            if route.parameters:
                self._templates.setdefault(path.count("/"), []).append(route)
            else:
                self._literal[path] = route
        for routes in self._templates.values():
            routes.sort(key=lambda route: [place for place, _ in route.parameters], reverse=True)

    def route(self, path: str) -> tuple[Route, dict[str, str]]:
        """The route of a path below the base path and its decoded path values; refuses with 404, or 400 when
        the path is not UTF-8."""
        found = self._literal.get(path)
        if found is not None:
            return found, {}
        segments = path.split("/")
        for route in self._templates.get(len(segments) - 1, ()):
            for place, text in route.literals:
                if segments[place] != text:
                    break
            else:
                values = {name: decoded(segments[place]) for place, name in route.parameters}
                if all(values.values()):
                    return route, values
        raise Refused(404, "There is no such path.")

    def operation(self, route: Route, method: str) -> Operation:
        """The operation a route has for a method; refuses with 405 and `Allow`."""
        found = route.operations.get("GET" if method == "HEAD" else method)
        if found is None:
            raise Refused(405, f"This path does not know {method}.", headers=(("allow", route.allow()),))
        return found


def decoded(raw: str) -> str:
    """Percent-decoded text; refuses bytes that are not UTF-8."""
    if "%" not in raw:
        return raw
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "The address is not UTF-8.") from None


def _route(path: str, operations: Mapping[str, Operation]) -> Route:
    literals, parameters = [], []
    for place, segment in enumerate(path.split("/")):
        if segment.startswith("{"):
            parameters.append((place, segment[1:-1]))
        elif segment:
            literals.append((place, segment))
    return Route(operations, tuple(literals), tuple(parameters))
