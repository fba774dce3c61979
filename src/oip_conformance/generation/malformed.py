"""Bodies that are no JSON document: a valid one, damaged in one place the way programs damage it."""

from __future__ import annotations

from collections.abc import Iterator


def damaged(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Damaged forms of a JSON object, each with what was done to it."""
    text = body.decode("utf-8")
    yield "cut in the middle", text[: max(1, len(text) // 2)].encode()
    yield "without its last brace", text[:-1].encode()
    yield "a comma too many", (text[:-1] + ",}").encode()
    yield "single quotes", text.replace('"', "'").encode() if '"' in text else b"{'a': 1}"
    yield "text after it", (text + " trailing").encode()
    yield "two documents", (text + text).encode()
    yield "NaN", (text[:-1].rstrip() + ('"nan": NaN}' if text[:-1].strip() == "{" else ',"nan": NaN}')).encode()
    yield "a comment", ("/* comment */" + text).encode()
    yield "not UTF-8", text.encode().replace(b"{", b'{"\xff\xfe": 1,', 1) if len(text) > 2 else b"\xff\xfe"
    yield "UTF-16", text.encode("utf-16")
    yield "an unfinished escape", (text[:-1].rstrip("{ ") + ('{"a": "\\u12"}' if len(text) <= 2 else ',"a": "\\u12"}')).encode()
    yield "no value at all", b" "
    yield "markup", b"<?xml version='1.0'?><data/>"
