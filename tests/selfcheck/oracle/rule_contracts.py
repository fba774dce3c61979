"""Contracts of one operation, for what the contract that ships does not have."""

from __future__ import annotations

from functools import cache
from typing import Any

from oip_conformance.contract import Contract


@cache
def with_header(media_type: str = "application/json") -> Contract:
    """One operation whose answer has a documented header, an integer."""
    return one_operation({"X-Count": {"required": True, "schema": {"type": "integer"}}}, media_type=media_type)


def one_operation(headers: dict[str, Any], *, media_type: str = "application/json") -> Contract:
    """A contract of one operation, `ask`."""
    document = nameless(headers, media_type)
    document["paths"]["/ask"]["get"]["operationId"] = "ask"
    return Contract(document)


def nameless(headers: dict[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    """A document of one operation without an operationId."""
    content = {media_type: {"schema": {"type": "object"}}}
    answers = {"200": {"description": "OK", "headers": headers, "content": content}}
    info = {"title": "Small", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": {"/ask": {"get": {"responses": answers}}}}
