"""Rules on the body of a response and the headers that describe it."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from oip_conformance.contract import Contract, Operation, ResponseSpec
from oip_conformance.evidence import ReceivedResponse
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule
from oip_conformance.oracle.seen import Seen

_INDEX = re.compile(r"/\d+(?=/|$)")
_WITHOUT_BODY = (204, 205, 304)


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON or a kind of JSON (`+json`)."""
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))


@rule("OIP-CORE-04")
def the_content_type_is_documented(scene: Scene) -> Judgement:
    """A response with a body has a content type that the contract names for its status."""
    response, operation = scene.exchange.response, scene.operation
    if response is None or operation is None or not response.body:
        return None
    published = operation.response(response.status)
    if published is None or not published.media_types:
        return None
    if published.media_type(response.media_type):
        return KEPT
    return Broken(
        f"content type of {response.status}",
        "The content type is not the documented one",
        " or ".join(published.media_types),
        response.media_type or "no content type",
    )


@rule("OIP-CORE-05")
def the_body_conforms_to_its_schema(scene: Scene) -> Judgement:
    """A body conforms to the schema that the contract gives for its operation and status."""
    response, operation = scene.exchange.response, scene.operation
    if response is None or operation is None or scene.exchange.request.method == "HEAD":
        return None
    published = operation.response(response.status)
    if published is None or not published.has_schema or response.status in _WITHOUT_BODY:
        return None
    status = response.status
    if not response.body:
        return Broken(
            f"empty {status} body", "The body is missing", f"the {status} document published", "an empty body"
        )
    if not is_json(response.media_type):
        return None
    key = (operation.id, status, response.media_type, response.body_digest)
    return _judged(scene.contract)(key, lambda: _conforms(response, operation, published))


@lru_cache(maxsize=4)
def _judged(_contract: Contract) -> Seen[Judgement]:
    """Whether a body conforms follows from operation, status, content type and body."""
    return Seen()


def _conforms(response: ReceivedResponse, operation: Operation, published: ResponseSpec) -> Judgement:
    status = response.status
    try:
        value = response.json
    except ValueError:
        return None
    media_type = published.media_type(response.media_type) or next(filter(is_json, published.media_types), None)
    if media_type is None:
        return None
    if operation.is_response_valid(status, media_type, value):
        return KEPT
    first = operation.response_errors(status, media_type, value)[0]
    place = _INDEX.sub("/*", first.pointer)
    return Broken(
        f"schema of {status} at {place or '/'}: {first.keyword}",
        "The body breaks its schema",
        f"the published schema for {status} ({first.schema_pointer})",
        f"{first.pointer or '/'}: {first.message}",
    )


@rule("OIP-CORE-06")
def a_body_called_json_is_json(scene: Scene) -> Judgement:
    """A body whose content type says JSON parses as JSON in UTF-8."""
    response = scene.exchange.response
    if response is None or not response.body or not is_json(response.media_type):
        return None
    problem = _WHY_NO_JSON(response.body_digest, lambda: _why_no_json(response))
    if problem is None:
        return KEPT
    return Broken(f"{response.status} is not JSON", "The body is not JSON", "a JSON document in UTF-8", problem)


_WHY_NO_JSON: Seen[str | None] = Seen()


def _why_no_json(response: ReceivedResponse) -> str | None:
    try:
        _ = response.json
    except ValueError as problem:
        return str(problem)
    return None


@rule("OIP-CORE-09")
def headers_that_describe_the_answer_are_there(scene: Scene) -> Judgement:
    """A body has a Content-Type, a redirect has a Location that is a web address."""
    response = scene.exchange.response
    if response is None or scene.operation is None:
        return None
    if response.status in (301, 302, 303, 307, 308):
        return _location(response)
    if not response.body:
        return None
    if response.media_type:
        return KEPT
    return Broken("no Content-Type", "The Content-Type header is missing", "a Content-Type header", "none")


def _location(response: ReceivedResponse) -> Judgement:
    location = (response.header("location") or "").strip()
    if not location:
        return Broken("no Location", "The redirect names no address", "a Location header", "none")
    parts = urlsplit(location)
    if parts.scheme in ("http", "https", "") and (parts.netloc or parts.path.startswith("/")):
        return KEPT
    return Broken("bad Location", "The redirect names no web address", "an http(s) address or a path", location)
