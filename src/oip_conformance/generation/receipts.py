"""Receipts whose sums add up: lines in øre, headers that total them, returns, batches of every size that matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from oip_conformance.generation.dates import make_moment, spell
from oip_conformance.generation.identifiers import make_guid

Kind = Literal["PURCHASE", "RETURN"]

LARGEST_BATCH = 400
"""How many receipts the documentation recommends at most in one call."""

BATCH_EDGES = (1, 2, 399, LARGEST_BATCH)

VAT_RATES = (25, 15, 12, 0)
"""Norwegian rates, in percent of the net amount."""

PRODUCTS = (
    ("VR1722775", "MINI JULETRE MED LED-LYS"),
    ("7049987090935", "Kaffe, svart"),
    ("000123", "Lue, blå"),
    ("ÆØÅ-1", "Rømmegrøt"),
)


@dataclass(frozen=True)
class Line:
    """One line of a receipt. Amounts are whole øre, VAT included; `quantity` is at least 1 and `discount` at most the
    full price."""

    product_id: str
    product_name: str
    quantity: int
    unit_price: int
    vat_rate: int = 25
    discount: int = 0

    @property
    def gross(self) -> int:
        """What is paid for the line, in øre."""
        return self.quantity * self.unit_price - self.discount

    @property
    def vat(self) -> int:
        """The part of it that is VAT, in øre."""
        return round(self.gross * self.vat_rate / (100 + self.vat_rate))


def receipt(
    lines: Sequence[Line],
    *,
    receipt_id: str,
    store_id: str,
    customer_id: str,
    moment: dt.datetime,
    kind: Kind = "PURCHASE",
) -> dict[str, Any]:
    """One member of `ReceiptRequests`. A return has negative quantities and positive amounts, as the sample has."""
    items = [
        {
            "ReceiptId": receipt_id,
            "LineNo": number,
            "Quantity": line.quantity if kind == "PURCHASE" else -line.quantity,
            "ProductId": line.product_id,
            "ProductName": line.product_name,
            "GrossAmount": _kroner(line.gross),
            "Vat": _kroner(line.vat),
            "NetAmount": _kroner(line.gross - line.vat),
            "Discount": _kroner(line.discount),
            "TransactionType": kind,
        }
        for number, line in enumerate(lines, start=1)
    ]
    gross, vat = sum(line.gross for line in lines), sum(line.vat for line in lines)
    header = {
        "StoreId": store_id,
        "EcrId": "1",
        "ReceiptId": receipt_id,
        "TimeStamp": spell(moment, "local"),
        "ConsumerId": customer_id,
        "GrossAmount": _kroner(gross),
        "Vat": _kroner(vat),
        "NetAmount": _kroner(gross - vat),
        "Discount": _kroner(sum(line.discount for line in lines)),
        "Currency": "NOK",
    }
    return {"Header": header, "Items": items}


def returned(original: dict[str, Any], *, receipt_id: str) -> dict[str, Any]:
    """The receipt of a customer who brings everything back."""
    items = [
        item | {"ReceiptId": receipt_id, "Quantity": -item["Quantity"], "TransactionType": "RETURN"}
        for item in original["Items"]
    ]
    return {"Header": original["Header"] | {"ReceiptId": receipt_id}, "Items": items}


def batch(receipts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The body of addTransactions."""
    return {"ReceiptRequests": list(receipts)}


def adds_up(of: dict[str, Any]) -> bool:
    """Whether net and VAT make gross on every line, and the lines make the header, to the øre."""
    header, items = of["Header"], of["Items"]
    return all(_net_and_vat_make_gross(part) for part in (header, *items)) and all(
        _ore(header[name]) == sum(_ore(item[name]) for item in items)
        for name in ("GrossAmount", "Vat", "NetAmount", "Discount")
    )


def make_line(random: Random) -> Line:
    """A line of one to five of a product."""
    product, name = random.choice(PRODUCTS)
    quantity, price = random.randint(1, 5), random.choice((1, 100, 1990, 79990, random.randint(1, 200_000)))
    discount = random.choice((0, 0, 0, quantity * price // 10))
    return Line(product, name, quantity, price, random.choice(VAT_RATES), discount)


def make_receipt(
    random: Random,
    *,
    store_id: str,
    customer_id: str,
    earliest: dt.datetime,
    latest: dt.datetime,
    lines: int | None = None,
    kind: Kind = "PURCHASE",
) -> dict[str, Any]:
    """A receipt of some lines at some moment, with a receipt id of its own."""
    return receipt(
        [make_line(random) for _ in range(lines or random.randint(1, 6))],
        receipt_id=make_guid(random),
        store_id=store_id,
        customer_id=customer_id,
        moment=make_moment(random, earliest, latest),
        kind=kind,
    )


def lines_of_receipts() -> SearchStrategy[Line]:
    """Lines, with one øre, a full discount, odd øre and every VAT rate among them."""
    return st.builds(
        lambda product, quantity, price, rate, share: Line(
            product[0], product[1], quantity, price, rate, quantity * price * share // 100
        ),
        st.sampled_from(PRODUCTS),
        st.integers(1, 100),
        st.one_of(st.integers(1, 500_000), st.sampled_from([1, 3, 99, 181_780])),
        st.sampled_from(VAT_RATES),
        st.sampled_from([0, 0, 0, 10, 33, 100]),
    )


def receipts(store_id: str, customer_id: str) -> SearchStrategy[dict[str, Any]]:
    """Purchases and returns of one to twenty lines, of 2024."""
    return st.builds(
        lambda lines, seed, minutes, kind: receipt(
            lines,
            receipt_id=make_guid(Random(seed)),
            store_id=store_id,
            customer_id=customer_id,
            moment=dt.datetime(2024, 1, 1) + dt.timedelta(minutes=minutes),
            kind=kind,
        ),
        st.lists(lines_of_receipts(), min_size=1, max_size=20),
        st.integers(0, 2**32),
        st.integers(0, 366 * 24 * 60 - 1),
        st.sampled_from(["PURCHASE", "PURCHASE", "RETURN"]),
    )


def batches(store_id: str, customer_id: str, largest: int = LARGEST_BATCH) -> SearchStrategy[dict[str, Any]]:
    """Batches of receipts up to a size; one, two, the largest and one less are frequent."""
    edges = [size for size in (*BATCH_EDGES, largest) if size <= largest]
    sizes = st.one_of(st.integers(1, min(largest, 12)), st.sampled_from(edges), st.sampled_from(edges))

    def build(size: int, seed: int) -> dict[str, Any]:
        random = Random(seed)
        first, last = dt.datetime(2024, 1, 1), dt.datetime(2024, 12, 31)
        return batch(
            make_receipt(random, store_id=store_id, customer_id=customer_id, earliest=first, latest=last)
            for _ in range(size)
        )

    return st.builds(build, sizes, st.integers(0, 2**32))


def _kroner(ore: int) -> float:
    return ore / 100


def _ore(kroner: float) -> int:
    return round(kroner * 100)


def _net_and_vat_make_gross(part: dict[str, Any]) -> bool:
    return _ore(part["NetAmount"]) + _ore(part["Vat"]) == _ore(part["GrossAmount"])
