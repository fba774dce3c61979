"""What another contract, or an overlay, changes: operation by operation, breaking changes marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oip_conformance.contract.binding import Spot
from oip_conformance.contract.change import Change, Direction, field_changes
from oip_conformance.contract.contract import Contract
from oip_conformance.contract.fields import fields_of
from oip_conformance.contract.operation import Operation, Parameter


def changes_between(before: Contract, after: Contract) -> tuple[Change, ...]:
    """Every difference in what the two demand and promise. Words and samples are told in one line an operation."""
    found = [*_whole(before, after)]
    pairs = _pairs(before, after)
    for old in before.operations.values():
        new = pairs.get(old.id)
        if new is None:
            found.append(Change("removed", old.id, "operation", f"{old.method} {old.path}", breaking=True))
        elif new.digest != old.digest or _described(old) != _described(new):
            changes = [*_operation(old, new)]
            words = Change("changed", new.id, "operation", "words, samples or links only")
            found += changes or [words]
    paired = {new.id for new in pairs.values()}
    found += [
        Change("added", new.id, "operation", f"{new.method} {new.path}")
        for new in after.operations.values()
        if new.id not in paired
    ]
    if not found and before.digest != after.digest:
        found.append(Change("changed", None, "contract", "words, samples or parts that no operation uses only"))
    return tuple(found)


def _pairs(before: Contract, after: Contract) -> dict[str, Operation]:
    """For each operation the one that it has become: of the same id, or else of the same method and path."""
    by_shape = {Spot(one.path, one.method).shape: one for one in after.operations.values()}
    pairs = {}
    for one in before.operations.values():
        same = after.operations.get(one.id) or by_shape.get(Spot(one.path, one.method).shape)
        if same is not None and (same.id == one.id or same.id not in before.operations):
            pairs[one.id] = same
    return pairs


def _whole(before: Contract, after: Contract) -> Iterator[Change]:
    for name, old, new in (("title", before.title, after.title), ("version", before.version, after.version)):
        if old != new:
            yield Change("changed", None, name, f"{old} -> {new}")
    for server in before.servers:
        if server not in after.servers:
            yield Change("removed", None, "server", server, breaking=True)
    for server in after.servers:
        if server not in before.servers:
            yield Change("added", None, "server", server)
    if _security(before.document) != _security(after.document):
        yield Change("changed", None, "security", "calls are authenticated otherwise", breaking=True)


def _security(document: Mapping[str, Any]) -> Any:
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    plain = {
        name: {key: value for key, value in one.items() if key != "description"}
        for name, one in schemes.items()
        if isinstance(one, dict)
    }
    return plain, document.get("security")


def _described(one: Operation) -> tuple[object, ...]:
    return one.summary, one.description, one.effect, one.path_source, one.preview, one.conformance_class, one.id


def _operation(old: Operation, new: Operation) -> Iterator[Change]:
    if old.id != new.id:
        yield Change("changed", new.id, "operation", f"called {old.id} before")
    if (old.method, old.path) != (new.method, new.path):
        other = Spot(old.path, old.method).shape != Spot(new.path, new.method).shape
        told = f"{old.method} {old.path} -> {new.method} {new.path}"
        yield Change("changed", new.id, "operation", told, breaking=other)
    for name in ("effect", "path_source", "preview", "conformance_class"):
        if getattr(old, name) != getattr(new, name):
            told = f"{name.replace('_', ' ')} {getattr(old, name)} -> {getattr(new, name)}"
            yield Change("changed", new.id, "operation", told)
    yield from _parameters(old, new)
    yield from _request(old, new)
    yield from _responses(old, new)


def _parameters(old: Operation, new: Operation) -> Iterator[Change]:
    renamed = dict(zip(Spot(new.path, "").names, Spot(old.path, "").names, strict=False))
    before = {(one.location, one.name): one for one in old.parameters}
    after = {
        (one.location, renamed.get(one.name, one.name) if one.location == "path" else one.name): one
        for one in new.parameters
    }
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        place = f"{key[0]} parameter {key[1]}"
        if was is None and now is not None:
            told = "required" if now.required else "optional"
            yield Change("added", new.id, place, told, breaking=now.required)
        elif now is None and was is not None:
            yield Change("removed", new.id, place, "required" if was.required else "optional", breaking=True)
        elif was is not None and now is not None:
            fields = _of(was, old), _of(now, new)
            yield from field_changes(new.id, place, *fields, "request")
            if was.required != now.required:
                told = "required now" if now.required else "optional now"
                yield Change("changed", new.id, place, told, breaking=now.required)


def _of(parameter: Parameter, operation: Operation) -> Any:
    return fields_of(parameter.schema, operation.resolve)


def _request(old: Operation, new: Operation) -> Iterator[Change]:
    if old.request_required != new.request_required:
        told = "required now" if new.request_required else "optional now"
        yield Change("changed", new.id, "request body", told, breaking=new.request_required)
    yield from _contents(old, new, "request", "request", "request")


def _responses(old: Operation, new: Operation) -> Iterator[Change]:
    for status in old.responses:
        if status not in new.responses:
            yield Change("removed", new.id, f"status {status}", old.responses[status].description, status[:1] == "2")
    for status, response in new.responses.items():
        if status not in old.responses:
            yield Change("added", new.id, f"status {status}", response.description)
        else:
            yield from _contents(old, new, status, f"response {status}", "response")


def _contents(old: Operation, new: Operation, part: str, place: str, direction: Direction) -> Iterator[Change]:
    before, after = old.content.get(part, {}), new.content.get(part, {})
    for media_type in dict.fromkeys([*before, *after]):
        here = place if len({*before, *after}) == 1 else f"{place} {media_type}"
        if media_type not in after:
            yield Change("removed", new.id, here, media_type, breaking=True)
        elif media_type not in before:
            yield Change("added", new.id, here, media_type)
        elif before[media_type].get("schema") is not None or after[media_type].get("schema") is not None:
            was = fields_of(before[media_type].get("schema", True), old.resolve)
            now = fields_of(after[media_type].get("schema", True), new.resolve)
            yield from field_changes(new.id, here, was, now, direction)
