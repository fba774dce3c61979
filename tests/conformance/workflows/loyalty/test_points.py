"""Points: what is given arrives, once, at one member, and the five numbers always fit together."""

from __future__ import annotations

import pytest

from oip_conformance.generation.receipts import Line
from oip_conformance.scenario import Answer, Member, Oip, needs, requirement
from oip_conformance.scenario.comparing import at_once
from oip_conformance.scenario.loyalty import Balance


def expect_adding_up(balance: Balance) -> None:
    """Active and pending make the balance; balance and expired make the total."""
    for text, left, right in (
        ("pointsActive + pointsPending = points", balance.active + balance.pending, balance.points),
        ("points + pointsExpired = pointsTotal", balance.points + balance.expired, balance.total),
    ):
        if round(left - right, 6):
            raise balance.answer.unmet(text, f"{balance.numbers}")


def as_number(answer: Answer, name: str) -> float:
    """A number of the first result of an import, which is published as text. Raises Unmet when it is none."""
    text = answer.at(0, name)
    try:
        if isinstance(text, str):
            return float(text)
    except ValueError:
        pass
    raise answer.unmet(f'{name} as a text such as "38"', repr(text))


@requirement("OIP-LOY-01")
def test_points_add_up(oip: Oip, member: Member) -> None:
    """For a new customer, and after each booking."""
    expect_adding_up(oip.balance(member))
    for points in (1, 999, 100_000):
        oip.add_points(member, points).expect(200)
        expect_adding_up(oip.balance(member))


@requirement("OIP-LOY-01")
@needs("bonusImport")
def test_points_of_an_activity_add_up(oip: Oip, member: Member) -> None:
    """Points that an activity earned fit in as well, whether they are pending or active."""
    oip.import_activity(member).expect(200)
    expect_adding_up(oip.balance(member))
    oip.add_points(member, 7).expect(200)
    expect_adding_up(oip.balance(member))


@requirement("OIP-LOY-01")
@needs("addTransactions")
def test_points_of_a_purchase_add_up(oip: Oip, member: Member) -> None:
    """Points that a purchase earned fit in too, also while the goods may still come back."""
    oip.send_receipts(oip.make_receipt(member, Line("7049987090935", "Kaffe, svart", 2, 50000))).expect(200)
    expect_adding_up(oip.balance(member))
    oip.add_points(member, 7).expect(200)
    expect_adding_up(oip.balance(member))


@requirement("OIP-LOY-02")
@pytest.mark.parametrize("points", [1, 38, 1000, 1_000_000])
def test_added_points_are_in_the_balance(oip: Oip, member: Member, points: int) -> None:
    """Balance and total rise by exactly the points, the second time as well."""
    for _ in range(2):
        before = oip.balance(member)
        oip.add_points(member, points).expect(200)
        oip.balance(member).expect_risen(before, points)


@requirement("OIP-LOY-02")
def test_a_part_of_a_point_is_added_or_refused(oip: Oip, member: Member) -> None:
    """Points are a number: a half is booked as a half, or refused; it is not rounded away."""
    oip.add_points(member, 12).expect(200)
    before = oip.balance(member)
    answer = oip.add_points(member, 0.5).expect(200, 400)
    oip.balance(member).expect_risen(before, 0.5 if answer.status == 200 else 0)


@requirement("OIP-LOY-02")
def test_points_are_added_by_every_kind_of_id(oip: Oip, member: Member) -> None:
    """Each identifier that the account takes names the same balance."""
    for way in oip.profile.identifiers.customer:
        before = oip.balance(member)
        oip.add_points(member.identifier(way), 10).expect(200)
        oip.balance(member).expect_risen(before, 10)


@requirement("OIP-LOY-03")
@pytest.mark.parametrize("how", ["added", "imported"])
def test_points_go_to_one_member_only(oip: Oip, member: Member, how: str) -> None:
    """The balance of another member, who has points too, stays as it was."""
    other = oip.create_member()
    oip.add_points(other, 50).expect(200)
    before, before_other = oip.balance(member), oip.balance(other)

    (oip.add_points(member, 25) if how == "added" else oip.import_activity(member)).expect(200)

    oip.balance(other).expect_unchanged(before_other)
    after = oip.balance(member)
    if after.points <= before.points:
        raise after.answer.unmet(f"more than {before.points:g} points", f"{after.points:g}")


@requirement("OIP-LOY-04")
@pytest.mark.parametrize("holder", ["unknown", "missing", "empty"])
def test_points_for_nobody_are_refused(oip: Oip, member: Member, holder: str) -> None:
    """Without a member, or for one that nobody is, the answer is 400 and no balance changes."""
    oip.add_points(member, 5).expect(200)
    before = oip.balance(member)
    body = {"points": 5, "description": "Conformance test"}
    named = {"unknown": {"externalId": oip.nobody()}, "missing": {}, "empty": {"externalId": ""}}[holder]

    oip.call("bonusAddRewardPoints", json=body | named).expect_error(400)

    oip.balance(member).expect_unchanged(before)


@requirement("OIP-LOY-05")
def test_no_point_is_lost_between_parallel_bookings(oip: Oip, member: Member) -> None:
    """Of twelve bookings of different sizes at once, every one that was answered 200 is in the balance."""
    before = oip.balance(member)
    sizes = [2**power for power in range(12)]

    at_once([lambda points=points: oip.add_points(member, points).expect(200) for points in sizes])

    oip.balance(member).expect_risen(before, sum(sizes))


@requirement("OIP-LOY-06")
@pytest.mark.parametrize("value", [1, 10, 250])
def test_an_activity_earns_its_points(oip: Oip, member: Member, value: int) -> None:
    """Balance and total rise by the activityPoints of the answer."""
    before = oip.balance(member)
    answer = oip.import_activity(member, value=value).expect(200)
    earned = as_number(answer, "activityPoints")
    if earned < 0:
        raise answer.unmet("activityPoints of zero or more", f"{earned:g}")
    oip.balance(member).expect_risen(before, earned)


@requirement("OIP-LOY-06")
def test_an_activity_is_imported_by_every_kind_of_id(oip: Oip, member: Member) -> None:
    """Each identifier that the account takes names the same balance."""
    for way in oip.profile.identifiers.customer:
        before = oip.balance(member)
        answer = oip.import_activity(member.identifier(way)).expect(200)
        oip.balance(member).expect_risen(before, as_number(answer, "activityPoints"))


@requirement("OIP-LOY-07")
def test_the_answer_of_an_activity_is_the_balance(oip: Oip, member: Member) -> None:
    """points and totaltPoints are the member's, as texts, also when there were points before."""
    oip.add_points(member, 41).expect(200)
    for _ in range(2):
        answer = oip.import_activity(member).expect(200)
        after = oip.balance(member)
        for name, wanted in (("points", after.points), ("totaltPoints", after.total)):
            if as_number(answer, name) != wanted:
                raise answer.unmet(f'{name} "{wanted:g}"', repr(answer.at(0, name)))


@requirement("OIP-LOY-08")
def test_an_unknown_activity_answers_404(oip: Oip, member: Member) -> None:
    """A mistyped activity earns nothing."""
    oip.import_activity(member).expect(200)
    before = oip.balance(member)
    oip.import_activity(member, f"{oip.some_activity()}-no-such-activity").expect_error(404)
    oip.balance(member).expect_unchanged(before)


@requirement("OIP-LOY-09")
def test_an_activity_of_nobody_answers_404(oip: Oip, member: Member) -> None:
    """A member that nobody is has no activities."""
    oip.import_activity(member).expect(200)
    oip.import_activity(oip.nobody()).expect_error(404)
