"""Reads bodies: JSON, XML, CSV, forms and multipart, each only in UTF-8 and each with limits."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import orjson
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from oip_reference.http.answer import Refused
from oip_reference.http.multipart import UploadedFile, read_parts
from oip_reference.http.request import Request
from oip_reference.http.xml import XmlError, read_xml
from oip_reference.parts import Part

MOST_FORM_FIELDS: Final = 1000
DEEPEST: Final = 100


@dataclass(frozen=True, slots=True)
class Parsed:
    """A body as handlers get it (`value`) and as the contract's schema judges it (`checked`)."""

    value: Any
    checked: Any


class Bodies(Part):
    """One method a media type; anything that cannot be read is refused with 400."""

    def parse(self, request: Request, accepted: tuple[str, ...]) -> tuple[str, Parsed]:
        """The media type of the contract that applies and the body it describes."""
        given, options = self.content_type(request)
        media_type = _accepted(given, accepted)
        if media_type is None:
            raise Refused(400, f"The content type must be {' or '.join(accepted)}.")
        if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
            raise Refused(400, "The character set must be UTF-8.")
        if (request.header(b"content-encoding") or "identity").lower() != "identity":
            raise Refused(400, "A compressed body is not accepted.")
        if given == "multipart/form-data":
            return media_type, self.multipart(request.body, options)
        if given == "application/x-www-form-urlencoded":
            return media_type, self.form(request.body)
        if given == "text/csv":
            return media_type, self.csv(request.body)
        if given.endswith("/xml") or given.endswith("+xml"):
            return media_type, self.xml(request.body)
        return media_type, self.json(request.body)

    def content_type(self, request: Request) -> tuple[str, dict[str, str]]:
        raw = request.header(b"content-type")
        if not raw:
            return "", {}
        given, options = parse_options_header(raw)
        return (
            given.decode("latin-1").lower(),
            {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in options.items()},
        )

    def json(self, body: bytes) -> Parsed:
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Refused(400, f"The body is not JSON: {error.msg}.") from None
        self.check_size(value)
        return Parsed(value, value)

    def check_size(self, value: Any) -> None:
        """Refuses what is nested too deeply, and numbers beyond all range, since no answer could repeat them."""
        waiting: list[tuple[Any, int]] = [(value, 1)]
        while waiting:
            node, depth = waiting.pop()
            if isinstance(node, dict | list):
                if depth > DEEPEST:
                    raise Refused(400, f"The body is nested deeper than {DEEPEST} levels.")
                waiting += [(child, depth + 1) for child in (node.values() if isinstance(node, dict) else node)]
            elif isinstance(node, float) and not isfinite(node):
                raise Refused(400, "The body holds a number that is too large.")

    def text(self, body: bytes) -> str:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Refused(400, "The body is not UTF-8.") from None

    def xml(self, body: bytes) -> Parsed:
        try:
            value = read_xml(body)
        except XmlError as error:
            raise Refused(400, f"The body is not XML: {error}.") from None
        return Parsed(value, self.text(body))

    def csv(self, body: bytes) -> Parsed:
        text = self.text(body)
        try:
            rows = list(csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True))
        except csv.Error as error:
            raise Refused(400, f"The body is not CSV: {error}.") from None
        return Parsed(rows, text)

    def form(self, body: bytes) -> Parsed:
        fields = [field for field in body.split(b"&") if field]
        if len(fields) > MOST_FORM_FIELDS:
            raise Refused(400, "The form has too many fields.")
        pairs = (field.replace(b"+", b" ").partition(b"=") for field in fields)
        value = {self.text(unquote_to_bytes(name)): self.text(unquote_to_bytes(text)) for name, _, text in pairs}
        return Parsed(value, value)

    def multipart(self, body: bytes, options: dict[str, str]) -> Parsed:
        try:
            value = read_parts(body, options.get("boundary", "").encode("latin-1"))
        except (FormParserError, UnicodeDecodeError) as error:
            raise Refused(400, f"The body is not multipart/form-data: {error}.") from None
        checked = {name: part.file_name if isinstance(part, UploadedFile) else part for name, part in value.items()}
        return Parsed(value, checked)


def _accepted(given: str, accepted: tuple[str, ...]) -> str | None:
    if given in accepted:
        return given
    if given == "text/xml" and "application/xml" in accepted:
        return "application/xml"
    return None
