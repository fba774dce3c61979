"""A card token is one member's, within one account."""

from __future__ import annotations

import pytest


def add(oip, token, member, tenant="main"):
    return oip.ask("POST", "/payment/token", {"memberId": member, "token": token}, tenant=tenant)


def holder(oip, token, tenant="main"):
    return oip.ask("GET", f"/payment/token/{token}", tenant=tenant)


def cards(oip, member, tenant="main"):
    return oip.ask("GET", f"/payment/cards/{member}", tenant=tenant)


@pytest.mark.parametrize("kind", ["id", "mobilePhone", "externalId"])
def test_a_token_finds_the_whole_customer(oip, kind):
    member = oip.new_member(externalId="E-1")
    assert add(oip, "T-1", member[kind]).status == 200
    assert holder(oip, "T-1").json == oip.ask("GET", f"/customers/id/{member['id']}").json
    holder(oip, "T-").refused(400)
    holder(oip, "T-11").refused(400)


def test_a_token_stays_with_its_first_member(oip):
    first, second = oip.new_member(externalId="E-1"), oip.new_member()
    add(oip, "T-1", first["id"])
    assert first["id"] not in str(add(oip, "T-1", second["id"]).refused(409))
    assert holder(oip, "T-1").json["data"]["id"] == first["id"]
    assert add(oip, "T-1", "E-1").status == 200
    assert len(cards(oip, first["id"]).json["data"]) == 1
    assert cards(oip, second["id"]).json["data"] == []


def test_a_token_is_nobodys_when_its_member_is_nobody(oip):
    add(oip, "T-1", "nobody").refused(400)
    holder(oip, "T-1").refused(400)
    cards(oip, "nobody").refused(400)


def test_cards_are_listed_in_their_order_without_their_numbers(oip):
    member = oip.new_member()
    for token in ("T-2", "T-1"):
        add(oip, token, member["id"])
    listed = cards(oip, member["id"]).json
    assert [card["token"] for card in listed["data"]] == ["T-2", "T-1"]
    assert len({card["id"] for card in listed["data"]}) == 2
    assert all(card["maskedCardNo"].startswith("**** **** **** ") for card in listed["data"])
    assert set(listed["metaData"]) == {"CreatedAt", "UpdatedAt"}


def test_tokens_are_each_accounts_own(oip):
    mine, yours = oip.new_member(), oip.new_member("second")
    add(oip, "T-1", mine["id"])
    holder(oip, "T-1", "second").refused(400)
    cards(oip, mine["id"], "second").refused(400)
    assert add(oip, "T-1", yours["id"], "second").status == 200
    assert holder(oip, "T-1", "second").json["data"]["id"] == yours["id"]
    assert holder(oip, "T-1").json["data"]["id"] == mine["id"]


def test_a_registration_answers_where_it_goes_on(oip):
    body = {"source": "ECOM", "provider": "Verifone", "data": {"firstName": "Kari"}}
    one, other = (oip.ask("POST", "/payment/cards/register", body).json for _ in range(2))
    assert one["url"] == "https://pay.example/register/" + one["reference"] != other["url"]
    assert (one["provider"], one["source"]) == ("Verifone", "ECOM")
