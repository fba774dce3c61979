"""Rules on the status of a response."""

from __future__ import annotations

from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule

ANYWHERE = frozenset({401, 403, 429, 502})
"""Statuses documented for the whole platform: authentication, activation, and systems behind OIP."""


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
    documented = ", ".join(sorted(operation.responses))
    return Broken(
        f"undocumented status {response.status}",
        "The status is not documented for this operation",
        f"one of {documented}",
        f"status {response.status}",
    )
