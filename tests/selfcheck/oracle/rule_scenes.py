"""Handmade exchanges, one visible thing in each, for showing rules to pass, to fail and to keep silent."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from oip_conformance.contract import Contract, load_contract
from oip_conformance.evidence import Exchange, ReceivedResponse, SentRequest
from oip_conformance.oracle import Scene

JSON = (("Content-Type", "application/json; charset=utf-8"),)

CUSTOMER: dict[str, Any] = {
    "data": {
        "id": "2457B03E-9925-45E9-B551-25F10D7BD4F2",
        "mobilePhone": "+4712345678",
        "zip": "0153",
        "favoriteStores": ["S100"],
        "loyalty": {"points": 500, "loyaltyCards": [{"id": "4", "namn": "Black coffee", "total": 6, "count": 3}]},
    },
    "metaData": {"CreatedAt": "2023-01-01 15:15:00", "UpdatedAt": "2023-01-05 15:15:00"},
}
"""A customer as getCustomerById answers it."""


@cache
def contract() -> Contract:
    """The contract that ships."""
    return load_contract()


def scene(
    operation: str | None = "getCustomerById",
    status: int = 200,
    body: Any = CUSTOMER,
    *,
    headers: tuple[tuple[str, str], ...] | None = None,
    sent: bytes = b"",
    within: Contract | None = None,
    **parts: Any,
) -> Scene:
    """A request to an operation and its answer. `body` is JSON, or bytes as they come; `parts` go to the exchange."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    found = (within or contract()).operations.get(operation or "")
    response = ReceivedResponse(status, (JSON if content else ()) if headers is None else headers, content)
    sent_as = parts.pop("method", found.method if found else "GET")
    return Scene(exchange(sent_as, operation, response, sent, **parts), found, within or contract())


def silence(fault: str, *, operation: str | None = "getCustomerById", **parts: Any) -> Scene:
    """A request that got no answer, for a reason such as "timeout"."""
    found = contract().operations.get(operation or "")
    return Scene(exchange("GET", operation, None, b"", fault=fault, **parts), found, contract())


def exchange(
    method: str, operation: str | None, response: ReceivedResponse | None, sent: bytes, **parts: Any
) -> Exchange:
    """An exchange of which only what is given matters."""
    request = SentRequest(method, parts.pop("url", "http://localhost/v4/somewhere"), (), sent)
    usual = {"id": "m-000001", "test": "a test", "intent": "probe", "started": 0.0, "elapsed": 0.01}
    return Exchange(operation=operation, request=request, response=response, **{**usual, **parts})


def refusal(status: int = 400, operation: str = "getCustomerById", **changes: Any) -> Scene:
    """An error in the envelope, with changes to it; a change to None leaves a member out."""
    phrases = {400: "Bad Request", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests", 502: "Bad Gateway"}
    envelope = {"code": str(status), "message": phrases.get(status, "Error"), "detailedErrorMessage": {}, **changes}
    return scene(operation, status, {name: value for name, value in envelope.items() if value is not None})
