"""What of a wrong answer shows that it is wrong: the checks by which a script knows it again.

A check is a small JSON list, read by `player`. A status that should not be is known by the status; a broken schema by the
place that breaks it; a story's wrong value by all values of the answer that did not change between the two attempts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from oip_conformance.evidence import Exchange
from oip_conformance.reproduction.player import form, seconds_after

Check = list[Any]

RECENT = 2 * 86_400
"""A moment within so many seconds of the request moves with the clock, and is compared by how far it is from now."""

_STATUS_WORDS = re.compile(r"^(status \d|a refusal|any answer but|success|any documented status)", re.IGNORECASE)
_WANTED, _CAME = re.compile(r"(\d+) of \d+ to succeed"), re.compile(r"(\d+) succeeded")
_BY_KEYWORD = {
    "type": "type",
    "required": "members",
    "additionalProperties": "members",
    "unevaluatedProperties": "members",
    "minItems": "length",
    "maxItems": "length",
    "minLength": "length",
    "maxLength": "length",
}


def checks_of(
    failure: Mapping[str, Any], exchange: Exchange, twin: Exchange | None = None, before: Sequence[Exchange] = ()
) -> list[Check]:
    """The checks that know the answer of `exchange` again. `twin` is the same request's exchange of the
    attempt before, `before` what was asked earlier in the story."""
    response = exchange.response
    if response is None:
        return [["no answer"]]
    status: Check = ["status", response.status]
    wanted, came = _WANTED.fullmatch(failure["expected"]), _CAME.fullmatch(failure["got"])
    if wanted and came:
        return [["successes", int(wanted.group(1)), "more" if int(came.group(1)) > int(wanted.group(1)) else "fewer"]]
    if not failure["tests"][0].startswith("every exchange of "):
        if _STATUS_WORDS.match(failure["expected"]):
            return [status]
        return [status, *_leaves(exchange, twin, before)]
    return [status, *_of_a_general_rule(failure, exchange)]


def reads_the_body(checks: list[Check]) -> bool:
    """Whether these checks look at more than whether and with what status an answer came."""
    return any(check[0] not in ("status", "no answer") for check in checks)


def _of_a_general_rule(failure: Mapping[str, Any], exchange: Exchange) -> list[Check]:
    response = exchange.response
    assert response is not None
    requirement = failure["requirement"]
    value = _json(response.body)
    if requirement == "OIP-CORE-04":
        return [["media type", response.media_type]]
    if requirement == "OIP-CORE-05":
        return _schema(failure, value)
    if requirement == "OIP-CORE-06":
        return [["not JSON"]]
    if requirement == "OIP-CORE-07":
        shown = re.sub(r"\d+", "0", failure["got"][:60])
        return [["text", re.sub(r"0", r"\\d+", re.escape(shown))]]
    if requirement == "OIP-CORE-08":
        return [["key shown"]]
    if requirement == "OIP-CORE-09":
        name = "location" if 300 <= response.status < 400 else "content-type"
        return [["header", name, response.header(name) or ""]]
    if requirement == "OIP-ERR-01":
        return [["not an object"]] if response.media_type.endswith("json") else [["media type", response.media_type]]
    places = {"OIP-ERR-02": "code", "OIP-ERR-03": "code", "OIP-ERR-04": "message", "OIP-ERR-05": "message"}
    if requirement in places and isinstance(value, dict):
        name = places[requirement]
        by = "type" if requirement == "OIP-ERR-02" else "itself"
        if name not in value:
            return [["form", f"/{name}", {"by": "type", "form": "absent"}]]
        if by == "type":
            return [["form", f"/{name}", {"by": by, "form": form(value[name], by)}]]
        return [["value", f"/{name}", value[name]]]
    if requirement == "OIP-ERR-06" and isinstance(value, dict):
        return [["form", "/detailedErrorMessage", _form_at(value, "/detailedErrorMessage", "shape")]]
    return []


def _schema(failure: Mapping[str, Any], value: Any) -> list[Check]:
    if failure["cause"].startswith("empty "):
        return [["empty"]]
    pointer, separator, _message = failure["got"].partition(": ")
    keyword = failure["cause"].rpartition(": ")[2]
    if not separator or not pointer.startswith("/") or failure["cause"].startswith("schemathesis"):
        return [["form", "", {"by": "shape", "form": form(value, "shape")}]]
    pointer = "" if pointer == "/" else pointer
    by = _BY_KEYWORD.get(keyword)
    if by is None:
        found = _at(value, pointer)
        return [["value", pointer, found]] if not isinstance(found, dict | list) else _form(pointer, value, "shape")
    return _form(pointer, value, by)


def _form(pointer: str, value: Any, by: str) -> list[Check]:
    return [["form", pointer, _form_at(value, pointer, by)]]


def _form_at(value: Any, pointer: str, by: str) -> dict[str, Any]:
    found = _at(value, pointer)
    return {"by": by, "form": "absent" if found is _NOTHING else form(found, by)}


def _leaves(exchange: Exchange, twin: Exchange | None, before: Sequence[Exchange]) -> list[Check]:
    """Every value of a story's last answer that is the same whenever the story is told."""
    assert exchange.response is not None
    value = _json(exchange.response.body)
    if value is _NOTHING:
        return [["text", re.escape(exchange.response.text[:200])]] if exchange.response.body else [["empty"]]
    other: Any = _NOTHING
    if twin is not None and twin.response is not None and twin.response.status == exchange.response.status:
        other = _json(twin.response.body)
    leaves, others = dict(_walk(value)), dict(_walk(other))
    told = "\n".join(one.response.text for one in before if one.response) + exchange.request.url
    told += exchange.request.body.decode("utf-8", "replace")
    checks: list[Check] = [
        ["same form", pointer, {"by": by, "form": form(part, by)}]
        for pointer, part, by in _containers(value)
        if other is _NOTHING or form(_at(other, pointer), by) == form(part, by)
    ]
    for pointer, leaf in leaves.items():
        after = seconds_after(leaf, exchange.started)
        if after is not None and abs(after) < RECENT:
            checks.append(["moment", pointer, round(after)])
        elif _is_steady(pointer, leaf, others if other is not _NOTHING else None, told):
            checks.append(["exactly", pointer, leaf])
    return checks


def _is_steady(pointer: str, leaf: Any, others: dict[str, Any] | None, told: str) -> bool:
    """Whether a value comes again when the story is told again: it came in the attempt before, or was told earlier."""
    if others is None:
        return not (isinstance(leaf, str) and _UUID.fullmatch(leaf)) or leaf in told
    if pointer not in others or type(others[pointer]) is not type(leaf):
        return False
    return bool(others[pointer] == leaf) or (isinstance(leaf, str) and len(leaf) >= 5 and leaf in told)


def _containers(value: Any, place: str = "") -> Any:
    """The objects of a document, each with the names of its members, and its lists, each with its length."""
    if isinstance(value, dict):
        yield place, value, "members"
        for name, part in value.items():
            yield from _containers(part, f"{place}/{str(name).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        yield place, value, "length"
        for number, part in enumerate(value):
            yield from _containers(part, f"{place}/{number}")


_UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_NOTHING = object()


def _walk(value: Any, place: str = "") -> Any:
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _walk(part, f"{place}/{str(name).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list) and value:
        for number, part in enumerate(value):
            yield from _walk(part, f"{place}/{number}")
    elif value is not _NOTHING:
        yield place, value


def _at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return _NOTHING
    return value


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return _NOTHING
