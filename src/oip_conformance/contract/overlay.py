"""OpenAPI Overlay: a list of changes that turns one contract into another.

Followed to the letter of version 1.0 (and of 1.1 for a document that says so): actions in order, each on the result of
the one before; objects merged, arrays lengthened, other values replaced; `remove` before `update`. An action that selects
nothing succeeds, as the specification says, and is reported as idle. Where a profile names the overlay an idle action is
refused instead, since the target would be held to another contract than its owner wrote; an action that says
`x-oip-optional: true` may be idle there too.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import jsonpath

from oip_conformance.contract.document import Source, name_of, place_in, read_document
from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.overlay_document import PATHS, Action, actions_of, mistakes_in

_Matches = list[jsonpath.JSONPathMatch]


@dataclass(frozen=True)
class Overlaid:
    """A document with an overlay applied, and the actions that selected nothing."""

    document: dict[str, Any]
    idle: tuple[str, ...]


class _Misfit(Exception):
    """A change that does not fit what it is made to."""


def apply_overlay(document: dict[str, Any], source: Source, *, strict: bool = False) -> Overlaid:
    """A copy of `document` with the overlay of a file or address applied. Raises ContractError CON-05 or, strict, CON-06."""
    overlay, name = read_document(source), name_of(source)
    if mistakes := mistakes_in(overlay):
        causes = tuple(f"{name} {place_in(source, pointer)}: {what}" for pointer, what in mistakes)
        raise ContractError("CON-05", f"the overlay {name} is broken.", causes, "Mend each place; nothing was applied.")
    value: Any = copy.deepcopy(document)
    idle = []
    items = not overlay["overlay"].startswith("1.0.")
    for action in actions_of(overlay):
        try:
            matches = _matches(value, action)
            if not matches and not action.optional:
                idle.append(f"{name} {place_in(source, action.pointer)}: {action.target} selects nothing")
            _apply(value, action, matches, primitives=items)
        except _Misfit as misfit:
            cause = f"{name} {place_in(source, action.pointer)}: {misfit}"
            raise ContractError(
                "CON-05", f"an action of the overlay {name} does not fit.", (cause,), "Mend the action."
            ) from None
    if strict and idle:
        hint = "Mend the target; x-oip-optional: true on an action lets it select nothing."
        raise ContractError("CON-06", f"an action of the overlay {name} selects nothing.", tuple(idle), hint)
    return Overlaid(value, tuple(idle))


def _matches(document: Any, action: Action) -> _Matches:
    """What an action selects, each place once."""
    try:
        return list({match.path: match for match in PATHS.finditer(action.target, document)}.values())
    except (jsonpath.JSONPathError, RecursionError) as problem:
        raise _Misfit(f"{action.target}: {problem}") from None


def _apply(document: Any, action: Action, matches: _Matches, *, primitives: bool) -> None:
    if action.remove:
        _remove(matches, primitives=primitives)
        return
    if action.copy is not None:
        sources = list(PATHS.finditer(action.copy, document))
        if len(sources) != 1:
            raise _Misfit(f"copy selects {len(sources)} places, not one: {action.copy}")
        change = sources[0].obj
    elif action.update is None:
        return
    else:
        change = action.update
    change = copy.deepcopy(change)
    for match in matches:
        _change(match, copy.deepcopy(change), primitives=primitives)


def _change(match: jsonpath.JSONPathMatch, change: Any, *, primitives: bool) -> None:
    value, place = match.obj, match.path
    if isinstance(value, dict):
        if not isinstance(change, dict):
            raise _Misfit(f"{place} is an object, so the update must be one too")
        _merge(value, change, place)
    elif isinstance(value, list):
        if primitives and isinstance(change, list):
            value.extend(change)
        else:
            value.append(change)
    elif not primitives:
        raise _Misfit(f"{place} is neither object nor array; select what it stands in (or write overlay: 1.1.0)")
    elif isinstance(change, dict | list) or match.parent is None:
        raise _Misfit(f"{place} is a single value, so the update must be one too")
    else:
        owner: Any = match.parent.obj
        owner[match.parts[-1]] = change


def _merge(value: dict[str, Any], change: dict[str, Any], place: str) -> None:
    for key, new in change.items():
        old = value.get(key)
        here = f"{place}['{key}']"
        if key not in value:
            value[key] = new
        elif isinstance(old, dict) and isinstance(new, dict):
            _merge(old, new, here)
        elif isinstance(old, list) and isinstance(new, list):
            old.extend(new)
        elif not isinstance(old, dict | list) and not isinstance(new, dict | list):
            value[key] = new
        elif new is not None:
            kinds = f"{_kind(old)} there, {_kind(new)} in the update"
            raise _Misfit(f"{here}: {kinds}; remove it in an action before, then set it anew")


def _remove(matches: _Matches, *, primitives: bool) -> None:
    places: dict[int, tuple[Any, set[Any]]] = {}
    for match in matches:
        if match.parent is None:
            raise _Misfit("the whole document cannot be removed")
        owner: Any = match.parent.obj
        if isinstance(owner, list) and not isinstance(match.obj, dict | list) and not primitives:
            raise _Misfit(f"{match.path} is one value of an array; replace the array (or write overlay: 1.1.0)")
        places.setdefault(id(owner), (owner, set()))[1].add(match.parts[-1])
    for owner, parts in places.values():
        for part in sorted(parts, reverse=True):
            del owner[part]


def _kind(value: Any) -> str:
    return "an object" if isinstance(value, dict) else "an array" if isinstance(value, list) else "a single value"
