"""Rules on what is accepted and what is refused, for requests whose intent was decided before they were sent.

An exchange carries its intent: "accept" must succeed, "invalid" must be refused. That a refusal has the right reason is
known from the valid twin: outcomes of "invalid" count only where the same run saw the operation succeed.
"""

from __future__ import annotations

from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule
from oip_conformance.oracle.status import is_refused_before_the_operation

NEEDS_A_VALID_TWIN = frozenset({"OIP-NEG-01", "OIP-NEG-02", "OIP-NEG-03", "OIP-NEG-04"})
"""Requirements whose outcome counts only for operations that accepted a valid request in the same run."""

_UNDECIDED = frozenset({401, 403, 429, 502})


@rule("OIP-POS-01")
def a_conforming_request_is_accepted(scene: Scene) -> Judgement:
    """A request that conforms to the contract and names existing records succeeds; a clash (409) is an answer too."""
    response, operation = scene.exchange.response, scene.operation
    if scene.exchange.intent != "accept" or response is None or operation is None or response.status in _UNDECIDED:
        return None
    if response.status < 400 or (response.status == 409 and operation.documents(409)):
        return KEPT
    return Broken(
        f"valid request answered {response.status}",
        "A valid request is refused",
        "success: the request conforms to the contract and names existing records",
        f"status {response.status}: {response.text[:160]}",
    )


@rule("OIP-NEG-01")
def a_body_that_breaks_the_contract_is_refused(scene: Scene) -> Judgement:
    """A body that violates the published schema is refused with 400."""
    return _refused(scene, "body")


@rule("OIP-NEG-02")
def a_parameter_that_breaks_the_contract_is_refused(scene: Scene) -> Judgement:
    """A path, query or header parameter that violates the contract is refused with 400, or names nothing (404)."""
    return _refused(scene, "path", "query", "header")


@rule("OIP-NEG-03")
def malformed_json_is_refused(scene: Scene) -> Judgement:
    """A body that is no JSON document is refused with 400."""
    return _refused(scene, "syntax")


@rule("OIP-NEG-04")
def a_wrong_content_type_is_refused(scene: Scene) -> Judgement:
    """A content type that the operation does not take is refused."""
    return _refused(scene, "media type")


def _refused(scene: Scene, *places: str) -> Judgement:
    exchange, operation = scene.exchange, scene.operation
    if exchange.intent != "invalid" or exchange.response is None or operation is None:
        return None
    where, _, what = exchange.why.partition(":")
    if where not in places:
        return None
    status = exchange.response.status
    if status == 400 or (status in (404, 409) and operation.documents(status)):
        return KEPT
    if status in (413, 415) and where in ("media type", "syntax"):
        return KEPT
    if is_refused_before_the_operation(exchange, operation):
        return KEPT
    if status in _UNDECIDED or status >= 500:
        return None
    return Broken(
        f"{where}: invalid request answered {status}",
        "An invalid request is accepted" if status < 400 else "An invalid request is refused in another way",
        f"400 in the envelope, because of {where}: {what.strip() or 'a violation'}",
        f"status {status}",
    )
