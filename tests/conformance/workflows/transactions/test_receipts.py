"""Receipts: what is sent is what is listed, to the øre, the line and the second."""

from __future__ import annotations

import datetime as dt

import pytest

from oip_conformance.generation.dates import TURNING_POINTS
from oip_conformance.generation.receipts import Line, batch, returned
from oip_conformance.scenario import Member, NotTested, Oip, requirement
from oip_conformance.scenario.moments import local_time
from oip_conformance.scenario.numbers import in_ore
from oip_conformance.scenario.receipts import (
    COFFEE,
    LAMP,
    expect_amounts,
    expect_line,
    find_receipt,
    line_number,
    rows_of,
)

ODD = (
    Line("1", "Skrue", quantity=3, unit_price=1),
    Line("2", "Brød", quantity=7, unit_price=3333, vat_rate=15, discount=1),
    Line("3", "Bok", quantity=1, unit_price=29990, vat_rate=0),
    Line("4", "Kjøkken", quantity=1, unit_price=123456789),
    Line("5", "Gave", quantity=1, unit_price=9900, discount=9900),
)
"""Lines whose amounts are lost by binary fractions, whole kroner or a rounding too many."""


@requirement("OIP-TRX-01")
def test_a_receipt_is_read_back(oip: Oip, member: Member) -> None:
    """It is listed with its receipt id, store and day."""
    sent = oip.make_receipt(member)
    oip.send_receipts(sent).expect(200)

    answer = oip.receipts_answer(member).expect(200)

    listed = find_receipt(answer, sent)
    if listed.get("storeId") != sent["Header"]["StoreId"]:
        raise answer.unmet(f"storeId {sent['Header']['StoreId']}", repr(listed.get("storeId")))
    shown, wanted = local_time(listed.get("receiptDate")), local_time(sent["Header"]["TimeStamp"])
    if shown is None or wanted is None or shown.date() != wanted.date():
        raise answer.unmet(f"receiptDate {wanted}", repr(listed.get("receiptDate")))


@requirement("OIP-TRX-01")
def test_the_published_samples_are_read_back(oip: Oip, member: Member) -> None:
    """The purchase and the return of the documentation, with their identifiers replaced, are stored and listed."""
    samples = oip.contract.operation("addTransactions").request_examples("application/json").values()
    for sample in samples:
        for one in sample["ReceiptRequests"]:
            own = {
                "ReceiptId": oip.fresh_id("receipt"),
                "ConsumerId": oip.person_id(member),
                "StoreId": oip.some_store(),
            }
            items = [item | {"ReceiptId": own["ReceiptId"]} for item in one["Items"]]
            sent = {"Header": one["Header"] | own, "Items": items}
            oip.send_receipts(sent).expect(200)
            find_receipt(oip.receipts_answer(member).expect(200), sent)


@requirement("OIP-TRX-02")
def test_amounts_are_kept_to_the_ore(oip: Oip, member: Member) -> None:
    """Gross, VAT, net and discount of the receipt come back as they were sent."""
    receipts = [oip.make_receipt(member, line) for line in ODD] + [oip.make_receipt(member, *ODD)]
    oip.send_receipts(*receipts).expect(200)
    answer = oip.receipts_answer(member).expect(200)
    for sent in receipts:
        expect_amounts(answer, sent["Header"]["ReceiptId"], sent["Header"], find_receipt(answer, sent))


@requirement("OIP-TRX-16")
def test_every_line_is_kept(oip: Oip, member: Member) -> None:
    """Lines sent and listed in any order are each read back once, by their numbers, with product, quantity and amounts."""
    sent = oip.make_receipt(member, *(COFFEE, *ODD, LAMP) * 4)
    shuffled = sent | {"Items": sent["Items"][7:] + sent["Items"][:7][::-1]}
    oip.send_receipts(shuffled).expect(200)

    answer = oip.receipts_answer(member).expect(200)

    rows = sorted(rows_of(answer, find_receipt(answer, sent)), key=lambda row: line_number(answer, row))
    numbers = [line_number(answer, row) for row in rows]
    if numbers != [item["LineNo"] for item in sent["Items"]]:
        raise answer.unmet(f"lines 1 to {len(sent['Items'])} once each", f"{numbers}")
    for item, row in zip(sent["Items"], rows, strict=True):
        expect_line(answer, item, row)


@requirement("OIP-TRX-16")
def test_a_part_of_a_piece_is_kept(oip: Oip, member: Member) -> None:
    """Goods that are weighed: the quantity comes back as the number it is."""
    sent = oip.make_receipt(member, COFFEE, LAMP)
    sent["Items"][0]["Quantity"] = 0.345
    oip.require_valid("addTransactions", batch([sent]))
    oip.send_receipts(sent).expect(200)
    answer = oip.receipts_answer(member).expect(200)
    rows = sorted(rows_of(answer, find_receipt(answer, sent)), key=lambda row: line_number(answer, row))
    if [row.get("quantity") for row in rows] != [0.345, 1]:
        raise answer.unmet("quantities 0.345 and 1", f"{[row.get('quantity') for row in rows]}")


@requirement("OIP-TRX-04")
def test_the_rows_add_up_to_the_receipt(oip: Oip, member: Member, run_seed: int) -> None:
    """The gross amounts of the rows make that of the receipt, for receipts of all kinds."""
    receipts = [*oip.make_receipts(member, 20, seed=run_seed), oip.make_receipt(member, *ODD)]
    oip.send_receipts(*receipts).expect(200)
    answer = oip.receipts_answer(member).expect(200)
    for sent in receipts:
        listed = find_receipt(answer, sent)
        rows = [in_ore(row.get("grossAmount")) for row in rows_of(answer, listed)]
        total = in_ore(listed.get("grossAmount"))
        if total is None or None in rows or sum(map(int, filter(None, rows))) != total:
            raise answer.unmet(f"rows that make {total} øre of {sent['Header']['ReceiptId']}", f"{rows}")


@requirement("OIP-TRX-06")
def test_a_return_is_read_back_as_a_return(oip: Oip, member: Member) -> None:
    """Type and negative quantity are kept, and the purchase stays a purchase."""
    bought = oip.make_receipt(member)
    brought_back = returned(bought, receipt_id=oip.fresh_id("receipt"))
    oip.send_receipts(bought).expect(200)

    oip.send_receipts(brought_back).expect(200)

    answer = oip.receipts_answer(member).expect(200)
    for sent in (bought, brought_back):
        rows = sorted(rows_of(answer, find_receipt(answer, sent)), key=lambda row: line_number(answer, row))
        if len(rows) != len(sent["Items"]):
            raise answer.unmet(f"{len(sent['Items'])} rows", f"{len(rows)}")
        for item, row in zip(sent["Items"], rows, strict=True):
            got = (row.get("transactionType"), row.get("quantity"))
            if got != (item["TransactionType"], item["Quantity"]):
                raise answer.unmet(f"{item['TransactionType']} of {item['Quantity']}", f"{got[0]} of {got[1]}")


@requirement("OIP-TRX-06")
def test_a_receipt_may_hold_purchases_and_returns(oip: Oip, member: Member) -> None:
    """An exchange at the till: one line is bought and one is brought back, and each keeps its type and sign."""
    sent = oip.make_receipt(member, COFFEE, LAMP)
    sent["Items"][1] |= {"TransactionType": "RETURN", "Quantity": -1}
    oip.send_receipts(sent).expect(200)
    answer = oip.receipts_answer(member).expect(200)
    rows = rows_of(answer, find_receipt(answer, sent))
    got = {line_number(answer, row): (row.get("transactionType"), row.get("quantity")) for row in rows}
    if got != {1.0: ("PURCHASE", 2), 2.0: ("RETURN", -1)}:
        raise answer.unmet("a purchase of 2 and a return of -1", f"{got}")


@requirement("OIP-TRX-13")
@pytest.mark.parametrize("name", [name for name, at in TURNING_POINTS.items() if at.year > 2000 and at.year < 2026])
def test_the_time_of_a_receipt_is_kept(oip: Oip, member: Member, name: str) -> None:
    """The local time of the till comes back to the second, also where calendars and clocks turn."""
    moment = TURNING_POINTS[name].replace(microsecond=0)
    near_midnight = dt.datetime.combine(moment.date(), dt.time(23, 59, 59))
    receipts = [oip.make_receipt(member, moment=at) for at in (moment, near_midnight)]
    oip.send_receipts(*receipts).expect(200)
    answer = oip.receipts_answer(member).expect(200)
    for sent in receipts:
        shown = find_receipt(answer, sent).get("receiptDate")
        if local_time(shown) != local_time(sent["Header"]["TimeStamp"]):
            raise answer.unmet(f"receiptDate {sent['Header']['TimeStamp']}", repr(shown))


@requirement("OIP-TRX-15")
def test_ids_are_text(oip: Oip, member: Member) -> None:
    """Receipt and product ids with leading zeros, letters or the look of a number come back unchanged."""
    digits = oip.numeric_id("receipt")
    ids = [digits, digits.lstrip("0"), f"{oip.fresh_id('receipt')}-æ", f"0x{digits}", f"{digits}.0", f"{digits}e1"]
    products = ["000123", "0000", "1e5", "12.50", "ÆØÅ-1", "123"]
    lines = [Line(product, f"Vare {product}", 1, 100) for product in products]
    receipts = [oip.make_receipt(member, *lines, receipt_id=one) for one in ids]
    oip.send_receipts(*receipts).expect(200)
    answer = oip.receipts_answer(member).expect(200)
    for sent in receipts:
        rows = sorted(rows_of(answer, find_receipt(answer, sent)), key=lambda row: line_number(answer, row))
        if [row.get("productId") for row in rows] != products:
            raise answer.unmet(f"the products {products}", f"{[row.get('productId') for row in rows]}")


@requirement("OIP-TRX-15")
def test_the_store_of_a_receipt_is_kept(oip: Oip, member: Member) -> None:
    """Each store comes back as it was written, letter by letter."""
    stores = oip.profile.fixtures.stores
    if len(stores) < 2:
        raise NotTested("[fixtures] stores of the profile names fewer than two stores")
    receipts = [oip.make_receipt(member, store=store) for store in stores]
    oip.send_receipts(*receipts).expect(200)
    answer = oip.receipts_answer(member).expect(200)
    for sent in receipts:
        got = find_receipt(answer, sent).get("storeId")
        if got != sent["Header"]["StoreId"]:
            raise answer.unmet(f"storeId {sent['Header']['StoreId']!r}", repr(got))
