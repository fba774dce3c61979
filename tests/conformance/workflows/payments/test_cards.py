"""Payment cards: a token finds one member, and only the one who has it."""

from __future__ import annotations

import re

from oip_conformance.scenario import Answer, Member, Oip, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import at_once, expect_same


def add(oip: Oip, token: str, member: Member | str) -> Answer:
    """Attach a token to a member."""
    holder = member if isinstance(member, str) else oip.person_id(member)
    return oip.call("addPaymentToken", json={"memberId": holder, "token": token})


def holder_of(oip: Oip, token: str) -> Answer:
    """Ask who has a token."""
    return oip.call("getMemberByPaymentToken", path={"token": token})


def cards_of(oip: Oip, member: Member) -> list[str]:
    """The tokens of a member's cards."""
    answer = oip.call("getPaymentCards", path={"memberId": oip.person_id(member)}).expect(200)
    return [str(item.get("token")) for item in answer.items("data")]


@requirement("OIP-PAY-01")
def test_a_card_token_finds_its_member(oip: Oip, member: Member) -> None:
    """After it was added, the token finds the member."""
    token = oip.fresh_id("token")
    add(oip, token, member).expect(200)
    holder_of(oip, token).expect(200).expect_value(member.id, "data", "id")


@requirement("OIP-PAY-02")
def test_a_token_belongs_to_one_member(oip: Oip, member: Member) -> None:
    """A second member is refused with 409, and the first keeps it."""
    token, other = oip.fresh_id("token"), oip.create_member()
    add(oip, token, member).expect(200)
    add(oip, token, other).expect_error(409)
    holder_of(oip, token).expect(200).expect_value(member.id, "data", "id")


@requirement("OIP-PAY-03")
def test_a_token_for_nobody_is_refused(oip: Oip, member: Member) -> None:
    """A member that nobody is answers 400, and the token finds nobody until it is somebody's."""
    token = oip.fresh_id("token")
    add(oip, token, NOBODY).expect_error(400)
    if holder_of(oip, token).succeeded:
        raise holder_of(oip, token).unmet("nobody", "somebody")
    add(oip, token, member).expect(200)


@requirement("OIP-PAY-04")
def test_an_unknown_token_finds_nobody(oip: Oip, member: Member) -> None:
    """A token that was never added, or a part of one, answers 400."""
    token = oip.fresh_id("token")
    add(oip, token, member).expect(200)
    for other in (oip.fresh_id("token"), token[:-1], f"{token}0"):
        holder_of(oip, other).expect_enveloped(400)
    holder_of(oip, token).expect(200)


@requirement("OIP-PAY-05")
def test_without_cards_the_list_is_empty(oip: Oip, member: Member) -> None:
    """A member without cards answers 200 with an empty list."""
    answer = oip.call("getPaymentCards", path={"memberId": oip.person_id(member)}).expect(200)
    if answer.items("data"):
        raise answer.unmet("an empty list", repr(answer.json))


@requirement("OIP-PAY-06")
def test_an_added_card_is_listed(oip: Oip, member: Member) -> None:
    """The member has one more card, with the token; nobody else has."""
    other = oip.create_member()
    tokens = [oip.fresh_id("token") for _ in range(2)]
    for count, token in enumerate(tokens, start=1):
        add(oip, token, member).expect(200)
        answer = oip.call("getPaymentCards", path={"memberId": oip.person_id(member)}).expect(200)
        if len(answer.items("data")) != count:
            raise answer.unmet(f"{count} cards", f"{len(answer.items('data'))}")
    if sorted(cards_of(oip, member)) != sorted(tokens):
        raise answer.unmet("the tokens that were added", f"{len(set(cards_of(oip, member)) & set(tokens))} of them")
    if cards_of(oip, other):
        raise answer.unmet("no card of another member", repr(len(cards_of(oip, other))))


@requirement("OIP-PAY-10")
def test_a_masked_number_is_masked(oip: Oip, member: Member) -> None:
    """maskedCardNo of an added card, where it is given, is not all digits, as many as a card has."""
    add(oip, oip.fresh_id("token"), member).expect(200)
    answer = oip.call("getPaymentCards", path={"memberId": oip.person_id(member)}).expect(200)
    for card in answer.items("data"):
        shown = str(card.get("maskedCardNo") or "")
        digits = re.sub(r"[ -]", "", shown)
        if re.fullmatch(r"[0-9]{12,19}", digits):
            raise answer.unmet("a masked card number", f"a whole one of {len(digits)} digits")


@requirement("OIP-PAY-07")
def test_the_member_by_token_is_the_customer(oip: Oip, member: Member) -> None:
    """The document is the one that the id finds."""
    token = oip.fresh_id("token")
    add(oip, token, member).expect(200)
    customer, by_token = oip.read(member).expect(200), holder_of(oip, token).expect(200)
    expect_same(by_token, customer.at("data"), by_token.at("data"))


@requirement("OIP-PAY-08")
def test_a_card_registration_begins(oip: Oip, member: Member) -> None:
    """The payload for the registration is not empty."""
    person = {name: member.sent.get(name) for name in ("firstName", "lastName", "email", "mobilePhone")}
    body = {"source": "ECOM", "provider": "Verifone", "data": person}
    answer = oip.call("registerPaymentCard", json=body).expect(200)
    if not answer.json:
        raise answer.unmet("a payload", repr(answer.json))


@requirement("OIP-PAY-09")
def test_a_token_that_is_claimed_twice_at_once_has_one_owner(oip: Oip, member: Member) -> None:
    """One call answers 200 and the others 409, and the one who got 200 has it."""
    members = [member, oip.create_member(), oip.create_member()]
    token = oip.fresh_id("token")
    answers = at_once([lambda one=one: add(oip, token, one).expect(200, 409) for one in members])
    winners = [one for one, answer in zip(members, answers, strict=True) if answer.status == 200]
    if len(winners) != 1:
        raise answers[0].unmet(f"1 of {len(answers)} to succeed", f"{len(winners)} succeeded")
    holder_of(oip, token).expect(200).expect_value(winners[0].id, "data", "id")
