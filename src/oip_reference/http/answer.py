"""What the server says: an `Answer`, and `Refused`, the one way to say no."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import orjson

from oip_reference.parts import Part


class _Nothing:
    """The absence of a body, which is not the JSON value null."""


NOTHING: Final = _Nothing()
JSON: Final = "application/json"
_HEADER_SAFE: Final = "".join(chr(code) for code in range(0x20, 0x7F))


@dataclass(frozen=True, slots=True)
class Answer:
    """One response before it is put into bytes.

    `body` is anything JSON can say, ready bytes, or `NOTHING`; `headers` are sent besides content type and length.
    """

    status: int
    body: Any = NOTHING
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = JSON


class Refused(Exception):
    """The request is refused with a documented status; nothing it did is kept."""

    def __init__(self, status: int, detail: Any, *, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.headers = headers


class Envelope(Part):
    """Gives every refusal the documented shape: `code` (a string), `message`, `detailedErrorMessage`."""

    def document(self, status: int, detail: Any) -> dict[str, Any]:
        return {"code": str(status), "message": self.message(status), "detailedErrorMessage": detail}

    def message(self, status: int) -> str:
        return HTTPStatus(status).phrase

    def answer(self, refusal: Refused) -> Answer:
        return Answer(refusal.status, self.document(refusal.status, refusal.detail), refusal.headers)


class Rendering(Part):
    """Puts an answer into bytes and headers."""

    def body(self, answer: Answer) -> bytes:
        if answer.body is NOTHING:
            return b""
        if isinstance(answer.body, bytes):
            return answer.body
        return orjson.dumps(answer.body)

    def headers(self, answer: Answer, body: bytes) -> list[tuple[bytes, bytes]]:
        headers = []
        if answer.body is not NOTHING:
            headers.append((b"content-type", answer.media_type.encode("ascii")))
        if answer.status != HTTPStatus.NO_CONTENT:
            headers.append((b"content-length", b"%d" % len(body)))
        headers.extend((name.encode("ascii"), _header_value(value)) for name, value in answer.headers)
        return headers


def _header_value(value: str) -> bytes:
    """A header's value, percent-encoded where it could not travel as it is."""
    return quote(value, safe=_HEADER_SAFE).encode("ascii")
