"""Reads multipart/form-data into fields and files."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

MOST_PARTS: Final = 100

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it would log what clients send


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """One file of a form."""

    file_name: str
    media_type: str
    content: bytes


@dataclass
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""
    content: bytearray = field(default_factory=bytearray)


def read_parts(body: bytes, boundary: bytes) -> dict[str, str | UploadedFile]:
    """The parts by name, the last one winning; raises `FormParserError` or `UnicodeDecodeError`."""
    if not boundary:
        raise FormParserError("the boundary is missing")
    collector = _Collector()
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": collector.begin,
            "on_header_field": collector.header_name,
            "on_header_value": collector.header_value,
            "on_header_end": collector.header_end,
            "on_part_data": collector.data,
            "on_end": collector.finish,
        },
    )
    parser.write(body)
    parser.finalize()
    if not collector.finished:
        raise FormParserError("the closing boundary is missing")
    return dict(_named(part) for part in collector.parts)


class _Collector:
    """The parser's callbacks."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.finished = False

    def begin(self) -> None:
        if len(self.parts) >= MOST_PARTS:
            raise FormParserError("there are too many parts")
        self.parts.append(_Part())

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].value += data[start:end]

    def header_end(self) -> None:
        part = self.parts[-1]
        part.headers[part.name.lower()] = part.value
        part.name = part.value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].content += data[start:end]

    def finish(self) -> None:
        self.finished = True


def _named(part: _Part) -> tuple[str, str | UploadedFile]:
    kind, options = parse_options_header(part.headers.get(b"content-disposition", b""))
    if kind != b"form-data" or b"name" not in options:
        raise FormParserError("a part has no name")
    name = options[b"name"].decode("utf-8")
    if b"filename" in options:
        media_type = part.headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
        return name, UploadedFile(options[b"filename"].decode("utf-8", "replace"), media_type, bytes(part.content))
    return name, part.content.decode("utf-8")
