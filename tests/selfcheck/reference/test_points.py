"""Points are booked to the member who is named, once, and every number about them comes from one ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oip_reference.clock import Clock


def loyalty(oip, member, tenant="main"):
    return oip.ask("GET", f"/customers/id/{member['id']}", tenant=tenant).json["data"]["loyalty"]


def bonus_transactions(oip, member):
    return oip.ask("GET", f"/loyalty/bonus/transactions/{member['id']}").json["transactions"]


def add(oip, identifier, points, **more):
    body = {"points": points, "description": "Late parcel", "externalId": identifier}
    return oip.ask("POST", "/loyalty/bonus/addRewardPoints", body, **more)


def import_activity(oip, identifier, activity="20", **fields):
    return oip.ask("POST", "/loyalty/bonus/import", {"externalId": identifier, "activity": activity, **fields})


def assert_it_adds_up(balance):
    assert balance["pointsActive"] + balance["pointsPending"] == balance["points"]
    assert balance["points"] + balance["pointsExpired"] == balance["pointsTotal"]


def test_points_added_by_hand_are_in_the_balance_and_explained(oip):
    member, other = oip.new_member(externalId="E-1"), oip.new_member()
    before, others = loyalty(oip, member), loyalty(oip, other)
    for identifier, points in ((member["id"], 1000), (member["mobilePhone"], 0.5), ("E-1", 0.1)):
        assert add(oip, identifier, points).status == 200
    after = loyalty(oip, member)

    assert after["points"] == before["points"] + 1000.6
    assert after["pointsActive"] == after["pointsTotal"] == after["points"]
    assert_it_adds_up(after)
    assert loyalty(oip, other) == others
    explained = bonus_transactions(oip, member)
    assert sum(entry["points"] for entry in explained) == after["pointsTotal"]
    assert explained[-1]["extendedProperties"] == {"description": "Late parcel"}
    assert len({entry["id"] for entry in explained}) == len(explained) == 4


@pytest.mark.parametrize("points", [-1, 0.001, 1e10, 1e300, -1e300])
def test_points_that_cannot_be_booked_are_refused(oip, points):
    member = oip.new_member()
    add(oip, member["id"], points).refused(400)
    assert loyalty(oip, member) == member["loyalty"]


def test_points_for_nobody_are_refused(oip):
    add(oip, "NOBODY", 10).refused(400)
    body = {"points": 10, "description": "For whom?"}
    assert oip.ask("POST", "/loyalty/bonus/addRewardPoints", body).refused(400)[0]["field"] == "/externalId"


def test_an_activity_earns_what_its_rule_says_and_answers_the_balance(oip):
    member = oip.new_member()
    answer = import_activity(oip, member["mobilePhone"], activityValue=10, activityDate="2022-07-01").json[0]
    balance = loyalty(oip, member)

    assert answer == {
        "status": "1",
        "statusText": "OK",
        "points": str(balance["points"]),
        "totaltPoints": str(balance["pointsTotal"]),
        "activityPoints": "8",
    }
    assert balance["points"] == member["loyalty"]["points"] + 8
    assert bonus_transactions(oip, member)[-1]["transactionDate"] == "2022-07-01"


def test_every_rule_that_is_listed_can_be_imported(oip):
    member = oip.new_member()
    for rule in oip.ask("GET", "/bonus/rules").json:
        before = loyalty(oip, member)["points"]
        earned = import_activity(oip, member["id"], rule["bonusRuleId"], activityValue=10).json[0]["activityPoints"]
        assert loyalty(oip, member)["points"] == before + float(earned)


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"activity": "NONE"}, 404), ({"externalId": "NOBODY"}, 404), ({"activityDate": "yesterday"}, 400),
     ({"activityValue": -1}, 400), ({"activityValue": 10**18}, 400), ({"activityValue": 10**30}, 400)],
)  # fmt: skip
def test_an_activity_that_makes_no_sense_earns_nothing(oip, changed, status):
    member = oip.new_member()
    body = {"externalId": member["id"], "activity": "20", "activityValue": 10, **changed}
    oip.ask("POST", "/loyalty/bonus/import", body).refused(status)
    assert loyalty(oip, member) == member["loyalty"]


def test_points_expire_in_the_end_and_stay_in_the_total(oip):
    member = oip.new_member()
    oip.application.server.part(Clock).offset = timedelta(days=3 * 366)
    balance = loyalty(oip, member)
    assert (balance["points"], balance["pointsExpired"]) == (0, member["loyalty"]["points"])
    assert_it_adds_up(balance)


def test_bonus_transactions_of_nobody_are_refused(oip):
    oip.ask("GET", "/loyalty/bonus/transactions/NOBODY").refused(400)


def test_campaigns_are_those_that_run_and_a_members_are_among_them(oip):
    reader, other = oip.new_member(consents={"acceptsEmail": True}), oip.new_member()
    everything = oip.ask("GET", "/loyalty/bonus/campaigns").json
    assert [campaign["id"] for campaign in everything] == ["5", "6", "7"]
    assert oip.ask("GET", f"/loyalty/bonus/campaigns/{reader['id']}").json == everything
    assert oip.ask("GET", f"/loyalty/bonus/campaigns/{other['mobilePhone']}").json == everything[:2]
    oip.ask("GET", "/loyalty/bonus/campaigns/NOBODY").refused(404)

    oip.application.server.part(Clock).offset = timedelta(days=366 * 70)
    assert "CAMPAIGN-TO-COME" in [campaign["id"] for campaign in oip.ask("GET", "/loyalty/bonus/campaigns").json]


def test_points_of_one_account_are_out_of_reach_of_another(oip):
    member = oip.new_member()
    add(oip, member["id"], 10, tenant="second").refused(400)
    oip.ask("GET", f"/loyalty/bonus/transactions/{member['id']}", tenant="second").refused(400)
    assert loyalty(oip, member) == member["loyalty"]
