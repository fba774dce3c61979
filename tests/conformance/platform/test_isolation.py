"""Isolation: with another account's key, a member and everything of the member is as if it were not there."""

from __future__ import annotations

from typing import Any

from oip_conformance.scenario import Answer, Member, Oip, requirement
from oip_conformance.scenario.comparing import expect_same, mentions
from oip_conformance.scenario.members import Way
from oip_conformance.scenario.numbers import number_at

WAYS: tuple[Way, ...] = ("id", "mobilePhone", "externalId")


def expect_hidden(answer: Answer, member: Member) -> None:
    """The answer shows nothing of a member: a refusal, or nothing in it that is the member's.

    A short id may be counted, and each account may count for itself; only one that nobody else can have tells.
    """
    telling = [member.mobile_phone, member.external_id, member.id if len(member.id) >= 16 else None]
    if answer.succeeded and any(mentions(answer.said, one) for one in telling if one):
        raise answer.unmet("nothing of another account's member", answer.what_came())


@requirement("OIP-ISO-01")
def test_another_accounts_customers_cannot_be_read(oip: Oip, member: Member) -> None:
    """By each identifier the owner finds the member, the other account nobody."""
    stranger = oip.as_second_tenant()
    for way in WAYS:
        oip.read(member, by=way).expect(200)
        stranger.read(member, by=way).expect(404)


@requirement("OIP-ISO-02")
def test_another_accounts_customers_cannot_be_changed(oip: Oip, member: Member) -> None:
    """An update with the other key is refused, and the customer stays."""
    stranger, before = oip.as_second_tenant(), oip.record_of(member)
    stranger.update(member, city="Kapret").expect_refused()
    stranger.update_by_external_id(member, city="Kapret").expect_refused()
    after = oip.read(member).expect(200)
    expect_same(after, before, after.at("data"))


@requirement("OIP-ISO-03")
def test_accounts_do_not_share_their_identifiers(oip: Oip, member: Member) -> None:
    """The same phone number and external id are free in the other account."""
    stranger = oip.as_second_tenant()
    twin = stranger.try_to_create(dict(member.sent)).expect(201)
    if twin.at("data", "id") == member.id:
        raise twin.unmet("a customer of its own", f"the id {member.id} of the other account's")
    oip.read(member, by="mobilePhone").expect(200).expect_value(member.id, "data", "id")


@requirement("OIP-ISO-04")
def test_changed_lists_hold_only_the_own_customers(oip: Oip, member: Member) -> None:
    """Neither list of changes shows the other account's customer."""
    stranger = oip.as_second_tenant()
    own = stranger.create_member()
    lists = [
        stranger.call("getChangedCustomersListSinceLastDay").expect(200),
        stranger.call("getChangedCustomersList", path={"timestamp": "20240101T0000"}).expect(200),
    ]
    for answer in lists:
        expect_hidden(answer, member)
        if not mentions(answer.json, own.id):
            raise answer.unmet(f"the account's own customer {own.id}", "it is not listed")


@requirement("OIP-ISO-05")
def test_another_accounts_promotions_are_out_of_reach(oip: Oip, member: Member) -> None:
    """They cannot be listed and not be redeemed, and nothing is counted."""
    stranger = oip.as_second_tenant()
    promotion = oip.promotion_of(member, role="open")
    oip.redeem(promotion, member).expect(200)

    stranger.promotions_answer(member).expect(404)
    stranger.promotions_by_phone(member.mobile_phone).expect(404)
    stranger.redeemed_answer(member).expect(404)
    stranger.redeem(promotion, member).expect_refused()

    count = oip.count_of(promotion, member)
    if count != 1:
        raise oip.promotions_answer(member).unmet("redemptionCount 1", str(count))


@requirement("OIP-ISO-06")
def test_another_accounts_points_and_stamps_are_out_of_reach(oip: Oip, member: Member) -> None:
    """Points and cards cannot be read, added or moved with the other key, in neither direction."""
    stranger = oip.as_second_tenant()
    own, name = stranger.create_member(), oip.person_id(member)
    cards = oip.profile.fixtures.stamp_cards[:1]
    oip.add_points(member, 30).expect(200)
    for card in cards:
        oip.add_clips(card, member, 2).expect(200)
        stranger.add_clips(card, own, 1)
    before, before_own = oip.record_of(member), stranger.record_of(own)

    stranger.cards_answer(name).expect(404)
    expect_hidden(stranger.bonus_transactions(name), member)
    stranger.add_points(name, 50).expect_refused()
    for card in cards:
        stranger.add_clips(card, name).expect_refused()
        stranger.transfer_clips(card, name, own).expect_refused()
        stranger.transfer_clips(card, own, name).expect_refused()

    for teller, one, record in ((oip, member, before), (stranger, own, before_own)):
        after = teller.read(one).expect(200)
        expect_same(after, record, after.at("data"))


@requirement("OIP-ISO-07")
def test_another_accounts_receipts_are_out_of_reach(oip: Oip, member: Member) -> None:
    """Receipts are not shown to the other key, and those sent with it do not appear."""
    stranger, name = oip.as_second_tenant(), oip.person_id(member)
    own, foreign = oip.fresh_id("receipt"), oip.fresh_id("receipt")
    oip.call("addTransactions", json=receipt(oip, own, name)).expect(200)

    answer = stranger.call("getTransactions", path={"customerId": name})
    if answer.succeeded and mentions(answer.said, own):
        raise answer.unmet("no receipt of another account", own)
    stranger.call("addTransactions", json=receipt(oip, foreign, name)).expect(200, 400, 404)

    listed = oip.call("getTransactions", path={"customerId": name}).expect(200)
    ids = [str(listed.at(position, "receiptId")) for position in range(len(listed.items()))]
    if own not in ids or foreign in ids:
        raise listed.unmet(f"{own} and not {foreign}", repr(ids))


def receipt(oip: Oip, receipt_id: str, consumer: str) -> dict[str, Any]:
    """A batch of one receipt."""
    amounts = {"GrossAmount": 125.0, "Vat": 25.0, "NetAmount": 100.0, "Discount": 0}
    header = {
        "StoreId": oip.some_store(),
        "ReceiptId": receipt_id,
        "TimeStamp": "2024-05-17T12:00:00",
        "ConsumerId": consumer,
    }
    item = {"ReceiptId": receipt_id, "LineNo": 1, "Quantity": 1, "ProductId": "VR-1", "TransactionType": "PURCHASE"}
    return {"ReceiptRequests": [{"Header": {**header, **amounts}, "Items": [{**item, **amounts}]}]}


@requirement("OIP-ISO-08")
def test_another_accounts_payment_cards_are_out_of_reach(oip: Oip, member: Member) -> None:
    """A token finds nobody with the other key, and the cards are not listed."""
    stranger, token = oip.as_second_tenant(), oip.fresh_id("token")
    oip.call("addPaymentToken", json={"memberId": oip.person_id(member), "token": token}).expect(200)

    stranger.call("getMemberByPaymentToken", path={"token": token}).expect_refused()
    cards = stranger.call("getPaymentCards", path={"memberId": oip.person_id(member)})
    if cards.succeeded and mentions(cards.said, token):
        raise cards.unmet("no card of another account", "the member's card")
    oip.call("getMemberByPaymentToken", path={"token": token}).expect(200).expect_value(member.id, "data", "id")


@requirement("OIP-ISO-09")
def test_another_accounts_carts_are_out_of_reach(oip: Oip, member: Member) -> None:
    """The other key does not find the cart, and the owner can still empty it."""
    stranger, cart = oip.as_second_tenant(), oip.fresh_id("cart")
    oip.call("createCart", json={"cartId": cart, "contactId": oip.person_id(member), "items": []}).expect(200)
    stranger.call("emptyCart", json={"cartId": cart}).expect_refused()
    oip.call("emptyCart", json={"cartId": cart}).expect(200)


@requirement("OIP-ISO-10")
def test_reports_hold_only_the_own_records(oip: Oip, member: Member) -> None:
    """No report of the other account shows the member, neither on its first pages nor on its last."""
    stranger = oip.as_second_tenant()
    for name, fixture in oip.profile.fixtures.reports.items():
        answer = stranger.ask_for_report(name, **({"page": 1, "rowsPage": 100} if fixture.paged else {}))
        answer.expect_decided(400, 404)
        expect_hidden(answer, member)
        if fixture.paged and answer.succeeded:
            last = int(number_at(answer, "metaData", "totalPages"))
            expect_hidden(stranger.ask_for_report(name, page=max(1, last), rowsPage=100), member)
