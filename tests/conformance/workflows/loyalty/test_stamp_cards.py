"""Stamp cards: clips that are added or handed on are on one card of one member, and none comes from nothing."""

from __future__ import annotations

import pytest

from oip_conformance.scenario import Answer, Member, NotApplicable, NotTested, Oip, Unmet, needs, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import at_once
from oip_conformance.scenario.loyalty import Card, card_at


def counts(cards: dict[str, Card]) -> dict[str, int]:
    """The clips on each card, cards without any left out: a list may or may not show them."""
    return {key: card.count for key, card in cards.items() if card.count}


def expect_counts(oip: Oip, member: Member, before: dict[str, int], **changed: int) -> None:
    """A member's clips are those of an earlier reading, but for the cards that changed."""
    answer, now = oip.cards_answer(member), counts(oip.cards_of(member))
    wanted = {key: count for key, count in (before | changed).items() if count}
    if now != wanted:
        raise answer.unmet(f"clips {wanted}", f"{now}")


def stamped(oip: Oip, member: Member, clips: int = 2) -> Card:
    """A card on which a member has so many clips, and at least one more place."""
    card = oip.card_named(member)
    if card.free < clips and card.total is not None:
        raise NotTested(f"stamp card {card.id} has no room for {clips} clips")
    oip.add_clips(card, member, clips).expect(200)
    return oip.cards_of(member).get(card.id, card)


@requirement("OIP-LOY-14")
def test_a_members_stamp_cards_are_listed(oip: Oip, member: Member) -> None:
    """Each once, with a count from zero to its total, also when more is stamped than fits."""
    card = stamped(oip, member, 1)
    expect_sound_list(oip.cards_answer(member).expect(200))
    oip.add_clips(card, member, (card.total or 10) + 1).expect_decided(400, 409)
    expect_sound_list(oip.cards_answer(member).expect(200))


def expect_sound_list(answer: Answer) -> None:
    """No card twice, every count between zero and the total of its card."""
    cards = [card_at(answer, position) for position in range(len(answer.items()))]
    if not cards or len({card.id for card in cards}) != len(cards):
        raise answer.unmet("cards, each once", f"{[card.id for card in cards]}")
    for card in cards:
        if card.total is None or not 0 <= card.count <= card.total:
            raise answer.unmet(f"count of {card.id} from 0 to {card.total}", f"{card.count}")


@requirement("OIP-LOY-15")
def test_stamp_cards_of_nobody_are_404(oip: Oip, member: Member) -> None:
    """An id that nobody has answers 404 in the envelope; a member's answers 200."""
    oip.cards_answer(member).expect(200)
    oip.cards_answer(oip.nobody()).expect_enveloped(404)


@requirement("OIP-LOY-16")
@needs("addClips")
def test_the_customer_shows_the_same_cards(oip: Oip, member: Member) -> None:
    """`loyalty.loyaltyCards` has the cards of the list with their counts, before and after a clip."""
    for clips in (0, 1):
        if clips:
            stamped(oip, member, clips)
        listed = oip.cards_of(member)
        answer = oip.read(member).expect(200)
        places = ("data", "loyalty", "loyaltyCards")
        shown = [card_at(answer, *places, position) for position in range(len(answer.items(*places)))]
        if {card.id: card.count for card in shown} != {key: card.count for key, card in listed.items()}:
            raise answer.unmet(f"the cards {counts(listed)}", f"{[(card.id, card.count) for card in shown]}")


@requirement("OIP-LOY-17")
@pytest.mark.parametrize("clips", [1, 2])
def test_added_clips_are_on_the_card(oip: Oip, member: Member, clips: int) -> None:
    """The count rises by exactly the number of clips, the second time as well."""
    card = stamped(oip, member, clips)
    if oip.clips(member, card) != clips:
        raise oip.cards_answer(member).unmet(f"{clips} clips", f"{oip.clips(member, card)}")
    oip.add_clips(card, member, 1).expect(200)
    if oip.clips(member, card) != clips + 1:
        raise oip.cards_answer(member).unmet(f"{clips + 1} clips", f"{oip.clips(member, card)}")


@requirement("OIP-LOY-17")
def test_clips_are_added_by_every_kind_of_id(oip: Oip, member: Member) -> None:
    """Each identifier that the account takes names the same card."""
    card = oip.card_named(member)
    for number, way in enumerate(oip.profile.identifiers.customer, start=1):
        oip.add_clips(card, member.identifier(way)).expect(200)
        if oip.clips(member, card) != number:
            raise oip.cards_answer(member).unmet(f"{number} clips", f"{oip.clips(member, card)}")


@requirement("OIP-LOY-17")
def test_the_last_place_of_a_card_counts(oip: Oip, member: Member) -> None:
    """A card that is stamped full shows its total, or has begun anew."""
    card = stamped(oip, member, 1)
    if card.total is None:
        raise NotTested(f"stamp card {card.id} does not say how many clips fit on it")
    oip.add_clips(card, member, card.total - card.count).expect(200)
    now = oip.clips(member, card)
    if now not in (card.total, 0):
        raise oip.cards_answer(member).unmet(f"{card.total} clips, or a new card", f"{now}")


@requirement("OIP-LOY-18")
def test_clips_go_to_one_card_of_one_member(oip: Oip, member: Member) -> None:
    """The member's other cards, and all cards of another member, stay as they were."""
    other = oip.create_member()
    card = stamped(oip, other, 1)
    before, before_other = counts(oip.cards_of(member)), counts(oip.cards_of(other))

    oip.add_clips(card, member, 2).expect(200)

    expect_counts(oip, other, before_other)
    expect_counts(oip, member, before, **{card.id: before.get(card.id, 0) + 2})


@requirement("OIP-LOY-19")
def test_clips_for_what_does_not_exist_are_refused(oip: Oip, member: Member) -> None:
    """An unknown card or member answers 400 or 409, and no card changes."""
    card = stamped(oip, member)
    before = counts(oip.cards_of(member))
    oip.add_clips(NOBODY, member).expect_error(400, 409)
    oip.add_clips(card, oip.nobody()).expect_error(400, 409)
    expect_counts(oip, member, before)


@requirement("OIP-LOY-20")
@pytest.mark.parametrize("clips", [1, 2])
def test_transferred_clips_change_hands(oip: Oip, member: Member, clips: int) -> None:
    """The giver has so many less and the receiver so many more; both keep their other cards."""
    receiver = oip.create_member()
    card = stamped(oip, member, 2)
    oip.add_clips(card, receiver, 1).expect(200)
    before, before_receiver = counts(oip.cards_of(member)), counts(oip.cards_of(receiver))

    oip.transfer_clips(card, member, receiver, clips).expect(200)

    expect_counts(oip, member, before, **{card.id: 2 - clips})
    expect_counts(oip, receiver, before_receiver, **{card.id: 1 + clips})


@requirement("OIP-LOY-20")
def test_clips_are_transferred_by_every_kind_of_id(oip: Oip, member: Member) -> None:
    """Giver and receiver may be named by any identifier that the account takes."""
    receiver = oip.create_member()
    card = stamped(oip, member, 1)
    for way in oip.profile.identifiers.customer:
        oip.transfer_clips(card, member.identifier(way), receiver.identifier(way)).expect(200)
        expect_counts(oip, receiver, {}, **{card.id: 1})
        oip.transfer_clips(card, receiver.identifier(way), member.identifier(way)).expect(200)
        expect_counts(oip, member, {}, **{card.id: 1})


@requirement("OIP-LOY-21")
def test_nobody_gives_more_clips_than_there_are(oip: Oip, member: Member) -> None:
    """One clip more than the giver has answers 400 and moves nothing; all of them can be given."""
    receiver = oip.create_member()
    card = stamped(oip, member, 2)
    before, before_receiver = counts(oip.cards_of(member)), counts(oip.cards_of(receiver))

    for too_many in (3, 1000):
        oip.transfer_clips(card, member, receiver, too_many).expect_error(400)
    oip.transfer_clips(card, receiver, member, 1).expect_error(400)

    expect_counts(oip, member, before)
    expect_counts(oip, receiver, before_receiver)
    oip.transfer_clips(card, member, receiver, 2).expect(200)


@requirement("OIP-LOY-22")
@pytest.mark.parametrize("clips", [0, -1])
def test_a_transfer_of_none_or_fewer_is_refused(oip: Oip, member: Member, clips: int) -> None:
    """Zero clips or fewer answer 400 and move nothing; one clip is moved."""
    receiver = oip.create_member()
    card = stamped(oip, member, 2)
    oip.transfer_clips(card, member, receiver, 1).expect(200)
    before, before_receiver = counts(oip.cards_of(member)), counts(oip.cards_of(receiver))

    oip.transfer_clips(card, member, receiver, clips).expect_error(400)

    expect_counts(oip, member, before)
    expect_counts(oip, receiver, before_receiver)


@requirement("OIP-LOY-23")
@pytest.mark.parametrize("missing", ["giver", "receiver", "card"])
def test_a_transfer_with_nobody_is_refused(oip: Oip, member: Member, missing: str) -> None:
    """Without giver, receiver or card the answer is 400, and whoever exists keeps the clips."""
    other = oip.create_member()
    card = stamped(oip, member, 2)
    oip.transfer_clips(card, member, other, 1).expect(200)
    before, before_other = counts(oip.cards_of(member)), counts(oip.cards_of(other))
    calls = {
        "giver": lambda: oip.transfer_clips(card, oip.nobody(), other),
        "receiver": lambda: oip.transfer_clips(card, member, oip.nobody()),
        "card": lambda: oip.transfer_clips(NOBODY, member, other),
    }

    calls[missing]().expect_error(400)

    expect_counts(oip, member, before)
    expect_counts(oip, other, before_other)


@requirement("OIP-LOY-24")
def test_clips_are_conserved(oip: Oip, member: Member) -> None:
    """Three members hand clips around at once: none is lost, none is made, and every count is that of the answers."""
    members = [member, oip.create_member(), oip.create_member()]
    card = oip.card_named(member)
    for one in members:
        oip.add_clips(card, one, 1).expect(200)
    moves = [(giver, receiver) for giver in members for receiver in members if giver is not receiver] * 3

    answers = at_once(
        [
            lambda giver=giver, receiver=receiver: oip.transfer_clips(card, giver, receiver).expect(200, 400)
            for giver, receiver in moves
        ]
    )

    wanted = {one.id: 1 for one in members}
    for (giver, receiver), answer in zip(moves, answers, strict=True):
        if answer.status == 200:
            wanted[giver.id] -= 1
            wanted[receiver.id] += 1
    left = {one.id: oip.clips(one, card) for one in members}
    if sum(left.values()) != len(members) or min(left.values()) < 0:
        raise answers[0].unmet(f"{len(members)} clips in all, none below zero", f"{sorted(left.values())}")
    if left != wanted:
        raise answers[0].unmet(
            f"the counts that the answers make: {sorted(wanted.values())}", f"{sorted(left.values())}"
        )


@requirement("OIP-LOY-24")
def test_a_clip_is_given_away_once(oip: Oip, member: Member) -> None:
    """One clip is promised to three at once: one of them has it."""
    receivers = [oip.create_member() for _ in range(3)]
    card = stamped(oip, member, 1)

    answers = at_once([lambda one=one: oip.transfer_clips(card, member, one).expect(200, 400) for one in receivers * 2])

    succeeded = sum(answer.status == 200 for answer in answers)
    if succeeded != 1:
        raise answers[0].unmet(f"1 of {len(answers)} to succeed", f"{succeeded} succeeded")
    held = [oip.clips(one, card) for one in (member, *receivers)]
    if sorted(held) != [0, 0, 0, 1]:
        raise answers[0].unmet("one clip with a receiver", f"clips {held}")
    if held[0]:
        raise answers[0].unmet("the giver without a clip", f"{held[0]}")


@requirement("OIP-LOY-24")
def test_handing_on_to_oneself_makes_no_clips(oip: Oip, member: Member) -> None:
    """Whether a transfer from a member to the same one is refused or done, by whichever identifiers: the clips stay."""
    card = stamped(oip, member, 1)
    for way in oip.profile.identifiers.customer:
        answer = oip.transfer_clips(card, member, member.identifier(way)).expect(200, 400)
        left = oip.clips(member, card)
        if left != 1:
            raise answer.unmet("1 clip, as before", f"{left}")


@requirement("OIP-LOY-25")
def test_achievements_are_clips_on_the_card(oip: Oip, member: Member) -> None:
    """In releases that have them, an achievement gives its amount, or one stamp, and takes stamps away below zero."""
    if "updateAchivement" not in oip.contract.operations:
        raise NotApplicable("the contract of this run has no achievements")
    card = oip.card_named(member)
    if card.total is not None and card.free < 3:
        raise NotApplicable(f"stamp card {card.id} has no room for three clips")
    body = {"id": card.id, "customerId": oip.person_id(member), "storeId": oip.some_store()}
    for amount, wanted in ((None, 1), (2, 3), (-1, 2)):
        more = {} if amount is None else {"adjustmentAmount": amount}
        oip.call("updateAchivement", json=body | more).expect(200)
        if oip.clips(member, card) != wanted:
            raise oip.cards_answer(member).unmet(f"{wanted} clips", f"{oip.clips(member, card)}")
    oip.call("updateAchivement", json=body | {"adjustmentAmount": -1000}).expect(200, 400, 409)
    expect_sound_list(oip.cards_answer(member).expect(200))


@requirement("OIP-LOY-26")
def test_products_belong_to_existing_cards(oip: Oip, member: Member) -> None:
    """Every product names a card of the account, and has an id."""
    answer = oip.call("getLoyaltyCardProducts").expect(200)
    known = {*oip.cards_of(member), *oip.profile.fixtures.stamp_cards}
    if not answer.items():
        raise NotTested("the account has no product that counts on a card")
    unmet: list[Unmet] = []
    for position in range(len(answer.items())):
        card = str(answer.at(position, "stampCardId"))
        if card not in known or not answer.at(position, "productId"):
            unmet.append(answer.unmet(f"a card among {sorted(known)}, and a productId", f"{answer.at(position)}"))
    oip.none_of(unmet)
