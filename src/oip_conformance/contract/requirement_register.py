"""Reading the register: YAML to values, held to its rules, every mistake told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from oip_conformance.contract.document import read_document
from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.requirement_model import (
    EVERY_OPERATION,
    UNTESTABLE,
    Kind,
    Level,
    Requirement,
    RequirementSet,
    Source,
)
from oip_conformance.contract.requirement_problems import Mistakes, RequirementError

_ID = re.compile(r"OIP-[A-Z]{2,6}-\d{2}")
_READING = re.compile(r"\bR-\d+\b")
_REQUIRED = ("id", "title", "class", "level", "source", "kind", "clause", "operations", "statement", "why", "remedy")
_OPTIONAL = ("untestable", "conditional")
_TOP = ("version", "classes", "readings", "requirements")
_LISTS: Mapping[str, tuple[str, ...]] = {
    "level": get_args(Level),
    "source": get_args(Source),
    "kind": get_args(Kind),
    "untestable": tuple(UNTESTABLE),
}


def read_register(path: Path) -> RequirementSet:
    """The register in a file. Raises RequirementError, with every mistake as a cause."""
    try:
        document = read_document(path)
    except ContractError as problem:
        raise RequirementError("REQ-01", problem.message, problem.causes) from problem
    mistakes = Mistakes(path.name)
    _check_top(document, mistakes)
    mistakes.raise_if_any()
    operations = {name: key for key, one in document["classes"].items() for name in one["operations"]}
    for position, entry in enumerate(document["requirements"]):
        _check(entry, position, document, operations, mistakes)
    _check_ids(document["requirements"], mistakes)
    mistakes.raise_if_any()
    return RequirementSet(
        version=str(document["version"]),
        classes={key: one["title"] for key, one in document["classes"].items()},
        operations=operations,
        readings=document["readings"],
        requirements=tuple(_requirement(entry, tuple(operations)) for entry in document["requirements"]),
    )


def _check_top(document: dict[str, Any], mistakes: Mistakes) -> None:
    for name in document.keys() - set(_TOP):
        mistakes.add("REQ-03", f"/{name}", "the register has no such part")
    kinds: dict[str, type] = {"version": str, "classes": dict, "readings": dict, "requirements": list}
    for name, kind in kinds.items():
        if not isinstance(document.get(name), kind) or not document[name]:
            mistakes.add("REQ-02", f"/{name}", f"a {kind.__name__} is wanted")
    classes = document.get("classes")
    for key, one in classes.items() if isinstance(classes, dict) else ():
        if not isinstance(one, dict) or not _is_text(one.get("title")) or not _is_names(one.get("operations")):
            mistakes.add("REQ-02", f"/classes/{key}", "a title and a list of operations are wanted")


def _check(
    entry: Any, position: int, document: dict[str, Any], operations: Mapping[str, str], mistakes: Mistakes
) -> None:
    if not isinstance(entry, dict):
        mistakes.add("REQ-02", f"/requirements/{position}", "a mapping is wanted")
        return
    place = entry["id"] if _is_text(entry.get("id")) else f"/requirements/{position}"
    for name in entry.keys() - {*_REQUIRED, *_OPTIONAL}:
        mistakes.add("REQ-03", place, f"{name!r} is no field of a requirement")
    for name in (*_REQUIRED, *(name for name in _OPTIONAL if name in entry)):
        if name != "operations" and not _is_text(entry.get(name)):
            mistakes.add("REQ-02", place, f"{name} is missing or blank")
    for name, values in _LISTS.items():
        if _is_text(entry.get(name)) and entry[name] not in values:
            mistakes.add("REQ-04", place, f"{name} is {entry[name]!r}, not one of {', '.join(values)}")
    if _is_text(entry.get("id")) and not _ID.fullmatch(entry["id"]):
        mistakes.add("REQ-04", place, "an id looks like OIP-PROMO-04")
    if _is_text(entry.get("class")) and entry["class"] not in document["classes"]:
        mistakes.add("REQ-07", place, f"{entry['class']!r} is no class of the register")
    for reading in _READING.findall(str(entry.get("clause", ""))):
        if reading not in document["readings"]:
            mistakes.add("REQ-08", place, f"reading {reading}")
    _check_operations(entry.get("operations"), place, operations, mistakes)


def _check_operations(value: Any, place: str, operations: Mapping[str, str], mistakes: Mistakes) -> None:
    if value == EVERY_OPERATION:
        return
    if not _is_names(value):
        mistakes.add("REQ-02", place, 'operations is a list of operation ids, or "*"')
        return
    for name in value:
        if name not in operations:
            mistakes.add("REQ-06", place, f"{name!r} is no operation of the contract")
    if len(set(value)) != len(value):
        mistakes.add("REQ-06", place, "an operation is named twice")


def _check_ids(entries: list[Any], mistakes: Mistakes) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.get("id") if isinstance(entry, dict) else None
        if _is_text(name) and name in seen:
            mistakes.add("REQ-05", name, "another requirement has this id")
        seen.add(str(name))


def _requirement(entry: dict[str, Any], every: tuple[str, ...]) -> Requirement:
    everywhere = entry["operations"] == EVERY_OPERATION
    return Requirement(
        id=entry["id"],
        title=entry["title"],
        conformance_class=entry["class"],
        level=entry["level"],
        source=entry["source"],
        kind=entry["kind"],
        clause=entry["clause"],
        operations=every if everywhere else tuple(entry["operations"]),
        statement=entry["statement"],
        why=entry["why"],
        remedy=entry["remedy"],
        everywhere=everywhere,
        untestable=entry.get("untestable"),
        conditional=entry.get("conditional"),
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_text(name) for name in value)
