"""The loyalty operations of the next release move the same points and clips as those of this one."""

from __future__ import annotations

import pytest

from oip_conformance.profile import load_profile


@pytest.fixture
def newer(made, tmp_path):
    """A server of the next release."""
    path = tmp_path / "newer.toml"
    path.write_text('name = "A"\n[contract]\noverlays = ["oip-4.3"]\n')
    return made(profile=load_profile(path))


def adjust(oip, member, amount=None, **fields):
    body = {"id": "4", "customerId": member, "storeId": "STORE-001", **fields}
    return oip.ask("PUT", "/loyalty/achievements", body | ({} if amount is None else {"adjustmentAmount": amount}))


def clips(oip, member):
    return oip.ask("GET", f"/loyalty/loyalty-cards/{member}").json[0]["count"]


def test_an_adjustment_adds_stamps_and_takes_them_within_the_card(newer):
    member = newer.new_member()
    for amount, left in ((None, 1), (5, 6), (-2, 4), (0, 4)):
        assert adjust(newer, member["mobilePhone"], amount).status == 200
        assert clips(newer, member["id"]) == left
    for amount in (-5, 7, 10**30, -(10**30)):
        adjust(newer, member["id"], amount).refused(409)
    adjust(newer, "NOBODY").refused(400)
    adjust(newer, member["id"], id="NONE").refused(400)
    assert clips(newer, member["id"]) == 4


def test_an_activity_by_its_id_earns_what_its_import_earns(newer):
    member = newer.new_member()
    path = "/loyalty/activity/{}/customerId/%2B" + member["mobilePhone"][1:]
    assert newer.ask("POST", path.format("20"), {"activityValue": 10}).json[0]["activityPoints"] == "8"
    assert newer.ask("POST", path.format("21")).status == 200
    after = newer.ask("GET", f"/customers/id/{member['id']}").json["data"]["loyalty"]["points"]
    assert after == member["loyalty"]["points"] + 8 + 50

    newer.ask("POST", path.format("NONE")).refused(404)
    newer.ask("POST", "/loyalty/activity/20/customerId/NOBODY").refused(404)
    newer.ask("POST", path.format("20"), {"activityValue": "much"}).refused(400)


def test_without_the_newer_contract_they_are_not_there(oip):
    adjust(oip, oip.new_member()["id"]).refused(404)
