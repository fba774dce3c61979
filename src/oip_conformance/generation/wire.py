"""The wire form of a request: what it is once it is bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WireForm:
    """A request below the base URL, ready for the wire. Equal forms are the same request."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    media_type: str | None
