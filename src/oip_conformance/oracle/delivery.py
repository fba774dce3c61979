"""Rules on getting an answer at all, and getting it whole."""

from __future__ import annotations

from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule

_WORDS = {
    "refused": "the connection was refused",
    "timeout": "no complete answer came in time",
    "closed": "the connection was closed without an answer, and again on a second try",
    "protocol": "what came back is not HTTP",
    "unreachable": "the host could not be reached",
}


@rule("OIP-CORE-01")
def every_request_is_answered(scene: Scene) -> Judgement:
    """A request gets an HTTP response. A connection lost once is tried again by the client and not counted here."""
    exchange = scene.exchange
    if exchange.response is not None:
        return KEPT
    if exchange.fault == "cut" or (exchange.fault in ("closed", "refused") and exchange.attempt == 1):
        return None
    kind = exchange.fault or "protocol"
    return Broken(f"no answer: {kind}", "The request got no answer", "an HTTP response", _WORDS[kind])


@rule("OIP-CORE-10")
def an_answer_arrives_whole(scene: Scene) -> Judgement:
    """The body is as long as its framing says: nothing is cut off, nothing follows."""
    exchange = scene.exchange
    if exchange.fault == "cut":
        return Broken(
            "answer cut off",
            "The answer was cut off",
            "a body as long as its framing announces",
            exchange.why or "less",
        )
    return None if exchange.response is None else KEPT
