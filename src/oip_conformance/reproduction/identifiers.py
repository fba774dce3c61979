"""What refers to what in the evidence: which request made the record that another one names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any
from urllib.parse import unquote

import orjson

from oip_conformance.evidence import Exchange

_UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_TAGGED = r"[A-Za-z0-9-]+-[A-Z2-7]{6}-\d{4,9}-[0-9a-f]{8}"
_PHONE = r"\+[1-9]\d{7,14}"
TOKEN = re.compile(rf"(?<![0-9A-Za-z])(?:{_UUID}|{_TAGGED})(?![0-9A-Za-z])|{_PHONE}(?!\d)")
CHOSEN = re.compile(rf"{_TAGGED}|{_PHONE}")
"""What a client chooses itself for a record that it makes."""
_NAMES_ONE = re.compile(r"(^id|Id|ID|Number|number|Token|token|Code|Reference|reference)$")
_SHORTEST = 3
_DEEPEST = 6


class Identifiers:
    """Hears every exchange once: the order of the stories that are asked for, and who made which identifier."""

    def __init__(self, results: Mapping[str, Any], stories: set[str]) -> None:
        self.stories: dict[str, list[str]] = {name: [] for name in stories}
        self.tokens: dict[str, str] = {}
        """The redacted spelling of each key, and whose it is."""
        self._paths = {one["id"]: one["path"] for one in results["operations"]}
        self._maker: dict[str, str] = {}
        self._lanes: dict[str, int] = {}
        self._needs: dict[str, tuple[str, ...]] = {}

    def add(self, exchange: Exchange) -> None:
        """Hear of one exchange, in recorded order."""
        if exchange.test in self.stories:
            self.stories[exchange.test].append(exchange.id)
            self._lanes[exchange.id] = exchange.lane
        self._hear_key(exchange)
        sent = set(self._sent(exchange))
        self._needs[exchange.id] = tuple(sorted(sent))
        if exchange.request.method in ("GET", "HEAD", "OPTIONS"):
            return
        if exchange.response is None or not 200 <= exchange.response.status < 300:
            return
        made = {token.lower() for token in names_in(exchange.response.body)} - sent
        made |= {token.lower() for token in names_in(exchange.request.body) if CHOSEN.fullmatch(token)}
        for token in made:
            self._note_maker(token, exchange.id)

    def makers_of(self, exchange: str) -> list[str]:
        """The exchanges that made what an exchange names, and what those name, first things first."""
        order: list[str] = []
        self._collect(exchange, order, 0)
        return order

    def asked_beside(self, story: str, end: str) -> list[str]:
        """The exchanges of a story that follow one and were asked at the same time as it."""
        told = self.stories.get(story, [])
        if not self._lanes.get(end):
            return []
        return list(takewhile(lambda name: self._lanes[name] > 0, told[told.index(end) + 1 :]))

    def asked_after(self, story: str, end: str) -> list[str]:
        """The exchanges of a story that follow one."""
        told = self.stories.get(story, [])
        return told[told.index(end) + 1 :]

    def _collect(self, exchange: str, order: list[str], depth: int) -> None:
        for token in self._needs.get(exchange, ()):
            maker = self._maker.get(token)
            if not maker or maker == exchange or maker in order or depth >= _DEEPEST or maker > exchange:
                continue
            self._collect(maker, order, depth + 1)
            if maker not in order:
                order.append(maker)

    def _note_maker(self, token: str, exchange: str) -> None:
        """The first maker counts; what a second one, about other records, shows as well was there before either."""
        first = self._maker.setdefault(token, exchange)
        if first and first != exchange:
            shared = set(self._needs[first]) & set(self._needs[exchange])
            if not any(self._maker.get(one) for one in shared):
                self._maker[token] = ""

    def _hear_key(self, exchange: Exchange) -> None:
        if exchange.credential in ("main", "second") and exchange.credential not in self.tokens.values():
            for name, value in exchange.request.headers:
                if name.lower() == "x-api-key":
                    self.tokens[value] = exchange.credential

    def _sent(self, exchange: Exchange) -> Iterator[str]:
        path, _, query = exchange.request.url.partition("?")
        template = self._paths.get(exchange.operation or "")
        if template:
            there, here = template.strip("/").split("/"), path.rstrip("/").split("/")
            for name, value in zip(reversed(there), reversed(here), strict=False):
                if name.startswith("{") and len(value) >= _SHORTEST:
                    yield unquote(value).lower()
        text = unquote(f"{path}?{query}")
        yield from (one.lower() for one in TOKEN.findall(text))
        yield from (one.lower() for one in names_in(exchange.request.body))


def minted(steps: Sequence[Exchange]) -> dict[str, list[tuple[str, str]]]:
    """For each exchange the values of its answer that no request before had, and a later one or the end has: place, value."""
    found: dict[str, list[tuple[str, str]]] = {}
    if len(steps) < 2:
        return found
    sent = [unquote(one.request.url) + "\n" + one.request.body.decode("utf-8", "replace") for one in steps]
    end = steps[-1].response.text if steps[-1].response else ""
    known: set[str] = set()
    for number, step in enumerate(steps[:-1]):
        before, after = "\n".join(sent[: number + 1]), "\n".join(sent[number + 1 :]) + end
        for place, value in leaves(_json(step.response.body) if step.response else None):
            text = str(value)
            if not could_name(place, value) or text in known or text in before or text.lower() not in after.lower():
                continue
            known.add(text)
            found.setdefault(step.id, []).append((place, text))
    return found


def new_values(results: Mapping[str, Any], steps: Sequence[Exchange]) -> list[dict[str, Any]]:
    """The values of the requests that must be new each time: numbers, identifiers and addresses of made customers, and
    tokens, which redaction hid, so that nobody has what stands here in their place.

    A phone number stays between the smallest and the largest that the run used, all of which the profile allowed.
    """
    made = [
        int(phone[1:])
        for one in results["created"]
        if re.fullmatch(r"\+[0-9]{1,20}", phone := one.get("mobilePhone", ""))
    ]
    sent = "\n".join(unquote(one.request.url) + "\n" + one.request.body.decode("utf-8", "replace") for one in steps)
    values: dict[str, dict[str, Any]] = {}
    for text in dict.fromkeys(re.findall(rf"{_PHONE}(?!\d)", sent)):
        if len(set(made)) > 1 and min(made) <= int(text[1:]) <= max(made):
            values[text] = {"kind": "phone", "value": text, "between": [min(made), max(made)]}
    for text in dict.fromkeys(re.findall(rf"(?<![0-9A-Za-z]){_TAGGED}(?![0-9A-Za-z])", sent)):
        values[text] = {"kind": "identifier", "value": text}
    for text in dict.fromkeys(re.findall(r"oip-token-[0-9a-f]{16}", sent)):
        values[text] = {"kind": "token", "value": text}
    marks = {mark.lower() for mark in re.findall(r"-([A-Z2-7]{6})-\d{4,9}-[0-9a-f]{8}", sent)}
    for text in dict.fromkeys(re.findall(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+", sent)):
        if any(mark in text.lower() for mark in marks):
            values[text] = {"kind": "email", "value": text}
    return list(values.values())


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """The scalar values of a JSON document, each with its place."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, f"{place}/{str(name).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from leaves(part, f"{place}/{number}")
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield place, value


def could_name(place: str, value: Any) -> bool:
    """Whether a value of a document, at its place, could be the name of a record."""
    text = str(value)
    if TOKEN.fullmatch(text):
        return True
    named = bool(_NAMES_ONE.search(place.rpartition("/")[2]))
    return named and (len(text) >= 4 if isinstance(value, int) else len(text) >= _SHORTEST) and " " not in text


def names_in(body: bytes) -> Iterable[str]:
    """The values of a body that could be names of records."""
    if not body.startswith((b"{", b"[")):
        return TOKEN.findall(body.decode("utf-8", "replace")) if body else ()
    return [str(value) for place, value in leaves(_json(body)) if could_name(place, value)]


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return None
