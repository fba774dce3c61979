"""Rules on the error envelope: `{"code": "409", "message": "Conflict", "detailedErrorMessage": ...}`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from oip_conformance.evidence import ReceivedResponse
from oip_conformance.oracle.content import is_json
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule


def refusal_of(scene: Scene) -> ReceivedResponse | None:
    """The response, when it is one that must carry the envelope: an error of an operation of the contract."""
    response = scene.exchange.response
    if response is None or scene.operation is None or scene.exchange.request.method == "HEAD":
        return None
    documented = scene.operation.documents(response.status) or response.status in (401, 403, 429, 502)
    return response if response.status >= 400 and documented else None


def envelope_of(scene: Scene) -> dict[str, Any] | None:
    """The envelope, when the response is an error that carries a JSON object."""
    response = refusal_of(scene)
    if response is None or not is_json(response.media_type):
        return None
    try:
        value = response.json
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


@rule("OIP-ERR-01")
def an_error_is_an_envelope(scene: Scene) -> Judgement:
    """Every documented error is a JSON object."""
    response = refusal_of(scene)
    if response is None:
        return None
    if envelope_of(scene) is not None:
        return KEPT
    got = f"{response.media_type or 'no content type'}: {response.text[:120]!r}" if response.body else "an empty body"
    return Broken(
        f"{response.status} without envelope",
        "The error is not in the envelope",
        "a JSON object with code and message",
        got,
    )


@rule("OIP-ERR-02")
def the_code_is_text(scene: Scene) -> Judgement:
    """`code` is there and is a string."""
    envelope = envelope_of(scene)
    if envelope is None:
        return None
    code = envelope.get("code")
    if isinstance(code, str):
        return KEPT
    got = "no code" if "code" not in envelope else f"{type(code).__name__} {code!r}"
    return Broken(f"code is {got.split(' ')[0]}", "`code` is not a string", 'a string such as "409"', got)


@rule("OIP-ERR-03")
def the_code_is_the_status(scene: Scene) -> Judgement:
    """`code` repeats the HTTP status."""
    envelope, response = envelope_of(scene), scene.exchange.response
    if envelope is None or response is None or not isinstance(envelope.get("code"), str):
        return None
    if envelope["code"] == str(response.status):
        return KEPT
    return Broken(
        f"code differs from status {response.status}",
        "`code` is not the status",
        f'"{response.status}"',
        repr(envelope["code"]),
    )


@rule("OIP-ERR-04")
def the_message_says_something(scene: Scene) -> Judgement:
    """`message` is there and is a string with words in it."""
    envelope = envelope_of(scene)
    if envelope is None:
        return None
    message = envelope.get("message")
    if isinstance(message, str) and message.strip():
        return KEPT
    return Broken("message says nothing", "`message` is not a text", "a non-empty string", repr(message))


@rule("OIP-ERR-05")
def the_message_is_the_phrase_of_the_status(scene: Scene) -> Judgement:
    """`message` has the standard phrase of the status, alone as in the samples or as operations publish it:
    "Customer Not Found", "Forbidden - this method requires activation"."""
    envelope, response = envelope_of(scene), scene.exchange.response
    if envelope is None or response is None or not isinstance(envelope.get("message"), str):
        return None
    phrase = HTTPStatus(response.status).phrase
    if phrase.lower() in envelope["message"].lower():
        return KEPT
    return Broken(f"phrase of {response.status}", "`message` is another text", repr(phrase), repr(envelope["message"]))


@rule("OIP-ERR-06")
def a_busy_gateway_is_named(scene: Scene) -> Judgement:
    """A 502 names the system behind in `detailedErrorMessage.gateway` and says more in `gatewayMessage`."""
    envelope, response = envelope_of(scene), scene.exchange.response
    if envelope is None or response is None or response.status not in (429, 502):
        return None
    detail = envelope.get("detailedErrorMessage")
    if response.status == 429:
        kept = detail is None or isinstance(detail, dict | str | list)
        return (
            KEPT if kept else Broken("detail of 429", "The detail of 429 has another form", "an object", repr(detail))
        )
    if isinstance(detail, dict) and all(isinstance(detail.get(name), str) for name in ("gateway", "gatewayMessage")):
        return KEPT
    return Broken(
        "detail of 502", "The gateway is not named", "gateway and gatewayMessage, both strings", repr(detail)[:200]
    )
