"""Two spellings of the same text: Unicode writes some letters in one piece or in two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import normalize


def composed(texts: Iterable[str]) -> list[str]:
    """Texts in Unicode's composed form, so that two spellings of the same letters are one."""
    return [normalize("NFC", text) for text in texts]


def equal(one: Any, two: Any) -> bool:
    """Whether two JSON scalars are the same; texts by their letters, and yes or no is no number."""
    if isinstance(one, str) and isinstance(two, str):
        return normalize("NFC", one) == normalize("NFC", two)
    return bool(one == two) and isinstance(one, bool) == isinstance(two, bool)
