"""The judge of general rules: the same answer however exchanges are split, and when an answer is no fact about the target."""

from __future__ import annotations

import orjson
import pytest

from oip_conformance.contract import Contract, load_contract
from oip_conformance.evidence import Exchange, ReceivedResponse, SentRequest
from oip_conformance.evidence.exchange import FaultKind
from oip_conformance.verdict.outcome import CITED_AT_MOST, Outcome
from oip_conformance.verdict.state import State
from oip_conformance.verdict.tally import EVERY_EXCHANGE, TOLERATED_DROPS, Judge

URL = "http://127.0.0.1:8080/v4"
JSON = (("content-type", "application/json"),)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


def exchange(
    number: int,
    operation: str = "getStores",
    status: int | None = 200,
    body: bytes = b"{}",
    *,
    intent: str = "accept",
    fault: FaultKind | None = None,
    attempt: int = 1,
    why: str = "",
) -> Exchange:
    """One made-up exchange with an operation; without a status there was no answer."""
    answer = None if status is None else ReceivedResponse(status, JSON, body)
    sent = SentRequest("GET", f"{URL}/{operation}?number={number}")
    return Exchange(
        f"m-{number:06d}", "test", operation, intent, sent, answer, 0.0, 0.001, fault=fault, attempt=attempt, why=why
    )


def judged(contract: Contract, exchanges: list[Exchange]) -> Judge:
    judge = Judge(contract)
    for one in exchanges:
        judge.add(one)
    return judge


def said_of(outcomes: list[Outcome], requirement: str) -> list[Outcome]:
    return [one for one in outcomes if one.requirement == requirement]


def test_two_judges_together_say_what_one_says_of_all(contract: Contract) -> None:
    """Also by way of a file: what is cited, counted and shown does not depend on which process heard what."""
    exchanges = [exchange(number, status=500 if number % 3 == 0 else 200) for number in range(1, 40)]
    whole = judged(contract, exchanges)
    first = judged(contract, exchanges[:20])
    first.absorb(orjson.loads(orjson.dumps(judged(contract, exchanges[20:]).to_json())))
    assert first.outcomes() == whole.outcomes()
    assert all(len(one.exchanges) <= CITED_AT_MOST for one in whole.outcomes())


def test_the_smallest_request_that_shows_a_failure_is_the_one_shown(contract: Contract) -> None:
    long, short = exchange(1000001, status=500), exchange(2, status=500)
    for order in ([long, short], [short, long]):
        failures = [one for outcome in judged(contract, order).outcomes() for one in outcome.failures]
        assert failures
        assert {one.exchange for one in failures} == {"m-000002"}
        assert all(one.count == 2 for one in failures)


@pytest.mark.parametrize("drops", [0, TOLERATED_DROPS, TOLERATED_DROPS + 1])
def test_connections_lost_now_and_then_are_forgiven_and_many_are_not(contract: Contract, drops: int) -> None:
    """Each was answered on a second try."""
    lost = [exchange(number, status=None, fault="closed") for number in range(1, drops + 1)]
    again = [exchange(100 + number, attempt=2) for number in range(1, drops + 1)]
    outcomes = judged(contract, [exchange(99), *lost, *again]).outcomes()
    dropped = [one for one in outcomes if one.test == f"{EVERY_EXCHANGE} of the run"]
    if drops <= TOLERATED_DROPS:
        assert not dropped
        return
    assert [(one.requirement, one.state, one.reached) for one in dropped] == [("OIP-CORE-01", State.FAILED, drops)]
    assert dropped[0].failures[0].count == drops


def test_lost_connections_count_only_where_the_rule_is_in_scope(contract: Contract) -> None:
    judge = Judge(contract, {"OIP-CORE-10"})
    for number in range(TOLERATED_DROPS + 1):
        judge.add(exchange(number, status=None, fault="refused"))
    assert judge.outcomes() == []


def test_an_inferred_path_that_answers_404_to_everything_is_not_failed(contract: Contract) -> None:
    """It lies elsewhere, perhaps; the profile can say where. A documented path has no such excuse."""
    inferred = next(one.id for one in contract.operations.values() if one.path_source == "inferred")
    outcomes = judged(contract, [exchange(1, inferred, 404), exchange(2, inferred, 429)]).outcomes()
    assert outcomes
    assert {one.state for one in outcomes} == {State.INCONCLUSIVE}
    assert all(f"[operations.{inferred}]" in one.reason for one in outcomes)

    outcomes = judged(contract, [exchange(1, inferred, 404), exchange(2, inferred, 200)]).outcomes()
    assert State.INCONCLUSIVE not in {one.state for one in outcomes}

    documented = next(one.id for one in contract.operations.values() if one.path_source != "inferred")
    outcomes = judged(contract, [exchange(1, documented, 404)]).outcomes()
    assert State.INCONCLUSIVE not in {one.state for one in outcomes}


def test_a_refusal_proves_nothing_where_nothing_valid_succeeded(contract: Contract) -> None:
    """A server that rejects everything would pass otherwise."""
    refusal = orjson.dumps({"message": "no", "statusCode": 400})
    refused = [exchange(1, "updateMember", 400, refusal, intent="invalid", why="body: a missing field")]
    alone = said_of(judged(contract, refused).outcomes(), "OIP-NEG-01")
    assert [one.state for one in alone] == [State.NOT_TESTED]
    assert "proves nothing" in alone[0].reason
    beside = said_of(judged(contract, [*refused, exchange(2, "updateMember", 200)]).outcomes(), "OIP-NEG-01")
    assert beside
    assert State.NOT_TESTED not in {one.state for one in beside}

    other = judged(contract, [exchange(2, "updateMember", 200)])
    apart = judged(contract, refused)
    apart.absorb(orjson.loads(orjson.dumps(other.to_json())))
    assert said_of(apart.outcomes(), "OIP-NEG-01") == beside, "the valid twin may have been sent by another process"
