"""Rules on the status of a response."""

from __future__ import annotations

import re

from oip_conformance.contract import Operation
from oip_conformance.evidence import Exchange
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule

ANYWHERE = frozenset({401, 403, 429, 502})
"""Statuses documented for the whole platform: authentication, activation, and systems behind OIP."""

LARGE_BODY, LONG_ADDRESS = 1024 * 1024, 4096
"""From how many bytes on a body may be answered 413, and an address 414. A batch of 400 receipts is below half of it."""

_CONTROL = re.compile(r"%(?:[01][0-9A-Fa-f]|7[Ff])")


def is_refused_before_the_operation(exchange: Exchange, operation: Operation) -> bool:
    """Whether the status is the one that HTTP has for a request which no operation gets to see.

    A content type that is missing or not taken (415), a body or an address beyond the usual (413, 414), and control
    characters in an address (400) are refused by the server in front of an application; no operation documents them.
    """
    request, response = exchange.request, exchange.response
    if response is None:
        return False
    match response.status:
        case 400:
            return bool(_CONTROL.search(request.url))
        case 413:
            return len(request.body) >= LARGE_BODY
        case 414:
            return len(request.url) >= LONG_ADDRESS
        case 415:
            given = next((value for name, value in request.headers if name.lower() == "content-type"), "")
            taken = {one.lower() for one in operation.request_media_types}
            return given.partition(";")[0].strip().lower() not in taken
    return False


@rule("OIP-CORE-02")
def no_server_error(scene: Scene) -> Judgement:
    """No request makes the server fail: 5xx never, except the documented 502 of a system behind it."""
    response = scene.exchange.response
    if response is None:
        return None
    if response.status >= 500 and response.status != 502:
        return Broken(
            f"server error {response.status}", "The server failed", "any documented status", f"status {response.status}"
        )
    return KEPT


@rule("OIP-CORE-03")
def only_documented_statuses(scene: Scene) -> Judgement:
    """An operation answers only the statuses documented for it, or for the whole platform."""
    response, operation = scene.exchange.response, scene.operation
    if response is None or operation is None or (response.status >= 500 and response.status != 502):
        return None
    if response.status in ANYWHERE or operation.documents(response.status):
        return KEPT
    if is_refused_before_the_operation(scene.exchange, operation):
        return None
    documented = ", ".join(sorted(operation.responses))
    return Broken(
        f"undocumented status {response.status}",
        "The status is not documented for this operation",
        f"one of {documented}",
        f"status {response.status}",
    )
