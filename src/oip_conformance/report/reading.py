"""What reporters read: evidence by exchange id, and bodies as a person reads them."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Protocol

import orjson

from oip_conformance.evidence import Exchange

LONGEST_BODY = 4000
"""So many characters of a body are shown; the evidence has it all."""


class EvidenceReader(Protocol):
    """A run's evidence, as a reporter reads it. `kept` answers at once, for the exchanges that results cite."""

    def kept(self, exchange_id: str) -> Exchange | None: ...

    def __iter__(self) -> Iterator[Exchange]: ...


_BREAKS = str.maketrans("\n\t", "  ")
_LONG_NUMBER = re.compile(r"\d{18}")
"""What the quick reader would round, or not take at all; Python's own takes any number."""
_LONGEST_INDENTED = 1_000_000
"""A longer JSON text is shown as it is: of what it says nobody sees more than the beginning."""


def pretty_body(body: bytes, longest: int = LONGEST_BODY) -> str:
    """A body to read: JSON indented, other text as it is, binary by its length."""
    if not body:
        return ""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return f"({len(body)} bytes that are not text)"
    if len(text) <= _LONGEST_INDENTED:
        with contextlib.suppress(ValueError, RecursionError):
            text = _indented(text)
    shown = text[:longest]
    if not shown.translate(_BREAKS).isprintable():
        shown = "".join(
            character if character.isprintable() or character in "\n\t" else "\N{REPLACEMENT CHARACTER}"
            for character in shown
        )
    return shown if len(text) <= longest else f"{shown}\n... ({len(text)} characters)"


def _indented(text: str) -> str:
    """JSON with its members below each other. Raises ValueError for what is none."""
    if not _LONG_NUMBER.search(text):
        with contextlib.suppress(ValueError, TypeError):
            return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode()
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def as_text(exchange: Exchange) -> str:
    """An exchange as a person reads it: the request, an empty line, and what came back."""
    request, response = exchange.request, exchange.response
    lines = [f"{request.method} {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
    if request.body:
        lines += ["", pretty_body(request.body)]
    lines += ["", f"--- {exchange.elapsed * 1000:.1f} ms ---", ""]
    if response is None:
        lines.append(f"no answer: {exchange.fault} {exchange.why}".rstrip())
    else:
        lines += [f"{response.http_version} {response.status}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        if response.body:
            lines += ["", pretty_body(response.body)]
    return "\n".join(lines) + "\n"


def explained(failure: dict[str, object], run_id: str) -> str:
    """A failure in the order every report keeps: requirement and source, expected, got, exchange, why, what to try, curl."""
    return "\n".join(
        [
            f"requirement {failure['requirement']} {failure['requirement_title']}",
            f"source      {failure['source']}: {failure['clause']}",
            f"expected    {failure['expected']}",
            f"got         {failure['got']}",
            f"exchange    {failure['exchange'] or 'none'} (seen {failure['count']} times)",
            f"why         {failure['why_it_matters']}",
            f"try         {failure['what_to_try']}",
            f"curl        {failure['curl'] or 'none'}",
            f"again       oip-conformance repro {run_id} {failure['id']}",
        ]
    )
