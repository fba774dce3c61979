"""Activation, checked both ways: what is claimed works, what is declared not activated answers 403."""

from __future__ import annotations

from oip_conformance.contract import Operation
from oip_conformance.scenario import Answer, NotApplicable, Oip, Unmet, once, requirement


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
    member = oip.create_member()
    before = oip.read(member).expect(200)
    person = oip.person_data()
    bodies = {
        "createMember": {"data": person},
        "updateMember": {"data": {"id": member.id, "city": "Vadsø"}},
        "updateCustomerByExternalId": {"data": {"externalId": member.external_id, "city": "Vadsø"}},
        "redeemPromotion": {"id": "x", "storeId": "x", "customerId": member.id},
        "bonusAddRewardPoints": {"points": 10, "description": "x", "externalId": member.mobile_phone},
    }
    for name in inactive:
        if name in bodies:
            oip.call_unclaimed(name, json=bodies[name]).expect(403)
        else:
            oip.sample_call(name, claimed=False).expect(403)

    oip.read(member).expect(200).expect_value(before.at("data"), "data")
    oip.find(person["mobilePhone"], by="mobilePhone").expect(404)
