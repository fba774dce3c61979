"""Canonical JSON and its digest: equal values have equal bytes, whoever writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson


def canonical(value: Any) -> bytes:
    """A JSON value with sorted members and nothing between them, in UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest_of(value: Any) -> str:
    """sha256 over the canonical JSON of a value."""
    return f"sha256:{hashlib.sha256(canonical(value)).hexdigest()}"


def file_digest(path: Path) -> str:
    """sha256 over the bytes of a file, in hexadecimal alone, as in-toto writes it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_read_back(value: Any) -> Any:
    """A value as JSON reads it back: tuples as lists, states as text."""
    if isinstance(value, Mapping):
        return {str(key): as_read_back(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_read_back(item) for item in value]
    return str(value) if isinstance(value, str) else value
