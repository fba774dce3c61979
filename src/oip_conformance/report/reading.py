"""What reporters read: evidence by exchange id, and bodies as a person reads them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Protocol

from oip_conformance.evidence import Exchange

LONGEST_BODY = 4000
"""So many characters of a body are shown; the evidence has it all."""


class EvidenceReader(Protocol):
    """A run's evidence, as a reporter reads it."""

    def get(self, exchange_id: str) -> Exchange | None: ...

    def __iter__(self) -> Iterator[Exchange]: ...


def pretty_body(body: bytes) -> str:
    """A body to read: JSON indented, other text as it is, binary by its length."""
    if not body:
        return ""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return f"({len(body)} bytes that are not text)"
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    text = "".join(
        character if character.isprintable() or character in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}\n... ({len(text)} characters)"
