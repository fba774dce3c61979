"""What earns points: rules, campaigns, and the bonus transactions of a customer."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.generation.receipts import Line, returned
from oip_conformance.scenario import Answer, Member, NotApplicable, NotTested, Oip, needs, requirement
from oip_conformance.scenario.comparing import expect_same
from oip_conformance.scenario.moments import is_within
from oip_conformance.scenario.numbers import number_at

ROUND = Line("7049987090935", "Kaffe, svart", quantity=2, unit_price=50000)
"""A purchase of 1000 kroner: whatever points a krone earns, nothing has to be rounded."""

PURCHASES = {
    "one line": (ROUND,),
    "several lines": (ROUND, Line("000123", "Lue, blå", 1, 200_000), ROUND),
    "a large amount": (Line("VR1722775", "MINI JULETRE MED LED-LYS", 1, 2_500_000),),
}


def by_own_id(answer: Answer, name: str = "id", *steps: str) -> dict[str, Any]:
    """The entries of a list by an id that each must have for itself."""
    entries = answer.items(*steps)
    ids = [str(answer.at(*steps, position, name)) for position in range(len(entries))]
    if not all(ids) or len(set(ids)) != len(ids):
        raise answer.unmet(f"a {name} of its own for each", repr(ids))
    return dict(zip(ids, entries, strict=True))


def earned_by(oip: Oip, member: Member) -> dict[str, Any]:
    """The bonus transactions of a member by their ids."""
    return by_own_id(oip.bonus_transactions(member).expect(200), "id", "transactions")


@requirement("OIP-LOY-10")
def test_the_bonus_rules_name_the_activities(oip: Oip, member: Member) -> None:
    """Every rule has an id of its own, and the activities of the profile are among them and can be imported."""
    oip.some_activity()
    answer = oip.call("getBonusRules").expect(200)
    rules = by_own_id(answer, "bonusRuleId")
    for activity in oip.profile.fixtures.activities:
        if activity not in rules:
            raise answer.unmet(f"activity {activity} among the rules", f"{sorted(rules)}")
        oip.import_activity(member, activity).expect(200)


@requirement("OIP-LOY-11")
def test_current_campaigns_are_listed(oip: Oip) -> None:
    """Each has an id of its own and a window that is open now; those that the profile names are there."""
    answer = oip.call("getBonusCampaigns").expect(200)
    campaigns = by_own_id(answer)
    for key, campaign in campaigns.items():
        if not is_within(campaign.get("validFrom"), campaign.get("validTo"), oip.now()):
            raise answer.unmet(f"an open window of {key}", f"{campaign.get('validFrom')} to {campaign.get('validTo')}")
    missing = set(oip.profile.fixtures.campaigns) - set(campaigns)
    if missing:
        raise answer.unmet(f"the campaigns {sorted(missing)} of the profile", f"{sorted(campaigns)}")


@requirement("OIP-LOY-12")
def test_a_members_campaigns_are_among_all(oip: Oip, member: Member) -> None:
    """What is listed for a member stands in the list of all, with the same content."""
    everything = by_own_id(oip.call("getBonusCampaigns").expect(200))
    answer = oip.call("getBonusCampaignsForMember", path={"id": oip.person_id(member)}).expect(200)
    own = by_own_id(answer)
    if not own:
        raise NotTested("the account has no bonus campaign for a new member")
    for key, campaign in own.items():
        if key not in everything:
            raise answer.unmet(f"campaign {key} among all", f"{sorted(everything)}")
        shared = {name: campaign.get(name) for name in everything[key]}
        expect_same(answer, everything[key], shared)


@requirement("OIP-LOY-13")
def test_campaigns_of_nobody_are_404(oip: Oip, member: Member) -> None:
    """An id that nobody has answers 404 in the envelope; a member's answers 200."""
    oip.call("getBonusCampaignsForMember", path={"id": oip.person_id(member)}).expect(200)
    oip.call("getBonusCampaignsForMember", path={"id": oip.nobody()}).expect_enveloped(404)


@requirement("OIP-LOY-27")
@needs("addTransactions")
def test_bonus_transactions_are_those_of_the_customer(oip: Oip, member: Member) -> None:
    """Two members buy and are active; each sees own transactions, and none of the other's."""
    other = oip.create_member()
    for one in (member, other):
        oip.send_receipts(oip.make_receipt(one, ROUND)).expect(200)
        if oip.profile.fixtures.activities and oip.is_claimed("bonusImport"):
            oip.import_activity(one).expect(200)

    lists = {}
    for one in (member, other):
        answer = oip.bonus_transactions(one).expect(200)
        lists[one.id] = by_own_id(answer, "id", "transactions")
        for entry in lists[one.id].values():
            if entry.get("customerId") not in (None, one.id, one.mobile_phone, one.external_id):
                raise answer.unmet(f"only transactions of {one.id}", f"one of {entry.get('customerId')}")
    if set(lists[member.id]) & set(lists[other.id]):
        raise answer.unmet("no transaction in both lists", f"{sorted(set(lists[member.id]) & set(lists[other.id]))}")
    if not lists[member.id]:
        raise NotTested("neither a purchase nor an activity of the profile earns a bonus transaction")


@requirement("OIP-LOY-28")
def test_bonus_transactions_of_nobody_are_refused(oip: Oip, member: Member) -> None:
    """An id that nobody has answers 400 in the envelope; a member's answers 200."""
    oip.bonus_transactions(member).expect(200)
    oip.bonus_transactions(oip.nobody()).expect_enveloped(400)


@requirement("OIP-LOY-29")
@pytest.mark.parametrize("what", PURCHASES)
def test_a_purchase_is_in_the_balance(oip: Oip, member: Member, what: str) -> None:
    """The balance rises by the points of the new bonus transactions, and these name the receipt."""
    before, known = oip.balance(member), set(earned_by(oip, member))
    sent = oip.make_receipt(member, *PURCHASES[what])
    oip.send_receipts(sent).expect(200)

    answer, after = oip.bonus_transactions(member).expect(200), oip.balance(member)
    new = [one for one, key in enumerate(by_own_id(answer, "id", "transactions")) if key not in known]

    for position in new:
        answer.expect_value(sent["Header"]["ReceiptId"], "transactions", position, "dataId")
    earned = sum(number_at(answer, "transactions", position, "points") for position in new)
    after.expect_risen(before, earned)
    rate = oip.profile.fixtures.points_per_krone
    if rate is not None and earned != rate * sent["Header"]["GrossAmount"]:
        raise answer.unmet(f"{rate:g} points a krone of {sent['Header']['GrossAmount']:g}", f"{earned:g}")
    if not new:
        raise NotTested("a purchase earns no points: [fixtures] points_per_krone of the profile is not set")


@requirement("OIP-LOY-29")
def test_all_purchases_are_in_the_balance(oip: Oip, member: Member) -> None:
    """Of many purchases of odd amounts each is listed, and all of them together make the balance."""
    before, known = oip.balance(member), earned_by(oip, member)
    lines = [Line("000123", "Lue, blå", 1, 100_033 + 7 * number) for number in range(30)]
    receipts = [oip.make_receipt(member, line) for line in lines]
    oip.send_receipts(*receipts).expect(200)

    answer, after = oip.bonus_transactions(member).expect(200), oip.balance(member)
    entries = enumerate(by_own_id(answer, "id", "transactions").items())
    new = [position for position, (key, _) in entries if key not in known]
    if not new:
        raise NotApplicable("a purchase earns no points")
    sources = {answer.at("transactions", position, "dataId") for position in new}
    missing = {sent["Header"]["ReceiptId"] for sent in receipts} - sources
    if missing:
        raise answer.unmet(f"bonus transactions of {len(receipts)} receipts", f"none of {len(missing)}")
    after.expect_risen(before, sum(number_at(answer, "transactions", position, "points") for position in new))


@requirement("OIP-LOY-29")
def test_a_purchase_sent_again_earns_nothing_more(oip: Oip, member: Member) -> None:
    """The till sends the receipt a second time, and the points are booked once."""
    sent = oip.make_receipt(member, ROUND)
    oip.send_receipts(sent).expect(200)
    before, transactions = oip.balance(member), earned_by(oip, member)
    if not transactions:
        raise NotTested("a purchase earns no points: [fixtures] points_per_krone of the profile is not set")

    oip.send_receipts(sent).expect(200)

    oip.balance(member).expect_unchanged(before)
    answer = oip.bonus_transactions(member).expect(200)
    expect_same(answer, transactions, by_own_id(answer, "id", "transactions"))


@requirement("OIP-LOY-31")
@pytest.mark.parametrize("how", ["at once", "line by line"])
def test_a_return_earns_nothing(oip: Oip, member: Member, how: str) -> None:
    """Goods that earned points are brought back, and neither balance nor total rises."""
    before = oip.balance(member)
    bought = oip.make_receipt(member, ROUND, ROUND)
    oip.send_receipts(bought).expect(200)
    after = oip.balance(member)
    if after.points <= before.points:
        raise NotTested("a purchase earns no points: [fixtures] points_per_krone of the profile is not set")
    back = returned(bought, receipt_id=oip.fresh_id("receipt"))
    parts = [back] if how == "at once" else [oip.make_receipt(member, ROUND, returns=True) for _ in range(2)]

    for part in parts:
        oip.send_receipts(part).expect(200)

    then = oip.balance(member)
    if then.points > after.points or then.total > after.total:
        raise then.answer.unmet(f"no more than {after.points:g} points, {after.total:g} in all", f"{then.numbers}")
    names = {part["Header"]["ReceiptId"] for part in parts}
    answer = oip.bonus_transactions(member).expect(200)
    for position, entry in enumerate(answer.items("transactions")):
        if entry.get("dataId") in names and number_at(answer, "transactions", position, "points") > 0:
            raise answer.unmet("no points for a return", f"{entry.get('points')}")


@requirement("OIP-LOY-30")
@pytest.mark.parametrize("operation", ["stampCard1", "getBonusTransactions", "getBonusCampaignsForMember"])
def test_every_kind_of_id_names_the_same_member(oip: Oip, member: Member, operation: str) -> None:
    """Cards, bonus transactions and campaigns asked for by each identifier are equal."""
    oip.require("stampCard1", "getBonusTransactions", "getBonusCampaignsForMember")
    prepare = {
        "stampCard1": lambda: oip.add_clips(oip.card_named(member), member),
        "getBonusTransactions": lambda: oip.send_receipts(oip.make_receipt(member, ROUND)),
        "getBonusCampaignsForMember": lambda: oip.read(member),
    }
    prepare[operation]().expect(200)
    name = oip.contract.operation(operation).parameters[0].name
    answers = [
        oip.call(operation, path={name: member.identifier(way)}).expect(200) for way in oip.profile.identifiers.customer
    ]
    for answer in answers[1:]:
        expect_same(answer, in_any_order(answers[0]), in_any_order(answer))


def in_any_order(answer: Answer) -> list[dict[str, Any]]:
    """The list that was answered, or the list inside, sorted by the ids of its entries."""
    entries = answer.items(*(["transactions"] if isinstance(answer.json, dict) else []))
    return sorted(entries, key=lambda entry: str(entry.get("id")))
