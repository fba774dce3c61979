"""Words about receipts: sending them in batches, finding them again, comparing what is shown with what was sent."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any

from oip_conformance.generation.receipts import Line, batch, make_line, receipt
from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.members import Member, Way
from oip_conformance.scenario.numbers import in_ore, is_number
from oip_conformance.scenario.promotions import PromotionWords
from oip_conformance.scenario.signals import shown

Receipt = dict[str, Any]
"""One member of `ReceiptRequests`: a Header and its Items."""

COFFEE = Line("7049987090935", "Kaffe, svart", quantity=2, unit_price=4550, vat_rate=15)
LAMP = Line("VR1722775", "MINI JULETRE MED LED-LYS", quantity=1, unit_price=99990, discount=9999)

AMOUNTS = {"GrossAmount": "grossAmount", "Vat": "vat", "NetAmount": "netAmount", "Discount": "discount"}
"""How the amounts of a receipt and of its lines are called when sent, and when read."""


class ReceiptWords(PromotionWords):
    """Sentences about receipts."""

    def make_receipt(
        self,
        member: Member | str,
        *lines: Line,
        receipt_id: str | None = None,
        store: str | None = None,
        moment: dt.datetime | None = None,
        returns: bool = False,
    ) -> Receipt:
        """A receipt of a member, or of whoever has an identifier, with an id of its own; two lines where none are given."""
        return receipt(
            lines or (COFFEE, LAMP),
            receipt_id=receipt_id or self.fresh_id("receipt"),
            store_id=store or self.some_store(),
            customer_id=member if isinstance(member, str) else self.person_id(member),
            moment=moment or dt.datetime(2024, 6, 14, 15, 9, 26),
            kind="RETURN" if returns else "PURCHASE",
        )

    def make_receipts(self, member: Member, count: int, *, seed: int = 0) -> list[Receipt]:
        """So many receipts of a member with lines of all kinds."""
        draw = random.Random(seed)
        return [self.make_receipt(member, *(make_line(draw) for _ in range(draw.randint(1, 4)))) for _ in range(count)]

    def send_receipts(self, *receipts: Receipt) -> Answer:
        """Send a batch of receipts."""
        return self.call("addTransactions", json=batch(receipts))

    def receipts_answer(self, member: Member | str, by: Way | None = None) -> Answer:
        """Ask for the receipts of a member, or of whoever has an identifier."""
        holder = member if isinstance(member, str) else member.identifier(by) if by else self.person_id(member)
        return self.call("getTransactions", path={"customerId": holder})

    def numeric_id(self, kind: str) -> str:
        """A fresh identifier of digits only that begins with zeros."""
        digest = hashlib.sha256(self.fresh_id(kind).encode()).digest()
        return f"00{int.from_bytes(digest[:6], 'big') % 10**12:012d}"


def find_receipt(answer: Answer, sent: Receipt) -> Mapping[str, Any]:
    """The one entry of a list that is a receipt that was sent. Raises Unmet when there is none, or more than one."""
    wanted = sent["Header"]
    found = [
        item
        for item in answer.items()
        if isinstance(item, dict)
        and item.get("receiptId") == wanted["ReceiptId"]
        and item.get("storeId") in (None, wanted["StoreId"])
    ]
    if len(found) != 1:
        raise answer.unmet(f"receipt {wanted['ReceiptId']} once", f"{len(found)} times among {len(answer.items())}")
    return found[0]


def expect_amounts(answer: Answer, place: str, sent: Mapping[str, Any], listed: Mapping[str, Any]) -> None:
    """Every amount that was sent is shown to the øre. Raises Unmet naming the first that is not."""
    for name, name_shown in AMOUNTS.items():
        if name in sent and in_ore(listed.get(name_shown)) != in_ore(sent[name]):
            raise answer.unmet(f"{name_shown} {sent[name]} of {place}", shown(listed.get(name_shown)))


def rows_of(answer: Answer, listed: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The rows of a receipt. Raises Unmet when it has none."""
    rows = listed.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise answer.unmet(f"the rows of {listed.get('receiptId')}", shown(rows))
    return rows


def expect_line(answer: Answer, item: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """A row shows an item that was sent: its number, product, quantity, type and amounts."""
    place = f"line {item['LineNo']}"
    pairs = (("ProductId", "productId"), ("ProductName", "productName"), ("TransactionType", "transactionType"))
    for name, name_shown in pairs:
        if name in item and row.get(name_shown) != item[name]:
            raise answer.unmet(f"{name_shown} {item[name]!r} of {place}", shown(row.get(name_shown)))
    if not is_number(row.get("quantity")) or row["quantity"] != item["Quantity"]:
        raise answer.unmet(f"quantity {item['Quantity']} of {place}", shown(row.get("quantity")))
    expect_amounts(answer, place, item, row)


def line_number(answer: Answer, row: Mapping[str, Any]) -> float:
    """The number of a row, which is published as text. Raises Unmet when it is none."""
    try:
        return float(str(row.get("lineNo")))
    except ValueError:
        raise answer.unmet('a line number such as "1"', shown(row.get("lineNo"))) from None
