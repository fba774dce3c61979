"""Operations under the names that the suite knows, where a profile or another contract has them elsewhere."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from oip_conformance.contract.anatomy import METHODS
from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.references import value_at


@dataclass(frozen=True)
class Binding:
    """Where a target really has an operation, when its method or path differs from the contract's."""

    method: str | None = None
    path: str | None = None


class Spot(NamedTuple):
    """A place in the paths of a document; the method in small letters, as there."""

    path: str
    method: str

    @property
    def shape(self) -> tuple[str, str]:
        """The same for all spots that differ in the names of their parameters alone."""
        return re.sub(r"\{[^}]*\}", "{}", self.path.rstrip("/")), self.method

    @property
    def names(self) -> list[str]:
        """The path parameters, in order."""
        return re.findall(r"\{([^}]*)\}", self.path)


def spots_of(document: Mapping[str, Any]) -> dict[Spot, dict[str, Any]]:
    """Every operation of a document by its spot."""
    return {
        Spot(path, method): item[method]
        for path, item in document["paths"].items()
        if isinstance(item, dict)
        for method in METHODS
        if isinstance(item.get(method), dict)
    }


def named(document: dict[str, Any]) -> dict[str, Any]:
    """The document with an operationId on every operation; one that lacks it is called by method and path."""
    spots = spots_of(document)
    if all(isinstance(operation.get("operationId"), str) for operation in spots.values()):
        return document
    document = copy.deepcopy(document)
    taken = {str(operation.get("operationId")) for operation in spots.values()}
    for (path, method), operation in spots_of(document).items():
        if not isinstance(operation.get("operationId"), str):
            name = f"{method}{re.sub(r'[^A-Za-z0-9]+', '_', path)}".rstrip("_")
            while name in taken:
                name += "_"
            taken.add(name)
            operation["operationId"] = name
    return document


def bound(
    document: dict[str, Any], bindings: Mapping[str, Binding], known: Mapping[str, Spot] | None = None
) -> dict[str, Any]:
    """The document with operations where the profile says they are. Raises ContractError CON-07 or CON-08.

    A name that the document has is moved. A name that only the suite knows (`known`) is given to the operation that the
    document has at the place named.
    """
    if not bindings:
        return document
    document = copy.deepcopy(document)
    places = {str(one.get("operationId")): spot for spot, one in spots_of(document).items()}
    moves: dict[str, tuple[Spot, Spot]] = {}
    for name, binding in bindings.items():
        if name in places:
            old = places[name]
            new = Spot(binding.path or old.path, (binding.method or old.method).lower())
            if sorted(new.names) != sorted(old.names):
                text = f"[operations.{name}]: the path {new.path} has other parameters than {old.path}."
                raise ContractError("CON-08", text, hint="Keep the names in braces.")
        else:
            old, new = _adoption(name, binding, places, known or {})
        moves[name] = (old, new)
    leaving = {old for old, _ in moves.values()}
    staying = {spot.shape: name for name, spot in places.items() if spot not in leaving}
    for name, (_, new) in moves.items():
        if new.shape in staying:
            text = f"[operations.{name}]: {new.path} is taken by {staying[new.shape]}."
            raise ContractError("CON-08", text, hint="Bind that one as well.")
        staying[new.shape] = name
    return moved(document, moves)


def moved(document: dict[str, Any], moves: Mapping[str, tuple[Spot, Spot]]) -> dict[str, Any]:
    """The document, changed in place: each operation taken from its old spot to its new one, under a name."""
    taken = {name: _taken(document, old) for name, (old, _) in moves.items()}
    new_names: dict[str, tuple[str, dict[str, str]]] = {}
    for name, (old, new) in moves.items():
        document["paths"].setdefault(new.path, {})[new.method] = taken[name]
        names = dict(zip(old.names, new.names, strict=True)) if old.shape == new.shape else {}
        changed = {before: after for before, after in names.items() if before != after}
        new_names[str(taken[name].get("operationId"))] = (name, changed)
        _rename(document, taken[name], name, changed)
    _relink(document, new_names)
    return document


def _adoption(name: str, binding: Binding, places: Mapping[str, Spot], known: Mapping[str, Spot]) -> tuple[Spot, Spot]:
    """Where the document has the operation that is to be called `name`, and what its spot is called then."""
    if name not in known:
        close = difflib.get_close_matches(name, [*places, *known], 3)
        hint = f"Did you mean {', '.join(close)}?" if close else "Name an operation of the contract."
        raise ContractError("CON-07", f"[operations.{name}]: the contract has no such operation.", hint=hint)
    wanted = Spot(binding.path or known[name].path, (binding.method or known[name].method).lower())
    found = next((spot for spot in places.values() if spot.shape == wanted.shape), None)
    if found is None:
        paths = [spot.path for spot in places.values()]
        close = difflib.get_close_matches(wanted.path, paths, 3) or paths[:3]
        text = f"[operations.{name}]: the contract has no {wanted.method.upper()} {wanted.path}."
        raise ContractError("CON-08", text, hint=f"Name method and path as the contract has them: {', '.join(close)}.")
    ours = known[name].names
    return found, with_names(found, ours)


def with_names(spot: Spot, names: list[str]) -> Spot:
    """A spot whose path parameters are called otherwise, where there are as many."""
    if len(names) != len(spot.names):
        return spot
    left = iter(names)
    return Spot(re.sub(r"\{[^}]*\}", lambda _: f"{{{next(left)}}}", spot.path), spot.method)


def _taken(document: dict[str, Any], spot: Spot) -> dict[str, Any]:
    """An operation out of its path, with the parameters that it shared there."""
    item = document["paths"][spot.path]
    operation: dict[str, Any] = item.pop(spot.method)
    own = [_resolved(document, one) for one in operation.get("parameters", ())]
    named_here = {(one.get("in"), one.get("name")) for one in own}
    shared = [copy.deepcopy(_resolved(document, one)) for one in item.get("parameters", ())]
    parameters = [one for one in shared if (one.get("in"), one.get("name")) not in named_here] + own
    if shared:
        operation["parameters"] = parameters
    if not any(method in item for method in METHODS):
        del document["paths"][spot.path]
    return operation


def _rename(document: dict[str, Any], operation: dict[str, Any], name: str, changed: Mapping[str, str]) -> None:
    operation["operationId"] = name
    if not changed:
        return
    operation["parameters"] = [
        {**one, "name": changed.get(one["name"], one["name"])} if one.get("in") == "path" else one
        for one in (copy.deepcopy(_resolved(document, each)) for each in operation.get("parameters", ()))
    ]
    for old, new in changed.items():
        _replace_text(operation.get("responses"), f"$request.path.{old}", f"$request.path.{new}")


def _relink(document: dict[str, Any], new_names: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
    """Let every link follow the operation it leads to."""
    for link in _links(document):
        name, changed = new_names.get(str(link.get("operationId")), (None, {}))
        if name is not None:
            link["operationId"] = name
            if isinstance(link.get("parameters"), dict):
                link["parameters"] = {
                    changed.get(key.removeprefix("path."), key): value for key, value in link["parameters"].items()
                }


def _links(document: dict[str, Any]) -> list[dict[str, Any]]:
    responses = [one for operation in spots_of(document).values() for one in operation.get("responses", {}).values()]
    responses += (document.get("components") or {}).get("responses", {}).values()
    found = [one for each in responses if isinstance(each, dict) for one in (each.get("links") or {}).values()]
    found += (document.get("components") or {}).get("links", {}).values()
    return [one for one in found if isinstance(one, dict)]


def _replace_text(node: Any, old: str, new: str) -> None:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if value == old:
            node[key] = new
        else:
            _replace_text(value, old, new)


def _resolved(document: dict[str, Any], node: Any) -> Any:
    reference = node.get("$ref") if isinstance(node, dict) else None
    return value_at(document, reference.removeprefix("#"), reference) if isinstance(reference, str) else node
