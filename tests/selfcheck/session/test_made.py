"""What a run made on a target is listed, whatever the target answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oip_conformance.evidence import Exchange, ReceivedResponse, SentRequest
from oip_conformance.session.made import made_by


def exchange(operation: str, status: int, sent: Any, answered: Any = None) -> Exchange:
    """A call of an operation, what was sent and what came back."""
    body = answered if isinstance(answered, bytes) else json.dumps(answered).encode()
    return Exchange(
        id="m-000001",
        test="a story",
        operation=operation,
        intent="story",
        request=SentRequest("POST", "http://127.0.0.1/v4", body=json.dumps(sent).encode()),
        response=ReceivedResponse(status, body=body),
        started=0.0,
        elapsed=0.0,
    )


RECEIPTS = {"ReceiptRequests": [{"Header": {"ReceiptId": "R-1", "StoreId": "S"}}, {"Header": {"ReceiptId": "R-2"}}]}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            exchange("createMember", 201, {}, {"data": {"id": "1", "externalId": "E"}}),
            [{"what": "customer", "id": "1", "externalId": "E"}],
        ),
        (exchange("createMember", 201, {}, b"<html>"), [{"what": "customer"}]),
        (exchange("createMember", 200, {}, {"data": {"id": "1"}}), []),
        (exchange("createMember", 409, {}, {}), []),
        (exchange("createCart", 200, {"cartId": "C"}), [{"what": "cart", "cartId": "C"}]),
        (exchange("createCart", 200, ["no cart"]), []),
        (
            exchange("addTransactions", 200, RECEIPTS),
            [
                {"what": "receipt", "receiptId": "R-1", "storeId": "S"},
                {"what": "receipt", "receiptId": "R-2", "storeId": ""},
            ],
        ),
        (exchange("addPaymentToken", 200, {"memberId": "M"}), [{"what": "payment card", "memberId": "M"}]),
        (exchange("getStores", 200, {}), []),
    ],
)
def test_what_was_made_is_known_by_its_identifiers(made: Exchange, expected: list[dict[str, str]]) -> None:
    """Only what succeeded counts; an answer that cannot be read still counts as a customer."""
    assert made_by(made) == expected
