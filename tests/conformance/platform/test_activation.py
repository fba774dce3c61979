"""Activation, checked both ways: what is claimed works, what is declared not activated answers 403."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oip_conformance.contract import Operation
from oip_conformance.generation.receipts import batch
from oip_conformance.scenario import Answer, Member, NotApplicable, Oip, Unmet, once, requirement
from oip_conformance.scenario.members import NOBODY


def declared_inactive(oip: Oip) -> list[Operation]:
    """The operations that the profile declares not activated. Raises NotApplicable when there are none."""
    found = [one for one in oip.contract.operations.values() if oip.profile.activation(one) == "not-activated"]
    if not found:
        raise NotApplicable("the profile declares no operation not activated")
    return found


@once
@requirement("OIP-ACT-01")
def test_an_activated_operation_is_not_refused_as_inactive(oip: Oip) -> None:
    """No operation that the profile claims answers 403 to a good key."""
    unmet: list[Unmet] = []
    for name in oip.sendable():
        answer = oip.sample_call(name, why="activation")
        if answer.status == 403:
            unmet.append(answer.unmet("any answer but 403, since the profile claims it", answer.what_came()))
    oip.none_of(unmet)


@once
@requirement("OIP-ACT-02")
def test_an_operation_that_is_not_activated_answers_403(oip: Oip) -> None:
    """Every operation that the profile declares not activated answers 403 to a good key."""
    answers = [oip.sample_call(one.id, claimed=False) for one in declared_inactive(oip)]
    oip.none_of(answer.unmet("status 403", answer.what_came()) for answer in answers if answer.status != 403)


@once
@requirement("OIP-ACT-03")
def test_the_403_is_in_the_envelope(oip: Oip) -> None:
    """The refusal has the code "403"."""
    unmet: list[Unmet] = []
    for operation in declared_inactive(oip):
        answer = oip.sample_call(operation.id, claimed=False)
        if answer.status == 403:
            unmet += _envelope(answer)
    oip.none_of(unmet)


def _envelope(answer: Answer) -> list[Unmet]:
    try:
        answer.expect_enveloped(403)
    except Unmet as unmet:
        return [unmet]
    return []


@requirement("OIP-ACT-04")
def test_a_call_refused_with_403_changes_nothing(oip: Oip) -> None:
    """A write that is not activated leaves no trace in what the activated operations show."""
    inactive = [one.id for one in declared_inactive(oip)]
    member, other = oip.create_member(), oip.create_member()
    before = oip.read(member).expect(200)
    seen = traces_of(oip, member)
    person = oip.person_data()
    bodies = sound_writes(oip, member, other, person)
    for name in inactive:
        if name in bodies:
            oip.call_unclaimed(name, **bodies[name]).expect(403)
        else:
            oip.sample_call(name, claimed=False).expect(403)

    after = oip.read(member).expect(200)
    after.expect_value(before.at("data"), "data")
    oip.find(person["mobilePhone"], by="mobilePhone").expect(404)
    left = traces_of(oip, member)
    if "getPromotions" in seen:  # what a newcomer is given may come a little later
        left["getPromotions"] = {
            name: now for name, now in left["getPromotions"].items() if name in seen["getPromotions"]
        }
    if left != seen:
        raise after.unmet(f"the member's {', '.join(seen)} as before the refused calls: {seen}", f"{left}")


def sound_writes(oip: Oip, member: Member, other: Member, person: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Writes about a member that would each be done where its operation is activated."""
    fixtures, holder = oip.profile.fixtures, oip.person_id(member)
    promotion = fixtures.promotions.get("open") or fixtures.promotions.get("unlimited") or NOBODY
    store = fixtures.stores[0] if fixtures.stores else "x"
    card = fixtures.stamp_cards[0] if fixtures.stamp_cards else "x"
    activity = {"externalId": holder, "activity": (fixtures.activities or ("x",))[0]}
    clips = {"fromCustomerId": oip.person_id(other), "toCustomerId": holder, "loyaltycardId": card, "clipCount": 1}
    return {
        "createMember": {"json": {"data": person}},
        "updateMember": {"json": {"data": {"id": member.id, "city": "Vadsø"}}},
        "updateCustomerByExternalId": {"json": {"data": {"externalId": member.external_id, "city": "Vadsø"}}},
        "redeemPromotion": {"json": {"id": promotion, "storeId": store, "customerId": holder, "receiptId": "act-04"}},
        "disableUse": {"query": {"id": promotion, "customerId": holder}},
        "bonusAddRewardPoints": {"json": {"points": 10, "description": "x", "externalId": holder}},
        "bonusImport": {"json": {**activity, "activityDate": "2024-07-01", "activityValue": 10}},
        "addClips": {"json": {"id": card, "memberId": holder, "storeId": store, "cashierId": 123, "itemCount": 1}},
        "transferClips": {"json": clips},
        "addTransactions": {"json": batch([oip.make_receipt(member, store=store)])},
    }


def traces_of(oip: Oip, member: Member) -> dict[str, Any]:
    """What the activated operations show of what can be done for a member."""
    shown: dict[str, Callable[[], Any]] = {
        "getPromotions": lambda: {one.id: one.redemptions_left for one in oip.promotions_of(member)},
        "getRedeemedPromotions": lambda: oip.redeemed_by(member),
        "stampCard1": lambda: {name: card.count for name, card in oip.cards_of(member).items()},
        "getBonusTransactions": lambda: _number_of(oip.bonus_transactions(member), "transactions"),
        "getTransactions": lambda: _number_of(oip.receipts_answer(member)),
    }
    return {name: look() for name, look in shown.items() if oip.is_claimed(name)}


def _number_of(answer: Answer, *place: str) -> int:
    return len(answer.items(*place)) if answer.expect(200, 404).status == 200 else 0
