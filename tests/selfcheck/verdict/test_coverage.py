"""Coverage: what of the contract was reached, whichever exchange reached it and in whichever process."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from oip_conformance.contract import Contract, Operation, load_contract
from oip_conformance.evidence import Exchange, ReceivedResponse, SentRequest
from oip_conformance.verdict.coverage import CoverageTally, request_fields

URL = "http://127.0.0.1:8080/v4"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


def update(number: int, data: dict[str, object], status: int = 200) -> Exchange:
    """One made-up update of a customer."""
    return Exchange(
        id=f"m-{number:06d}",
        test="story",
        operation="updateMember",
        intent="valid",
        request=SentRequest("PUT", f"{URL}/customers", (), orjson.dumps({"data": data})),
        response=ReceivedResponse(status, (), b"{}"),
        started=0.0,
        elapsed=0.001,
    )


def tally_of(contract: Contract, exchanges: list[Exchange]) -> CoverageTally:
    tally = CoverageTally()
    for exchange in exchanges:
        tally.add(exchange, contract.operation("updateMember"))
    return tally


def missed(contract: Contract, tally: CoverageTally) -> set[str]:
    return set(tally.statement(contract, ["updateMember"], "standard")["fields"]["missed"])


def test_a_field_counts_however_late_it_is_sent(contract: Contract) -> None:
    exchanges = [update(number, {"id": "1"}) for number in range(500)] + [update(500, {"id": "1", "zip": "0150"})]
    left = missed(contract, tally_of(contract, exchanges))
    assert not {"updateMember /data/id", "updateMember /data/zip"} & left
    assert "updateMember /data/email" in left


def test_a_refused_request_reaches_no_field(contract: Contract) -> None:
    assert "updateMember /data/zip" in missed(contract, tally_of(contract, [update(0, {"zip": "0150"}, 400)]))


def test_the_statement_is_the_same_in_whatever_order_and_split(contract: Contract) -> None:
    exchanges = [update(number, {name: "x"}) for number, name in enumerate(["id"] * 60 + ["zip", "city", "email"])]
    whole = tally_of(contract, exchanges).statement(contract, ["updateMember"], "standard")
    assert tally_of(contract, exchanges[::-1]).statement(contract, ["updateMember"], "standard") == whole
    first = tally_of(contract, exchanges[:61])
    first.merge(CoverageTally.from_json(orjson.loads(orjson.dumps(tally_of(contract, exchanges[61:]).to_json()))))
    assert first.statement(contract, ["updateMember"], "standard") == whole


def test_names_that_the_contract_does_not_know_are_not_kept(contract: Contract) -> None:
    tally = tally_of(contract, [update(number, {f"made up {number}": 1}) for number in range(50)])
    assert set(tally.to_json()["reached"]["updateMember"]["sent"]) == {"/data"}
    assert "/data/consents/acceptsSms" in request_fields(contract.operation("updateMember"))


def test_a_body_that_is_no_json_reaches_no_field_and_breaks_nothing(contract: Contract) -> None:
    """A server that accepts one anyhow is judged elsewhere."""
    sent = update(0, {"zip": "0150"})
    cut_off = replace(sent, request=replace(sent.request, body=b'{"data": {"zip": "01'))
    assert "updateMember /data/zip" in missed(contract, tally_of(contract, [cut_off]))


def test_what_got_no_answer_or_belongs_to_no_operation_is_counted_as_just_that(contract: Contract) -> None:
    """Faults add up over processes; a request outside the contract reaches nothing of it."""
    silent = replace(update(0, {"id": "1"}), response=None, fault="timeout")
    tally = tally_of(contract, [silent])
    tally.merge(tally_of(contract, [silent, update(1, {"id": "1"})]))
    tally.add(replace(update(2, {}), operation=None), None)
    traffic = tally.traffic()
    assert traffic["exchanges"] == 4
    assert traffic["faults"] == {"timeout": 2}
    assert traffic["by_operation"]["updateMember"]["count"] == 3
    assert traffic["by_operation"]["updateMember"]["statuses"] == {"200": 1}


def taking(contract: Contract, schema: object) -> Operation:
    """An operation whose body has this schema."""
    media = {"request": {"application/json": {"schema": schema}}}
    return replace(contract.operation("updateMember"), content=media, request_media_types=("application/json",))


def test_fields_are_found_in_lists_and_alternatives(contract: Contract) -> None:
    schema = {
        "type": "array",
        "items": {
            "oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {"items": {"properties": {"c": {}}}}}}, True]
        },
    }
    assert request_fields(taking(contract, schema)) == {"[]/a", "[]/b", "[]/b[]/c"}
