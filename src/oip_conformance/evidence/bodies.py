"""How a body stands in a record: as text, in base64 where it is no UTF-8, and packed where it is large.

A run sends bodies of many megabytes that say one letter. Packed, they cost a run and whoever verifies it next to nothing.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

LARGE = 1024**2
"""A body of so many bytes stands packed (zlib, then base64)."""

LARGEST = 64 * 1024**2
"""The most bytes that a body unpacks to: twice what is read of a response."""


def body_to_json(body: bytes) -> dict[str, str]:
    """The member with a body: `text`, `base64` or `packed`; none for an empty one."""
    if not body:
        return {}
    if len(body) >= LARGE:
        return {"packed": base64.b64encode(zlib.compress(body, 1)).decode("ascii")}
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def body_from_json(part: dict[str, Any]) -> bytes:
    """The body that `body_to_json` wrote. Raises TypeError or ValueError when it wrote none of it."""
    if "packed" in part:
        return _unpacked(_decoded(part["packed"]))
    if "base64" in part:
        return _decoded(part["base64"])
    text = part.get("text", "")
    if not isinstance(text, str):
        raise TypeError(f"expected text, got {type(text).__name__}")
    return text.encode("utf-8")


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        raise ValueError(str(problem)) from problem


def _unpacked(packed: bytes) -> bytes:
    opened = zlib.decompressobj()
    try:
        body = opened.decompress(packed, LARGEST)
    except zlib.error as problem:
        raise ValueError(str(problem)) from problem
    if not opened.eof or opened.unused_data or len(body) < LARGE:
        raise ValueError("a packed body is cut, too large, or none that is kept packed")
    return body
