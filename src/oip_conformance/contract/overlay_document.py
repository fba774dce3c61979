"""What an overlay must look like before any of it is applied: OpenAPI Overlay 1.0.x, and 1.1.x."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonpath

Mistake = tuple[str, str]
"""Where in the overlay, as a JSON Pointer, and what is wrong there."""

_VERSION = re.compile(r"1\.[01]\.\d+")
_ROOT = ("overlay", "info", "extends", "actions")
_INFO = ("title", "version", "description")
_ACTION = ("target", "description", "update", "remove", "copy")
_OPTIONAL = "x-oip-optional"

PATHS = jsonpath.JSONPathEnvironment(strict=True)
"""JSONPath as RFC 9535 has it, and nothing beside it."""


@dataclass(frozen=True)
class Action:
    """One change of an overlay. `optional`: it may select nothing, also where that is refused otherwise."""

    pointer: str
    target: str
    update: Any
    copy: str | None
    remove: bool
    optional: bool


def actions_of(overlay: Mapping[str, Any]) -> tuple[Action, ...]:
    """The actions of an overlay without mistakes, in order."""
    return tuple(
        Action(
            f"/actions/{position}",
            one["target"],
            one.get("update"),
            one.get("copy"),
            bool(one.get("remove")),
            one.get(_OPTIONAL) is True,
        )
        for position, one in enumerate(overlay["actions"])
    )


def mistakes_in(overlay: Mapping[str, Any]) -> list[Mistake]:
    """Everything in an overlay that its specification does not allow."""
    return [*_root(overlay), *_info(overlay.get("info")), *_actions(overlay)]


def _root(overlay: Mapping[str, Any]) -> Iterator[Mistake]:
    version = overlay.get("overlay")
    if version is None:
        yield "/overlay", 'it is required: overlay: "1.0.0"'
    elif not isinstance(version, str) or not _VERSION.fullmatch(version):
        yield "/overlay", f"{version!r} is no version of Overlay 1.0 or 1.1, such as 1.0.0"
    if not isinstance(overlay.get("extends", ""), str):
        yield "/extends", "the address of a document is wanted"
    yield from _unknown(overlay, _ROOT, "")


def _info(info: Any) -> Iterator[Mistake]:
    if not isinstance(info, dict):
        yield "/info", "it is required, with title and version"
        return
    for name in ("title", "version"):
        if not isinstance(info.get(name), str):
            yield f"/info/{name}", "a text is required"
    if not isinstance(info.get("description", ""), str):
        yield "/info/description", "a text is wanted"
    yield from _unknown(info, _INFO, "/info")


def _actions(overlay: Mapping[str, Any]) -> Iterator[Mistake]:
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        yield "/actions", "a list of at least one action is required"
        return
    seen: set[str] = set()
    for position, action in enumerate(actions):
        pointer = f"/actions/{position}"
        if not isinstance(action, dict):
            yield pointer, "a mapping is wanted"
            continue
        yield from _action(action, pointer, str(overlay.get("overlay")))
        text = json.dumps(action, sort_keys=True, default=str)
        if text in seen:
            yield pointer, "the same action stands here a second time"
        seen.add(text)


def _action(action: Mapping[str, Any], pointer: str, version: str) -> Iterator[Mistake]:
    yield from _unknown(action, _ACTION, pointer)
    for name in ("target", "copy"):
        if name in action or name == "target":
            yield from _path(action.get(name), f"{pointer}/{name}")
    if not isinstance(action.get("description", ""), str):
        yield f"{pointer}/description", "a text is wanted"
    if not isinstance(action.get("remove", False), bool):
        yield f"{pointer}/remove", "true or false is wanted"
    if "copy" in action and version.startswith("1.0."):
        yield f"{pointer}/copy", "copy came with Overlay 1.1; this document says it is 1.0"
    if "copy" in action and "update" in action:
        yield pointer, "an action has update or copy, not both"


def _path(path: Any, pointer: str) -> Iterator[Mistake]:
    if not isinstance(path, str) or not path.startswith("$"):
        yield pointer, "a JSONPath that begins with $ is required"
        return
    try:
        PATHS.compile(path)
    except (jsonpath.JSONPathError, RecursionError) as problem:
        yield pointer, f"{path} is no JSONPath (RFC 9535): {str(problem).splitlines()[0]}"


def _unknown(part: Mapping[str, Any], known: Collection[str], pointer: str) -> Iterator[Mistake]:
    for name in part:
        if name not in known and not name.startswith("x-"):
            close = difflib.get_close_matches(name, known, 1)
            yield f"{pointer}/{name}", "an overlay has no such field" + (f"; {close[0]}?" if close else "")
