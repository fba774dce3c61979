"""The wire form of Schemathesis' cases: what a generated case is once it is bytes, without key and without chance."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

import requests

from oip_conformance.generation.wire import WireForm

_ORIGIN = "http://localhost"

_NOT_THE_CASES_OWN = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "transfer-encoding",
        "user-agent",
        "x-api-key",
        "x-schemathesis-testcaseid",
    }
)


class Unsendable(Exception):
    """A generated case that no HTTP client can put on the wire."""


def wire_form(case: Any) -> WireForm:
    """What `Case.as_transport_kwargs` of Schemathesis sends, reduced to what belongs to the case.

    Multipart boundaries, which are random, become a digest of the body. Raises Unsendable.
    """
    sent = case.as_transport_kwargs(base_url=_ORIGIN)
    sent.pop("cookies", None)
    try:
        request = requests.Request(**sent).prepare()
        headers = {name: _text(value) for name, value in request.headers.items()}
    except (requests.RequestException, UnicodeError, ValueError, TypeError) as problem:
        raise Unsendable(str(problem)) from problem
    parts = urlsplit(_text(request.url or ""))
    media_type = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    body = _bytes(request.body)
    if body is not None and media_type is not None:
        body, media_type = _without_chance(body, media_type)
    return WireForm(
        request.method or "GET",
        parts.path or "/",
        parts.query,
        tuple(sorted((name, value) for name, value in headers.items() if name.lower() not in _NOT_THE_CASES_OWN)),
        body,
        media_type,
    )


def _without_chance(body: bytes, media_type: str) -> tuple[bytes, str]:
    found = re.search(rb"boundary=([0-9a-f]{32})$", media_type.encode()) or re.match(rb"--([0-9a-f]{32})\r\n", body)
    if found is None:
        return body, media_type
    drawn = found.group(1)
    fixed = hashlib.sha256(body.replace(drawn, b"")).hexdigest()[:32].encode()
    return body.replace(drawn, fixed), media_type.replace(drawn.decode(), fixed.decode())


def _bytes(body: object) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    raise Unsendable(f"a body of type {type(body).__name__}")


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
