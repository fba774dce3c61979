"""What an exchange left on the target: customers, carts and receipts, so that whoever owns it can find them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import orjson

from oip_conformance.evidence import Exchange

Made = dict[str, str]
"""One record: `what` it is, and the identifiers under which the target knows it."""


def made_by(exchange: Exchange) -> list[Made]:
    """The records that a successful exchange made, none for any other. Never raises, whatever came back."""
    maker = _MAKERS.get(exchange.operation or "")
    if maker is None or exchange.response is None or not 200 <= exchange.response.status < 300:
        return []
    try:
        return list(maker(exchange))
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _customer(exchange: Exchange) -> Iterator[Made]:
    assert exchange.response is not None
    if exchange.response.status != 201:
        return
    identity: Made = {"what": "customer"}
    try:
        data = exchange.response.json["data"]
        identity |= {name: str(data[name]) for name in ("id", "mobilePhone", "externalId") if data.get(name)}
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    yield identity


def _cart(exchange: Exchange) -> Iterator[Made]:
    yield {"what": "cart", "cartId": str(orjson.loads(exchange.request.body)["cartId"])}


def _receipts(exchange: Exchange) -> Iterator[Made]:
    for receipt in orjson.loads(exchange.request.body)["ReceiptRequests"]:
        header = receipt["Header"]
        yield {"what": "receipt", "receiptId": str(header["ReceiptId"]), "storeId": str(header.get("StoreId", ""))}


def _card(exchange: Exchange) -> Iterator[Made]:
    yield {"what": "payment card", "memberId": str(orjson.loads(exchange.request.body)["memberId"])}


_MAKERS: Mapping[str, Callable[[Exchange], Iterator[Made]]] = {
    "createMember": _customer,
    "createCart": _cart,
    "addTransactions": _receipts,
    "addPaymentToken": _card,
}
