"""Batches of receipts: all of them or none, once each, for the one they belong to."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from oip_conformance.generation.receipts import BATCH_EDGES
from oip_conformance.scenario import Answer, Member, NotTested, Oip, requirement
from oip_conformance.scenario.comparing import at_once, expect_same
from oip_conformance.scenario.receipts import Receipt, find_receipt

BROKEN = {
    "without a receipt id": lambda one: one["Header"].pop("ReceiptId"),
    "without a store": lambda one: one["Header"].pop("StoreId"),
    "amount as text": lambda one: one["Header"].update(GrossAmount="mye"),
    "unknown type of line": lambda one: one["Items"][0].update(TransactionType="GIFT"),
    "lines that are no list": lambda one: one.update(Items={}),
}
"""What makes one receipt of a batch invalid."""


def expect_each_once(answer: Answer, sent: list[str]) -> None:
    """The receipts of a list are these, once each."""
    shown = Counter(str(answer.at(position, "receiptId")) for position in range(len(answer.items())))
    lost, more = [one for one in sent if not shown[one]], [one for one in shown if shown[one] > 1]
    if lost or more or len(shown) != len(sent):
        raise answer.unmet(f"{len(sent)} receipts once each", f"{len(lost)} missing, {len(more)} repeated")


@requirement("OIP-TRX-05")
@pytest.mark.parametrize("size", BATCH_EDGES)
def test_all_receipts_of_a_batch_are_stored(oip: Oip, member: Member, size: int) -> None:
    """Whatever the size of the batch up to 400, every member has exactly the receipts that were sent."""
    members = [member, oip.create_member(), oip.create_member()][:size]
    receipts = [oip.make_receipt(members[position % len(members)]) for position in range(size)]
    oip.send_receipts(*receipts).expect(200)
    for position, one in enumerate(members):
        own = [sent["Header"]["ReceiptId"] for sent in receipts[position :: len(members)]]
        expect_each_once(oip.receipts_answer(one).expect(200), own)


@requirement("OIP-TRX-07")
def test_a_receipt_sent_again_is_listed_once(oip: Oip, member: Member) -> None:
    """Sent twice in two calls, and in a batch with a new one, it stays one receipt with the same content."""
    sent, new = oip.make_receipt(member), oip.make_receipt(member)
    oip.send_receipts(sent).expect(200)
    first = find_receipt(oip.receipts_answer(member).expect(200), sent)

    oip.send_receipts(sent).expect(200)
    oip.send_receipts(new, sent).expect(200)

    answer = oip.receipts_answer(member).expect(200)
    expect_each_once(answer, [sent["Header"]["ReceiptId"], new["Header"]["ReceiptId"]])
    expect_same(answer, first, find_receipt(answer, sent))


@requirement("OIP-TRX-07")
def test_the_same_number_in_another_store_is_another_receipt(oip: Oip, member: Member) -> None:
    """A receipt is known by store and receipt id together: two stores count from one as well."""
    stores = oip.profile.fixtures.stores
    if len(stores) < 2:
        raise NotTested("[fixtures] stores of the profile names fewer than two stores")
    number = oip.fresh_id("receipt")
    receipts = [oip.make_receipt(member, receipt_id=number, store=store) for store in stores[:2]]
    for sent in receipts:
        oip.send_receipts(sent).expect(200)
    answer = oip.receipts_answer(member).expect(200)
    if sorted(str(item.get("storeId")) for item in answer.items()) != sorted(stores[:2]):
        raise answer.unmet(f"one receipt {number} of each of {stores[:2]}", repr(answer.json)[:160])


@requirement("OIP-TRX-08")
@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_batch_with_an_invalid_receipt_is_refused_whole(oip: Oip, member: Member, how: str, position: int) -> None:
    """One of three is invalid: the answer is 400 and none is listed. Mended, all three are."""
    receipts: list[Receipt] = [oip.make_receipt(member) for _ in range(3)]
    batch: list[Any] = [{"Header": dict(one["Header"]), "Items": [dict(i) for i in one["Items"]]} for one in receipts]
    BROKEN[how](batch[position])

    oip.send_receipts(*batch).expect_error(400)

    answer = oip.receipts_answer(member).expect(200)
    if answer.items():
        raise answer.unmet("no receipt of a refused batch", f"{len(answer.items())}")
    oip.send_receipts(*receipts).expect(200)
    expect_each_once(oip.receipts_answer(member).expect(200), [one["Header"]["ReceiptId"] for one in receipts])


@requirement("OIP-TRX-08")
@pytest.mark.parametrize("how", ["of a consumer that nobody is", "with a purchase of less than nothing"])
def test_a_batch_that_a_rule_refuses_leaves_nothing(oip: Oip, member: Member, how: str) -> None:
    """Whether the last receipt of three is refused is the account's choice; when it is, the others are not there either."""
    *good, odd = (oip.make_receipt(member) for _ in range(3))
    if how == "of a consumer that nobody is":
        odd = odd | {"Header": odd["Header"] | {"ConsumerId": oip.nobody()}}
    else:
        odd = odd | {"Items": [item | {"Quantity": -1, "TransactionType": "PURCHASE"} for item in odd["Items"]]}

    refused = oip.send_receipts(*good, odd).expect(200, 400).status == 400

    answer = oip.receipts_answer(member).expect(200)
    stored = {str(answer.at(position, "receiptId")) for position in range(len(answer.items()))}
    ids = {one["Header"]["ReceiptId"] for one in good}
    wanted = set() if refused else ids
    if stored & ids != wanted:
        raise answer.unmet(f"{len(wanted)} of the {len(ids)} other receipts", f"{len(stored & ids)}")


@requirement("OIP-TRX-09")
def test_a_receipt_belongs_to_its_consumer(oip: Oip, member: Member) -> None:
    """Of one batch for two members each sees the own receipt, and a third sees none."""
    other, third = oip.create_member(), oip.create_member()
    own, others = oip.make_receipt(member), oip.make_receipt(other)
    oip.send_receipts(own, others).expect(200)
    for one, expected in ((member, [own]), (other, [others]), (third, [])):
        answer = oip.receipts_answer(one).expect(200)
        expect_each_once(answer, [sent["Header"]["ReceiptId"] for sent in expected])


@requirement("OIP-TRX-10")
def test_without_receipts_the_list_is_empty(oip: Oip, member: Member) -> None:
    """A member who bought nothing has an empty list, until something is bought."""
    answer = oip.receipts_answer(member).expect(200)
    if answer.items():
        raise answer.unmet("an empty list", f"{len(answer.items())} receipts")
    oip.send_receipts(sent := oip.make_receipt(member)).expect(200)
    find_receipt(oip.receipts_answer(member).expect(200), sent)


@requirement("OIP-TRX-11")
def test_receipts_of_nobody_are_404(oip: Oip, member: Member) -> None:
    """An id that nobody has answers 404 in the envelope; a member's answers 200."""
    oip.receipts_answer(member).expect(200)
    oip.receipts_answer(oip.nobody()).expect_enveloped(404)


@requirement("OIP-TRX-12")
def test_every_kind_of_id_names_the_same_member(oip: Oip, member: Member) -> None:
    """Receipts sent with each identifier are one member's, and asked for by each they are the same list."""
    ways = oip.profile.identifiers.customer
    receipts = [oip.make_receipt(member.identifier(way)) for way in ways]
    oip.send_receipts(*receipts).expect(200)

    answers = [oip.receipts_answer(member, by=way).expect(200) for way in ways]

    for answer in answers:
        expect_each_once(answer, [sent["Header"]["ReceiptId"] for sent in receipts])
        for sent in receipts:
            expect_same(answer, find_receipt(answers[0], sent), find_receipt(answer, sent))


@requirement("OIP-TRX-14")
def test_parallel_batches_lose_no_receipt(oip: Oip, member: Member) -> None:
    """Eight tills send five receipts each at once, two of them the same batch: each receipt is listed once."""
    batches = [[oip.make_receipt(member) for _ in range(5)] for _ in range(7)]
    calls = [lambda one=one: oip.send_receipts(*one).expect(200) for one in [*batches, batches[0]]]

    at_once(calls)

    answer = oip.receipts_answer(member).expect(200)
    expect_each_once(answer, [sent["Header"]["ReceiptId"] for one in batches for sent in one])
