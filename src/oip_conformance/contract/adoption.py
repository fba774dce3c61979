"""What the suite knows of an operation, said of the same operation in somebody else's contract.

An owner's own file seldom carries our extensions, and calls operations otherwise. One with the same id in other letters,
or with the same method and path, is the same operation: it gets the id that requirements and tests name, and its class and
effect, so that a request that sends a text message is known to do so.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oip_conformance.contract.anatomy import SAFE
from oip_conformance.contract.binding import Spot, moved, spots_of, with_names

_FACTS = ("x-oip-class", "x-oip-effect", "x-oip-preview")


@dataclass(frozen=True)
class Known:
    """An operation that the suite knows: its place, and what its calls are and do."""

    spot: Spot
    facts: Mapping[str, Any]


def known_in(document: Mapping[str, Any]) -> dict[str, Known]:
    """What a contract of the suite's own says of its operations, by id."""
    return {
        str(operation["operationId"]): Known(spot, {name: operation[name] for name in _FACTS if name in operation})
        for spot, operation in spots_of(document).items()
    }


def adopted(document: dict[str, Any], known: Mapping[str, Known]) -> dict[str, Any]:
    """The document with every operation that is known called by its known id, and its effect said."""
    document = copy.deepcopy(document)
    moved(document, _moves(document, known))
    for operation in spots_of(document).values():
        facts = known[operation["operationId"]].facts if operation.get("operationId") in known else {}
        for name, value in facts.items():
            operation.setdefault(name, value)
    return document


def strangers(document: Mapping[str, Any], known: Mapping[str, Known]) -> list[str]:
    """How far a contract is one that the suite knows: what it lacks, what is new in it, what effect is not told."""
    spots = spots_of(document)
    here = {str(operation.get("operationId")): (spot, operation) for spot, operation in spots.items()}
    lacking = [name for name in known if name not in here]
    new = [name for name in here if name not in known]
    silent = [name for name in new if here[name][0].method not in SAFE and "x-oip-effect" not in here[name][1]]
    found = []
    if lacking:
        found.append(f"{len(lacking)} operations that the suite knows are not here: {', '.join(lacking)}")
    if new:
        found.append(
            f"{len(new)} operations are new to the suite, which holds them to its general rules: {', '.join(new)}"
        )
    if silent:
        text = (
            "do not say x-oip-effect and are taken to reach somebody outside: a profile names them before they are sent"
        )
        found.append(f"{len(silent)} of those {text}: {', '.join(silent)}")
    return found


def _moves(document: Mapping[str, Any], known: Mapping[str, Known]) -> dict[str, tuple[Spot, Spot]]:
    """Known operations that the document has under other names, or with other names of path parameters."""
    places = {str(one.get("operationId")): spot for spot, one in spots_of(document).items()}
    letters = {_folded(name): name for name in reversed(list(places))}
    prefix = _prefix(list(places.values()))
    shapes = {Spot(spot.path.removeprefix(prefix), spot.method).shape: name for name, spot in places.items()}
    moves: dict[str, tuple[Spot, Spot]] = {}
    gone: set[str] = set()
    for name, one in known.items():
        theirs = name if name in places else letters.get(_folded(name)) or shapes.get(one.spot.shape)
        if theirs is None or theirs in gone or (theirs in known and theirs != name):
            continue
        new = with_names(places[theirs], one.spot.names)
        if theirs != name or new != places[theirs]:
            gone.add(theirs)
            moves[name] = (places[theirs], new)
    return moves


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _prefix(spots: list[Spot]) -> str:
    """The version that all paths begin with, where the servers do not carry it: /v4."""
    found = {match.group() if (match := re.match(r"/v\d+(?=/)", spot.path)) else "" for spot in spots}
    return found.pop() if len(found) == 1 else ""
