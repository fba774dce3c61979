"""Bodies that are no JSON document: a valid one, damaged in one place the way programs damage it."""

from __future__ import annotations

from collections.abc import Iterator


def damaged(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Damaged forms of a JSON object, each with what was done to it."""
    text = body.decode("utf-8").rstrip()
    opened = text[:-1].rstrip()
    member = opened if opened == "{" else opened + ","
    yield "cut in the middle", text[: max(1, len(text) // 2)].encode()
    yield "without its last brace", text[:-1].encode()
    yield "a comma too many", f"{opened},}}".encode()
    yield "single quotes", text.replace('"', "'").encode() if '"' in text else b"{'a': 1}"
    yield "text after it", f"{text} trailing".encode()
    yield "two documents", f"{text}{text}".encode()
    yield "NaN", f'{member}"nan": NaN}}'.encode()
    yield "a comment", f"/* comment */{text}".encode()
    yield "not UTF-8", f'{member}"text": "'.encode() + b'\xff\xfe"}'
    yield "UTF-16", text.encode("utf-16")
    yield "an unfinished escape", f'{member}"text": "\\u12"}}'.encode()
    yield "no value at all", b" "
    yield "markup", b"<?xml version='1.0'?><data/>"
