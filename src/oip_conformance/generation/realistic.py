"""Realistic requests by operation: what a till, a web shop or a member page sends, naming what exists by reference.

All of them conform and must be accepted, but for the few that depend on what happened before; those count as boundary
cases and may be refused for a reason of business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

import orjson

from oip_conformance.contract import Operation
from oip_conformance.generation.domain import PLACES
from oip_conformance.generation.realistic_bodies import BODIES
from oip_conformance.generation.realistic_reads import QUERIES, SEGMENTS
from oip_conformance.generation.sources import Draw
from oip_conformance.generation.wire import WireForm

DEPENDS_ON_THE_PAST = frozenset({"transferClips", "emptyCart"})
"""Operations whose well-formed requests use something up."""

PERSON_KINDS = ("id", "mobilePhone", "externalId")


@dataclass(frozen=True)
class _Filled:
    path: str
    sure: bool = True


def realistic(operation: Operation, random: Random, limit: int) -> list[Draw]:
    """Up to `limit` requests of an operation; the same for the same source of randomness."""
    return list(islice(_requests(operation, random), limit))


def _requests(operation: Operation, random: Random) -> Iterator[Draw]:
    paths = list(_paths(operation))
    if not paths:
        return
    media_type = "application/json"
    makers: list[Callable[[Random], Any]] = list(BODIES.get(operation.id, ()))
    queries = QUERIES.get(operation.id, ("",))
    if media_type in operation.request_media_types:
        for maker in makers:
            yield _draw(operation, paths[0], queries[0], orjson.dumps(maker(random)))
        return
    if operation.request_required:
        return
    for filled in paths:
        for query in queries:
            yield _draw(operation, filled, query, None)


def _draw(operation: Operation, filled: _Filled, query: str, body: bytes | None) -> Draw:
    wire = WireForm(operation.method, filled.path, query, (), body, "application/json" if body is not None else None)
    edge = operation.id in DEPENDS_ON_THE_PAST or not filled.sure
    return Draw(wire, "domain", "valid", "realistic", edge)


def _paths(operation: Operation) -> Iterator[_Filled]:
    """The path with references in it: first the sure way, then each other kind of id a person may have."""
    places = PLACES.get(operation.id, {})
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    path = operation.path
    persons = []
    for name in names:
        reference = places.get(f"path {name}")
        values = SEGMENTS.get((operation.id, name), ())
        if reference is None and not values:
            return
        if reference is not None and reference.endswith(".key"):
            persons.append(name)
        path = path.replace("{" + name + "}", "{{" + reference + "}}" if reference else values[0])
    yield _Filled(path)
    for name in names:
        for value in SEGMENTS.get((operation.id, name), ())[1:]:
            yield _Filled(operation.path.replace("{" + name + "}", value))
    for name in persons:
        reference = places[f"path {name}"]
        who = reference.partition(".")[0]
        for kind in PERSON_KINDS:
            yield _Filled(path.replace("{{" + reference + "}}", "{{" + f"{who}.{kind}" + "}}"), sure=False)
