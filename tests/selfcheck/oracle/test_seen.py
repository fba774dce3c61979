"""An equal body is looked at once, and what is known of it is never told of a response that differs in what counts."""

from __future__ import annotations

from dataclasses import replace

from oip_conformance.contract import load_contract
from oip_conformance.evidence import Exchange, ReceivedResponse, SentRequest
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import general_rules
from oip_conformance.oracle.seen import Seen

CONTRACT = load_contract()
JSON = (("content-type", "application/json"),)


def test_what_is_found_is_found_once_also_when_it_is_nothing() -> None:
    looked: list[str] = []
    seen: Seen[None] = Seen()
    for key in ("a", "b", "a"):
        assert seen(key, lambda key=key: looked.append(key)) is None  # type: ignore[misc]
    assert looked == ["a", "b"]


def test_no_more_is_kept_than_was_said() -> None:
    looked: list[int] = []
    seen: Seen[None] = Seen(at_most=2)
    for key in (1, 2, 3, 3, 1):
        seen(key, lambda key=key: looked.append(key))  # type: ignore[misc]
    assert looked == [1, 2, 3, 1]


def judged(rule: str, exchange: Exchange) -> Judgement:
    scene = Scene(exchange, CONTRACT.operations[exchange.operation or ""], CONTRACT)
    return next(one for one in general_rules() if one.name == rule).judge(scene)


def answered(body: bytes, operation: str = "getStores", status: int = 200, headers=JSON, sent: bytes = b"") -> Exchange:
    request = SentRequest("GET", "http://localhost/v4/x", (), sent)
    response = ReceivedResponse(status, headers, body)
    return Exchange("m-000001", "t", operation, "story", request, response, 0.0, 0.0)


def test_the_same_body_is_judged_by_what_it_answers() -> None:
    """By its operation, its status and its content type; the order of asking does not matter."""
    for _ in range(2):
        for rule in ("the_body_conforms_to_its_schema", "schemathesis_response_schema_conformance"):
            assert judged(rule, answered(b"[]")) is KEPT
            assert isinstance(judged(rule, answered(b"[]", "getCustomerById")), Broken)
            assert isinstance(judged(rule, answered(b"[]", status=401)), Broken)
        assert (
            judged("the_body_conforms_to_its_schema", answered(b"[]", headers=(("content-type", "text/html"),))) is None
        )


def test_a_trace_is_one_unless_it_was_sent() -> None:
    body = b'{"message": "Traceback (most recent call last) and /usr/lib/python3/x.py"}'
    shows = answered(body)
    for _ in range(2):
        broken = judged("no_internals_are_shown", shows)
        assert isinstance(broken, Broken)
        assert broken.cause == "shows a Python traceback"
        other = judged("no_internals_are_shown", answered(body, sent=b"Traceback (most recent call last)"))
        assert isinstance(other, Broken)
        assert other.cause == "shows a path of the server"
        assert judged("no_internals_are_shown", answered(body, sent=body)) is KEPT
        assert judged("no_internals_are_shown", replace(shows, response=ReceivedResponse(200, JSON, b"[]"))) is KEPT
