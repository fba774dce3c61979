"""Customers keep what they were given, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest


def test_a_created_customer_is_found_by_id_phone_and_external_id(oip):
    member = oip.new_member(externalId="E/1 æ", firstName="Åse", zip="0153")
    by_id = oip.ask("GET", f"/customers/id/{member['id']}")
    by_phone = oip.ask("GET", f"/customers?mobilePhone=%2B{member['mobilePhone'][1:]}")
    by_external = oip.ask("GET", "/customers/externalId/E%2F1%20%C3%A6")

    assert by_id.status == by_phone.status == by_external.status == 200
    assert by_id.json == by_phone.json == by_external.json
    assert by_id.json["data"]["firstName"] == "Åse"
    assert by_id.json["data"]["zip"] == "0153"


def test_a_plus_that_is_not_encoded_means_a_space_and_finds_nobody(oip):
    member = oip.new_member()
    reply = oip.ask("GET", f"/customers?mobilePhone={member['mobilePhone']}")
    assert reply.status in (400, 404)


@pytest.mark.parametrize("field", ["mobilePhone", "externalId"])
def test_an_identifier_belongs_to_one_customer_of_an_account_only(oip, field):
    member = oip.new_member(externalId="E-1")
    other = oip.new_member(externalId="E-2")
    create = oip.ask("POST", "/customers", {"data": {"mobilePhone": "+4799800001", field: member[field]}})
    update = oip.ask("PUT", "/customers", {"data": {"id": other["id"], field: member[field]}})

    assert create.refused(409)[0]["field"] == f"/data/{field}"
    update.refused(409)
    assert oip.ask("GET", f"/customers/id/{other['id']}").json["data"][field] == other[field]
    assert oip.new_member(tenant="second", **{field: member[field]})[field] == member[field]


def test_an_update_changes_what_it_names_and_nothing_else(oip):
    member = oip.new_member(firstName="Kari", lastName="Nordmann", extendedProperties={"a": "1", "b": "2"},
                            favoriteStores=["STORE-001", "STORE-002"],
                            consents={"acceptsEmail": True,
                                      "extendedConsents": [{"id": "acceptsDigital", "value": True}]})  # fmt: skip
    update = {
        "id": member["id"],
        "lastName": "Hansen",
        "favouriteStores": ["ONLINE-001"],
        "extendedProperties": {"b": "3"},
        "consents": {"acceptsSms": True},
    }
    updated = oip.ask("PUT", "/customers", {"data": update}).json["data"]

    assert (updated["firstName"], updated["lastName"]) == ("Kari", "Hansen")
    assert updated["favoriteStores"] == ["ONLINE-001"]
    assert updated["extendedProperties"] == {"a": "1", "b": "3"}
    assert updated["consents"]["acceptsEmail"]
    assert updated["consents"]["acceptsSms"]
    assert updated["consents"]["extendedConsents"] == member["consents"]["extendedConsents"]


def test_extended_consents_are_read_in_both_places_and_dated_when_they_change(oip):
    member = oip.new_member(consents={"extendedConsents": [{"id": "acceptsDigital", "value": True}]})
    given = {"id": member["id"], "extendedConsents": [{"id": "acceptsDigital", "value": True}]}
    same = oip.ask("PUT", "/customers", {"data": given}).json["data"]["consents"]["extendedConsents"][0]
    given["extendedConsents"][0]["value"] = False
    changed = oip.ask("PUT", "/customers", {"data": given}).json["data"]["consents"]["extendedConsents"][0]

    assert same == member["consents"]["extendedConsents"][0]
    assert same["name"] == "Digital marketing"
    assert changed["value"] is False


def test_what_only_the_server_may_set_is_ignored(oip):
    member = oip.new_member(id="MINE", loyalty={"points": 9}, promotions=[], metaData={})
    assert member["id"] != "MINE"
    assert member["loyalty"]["points"] != 9
    assert member["promotions"]


def test_an_update_of_nobody_is_refused_and_creates_nobody(oip):
    oip.ask("PUT", "/customers", {"data": {"id": "NOBODY", "mobilePhone": "+4799800002"}}).refused(400)
    body = {"data": {"externalId": "NOBODY", "mobilePhone": "+4799800002"}}
    oip.ask("PUT", "/customers/externalId", body).refused(400)
    oip.ask("GET", "/customers?mobilePhone=%2B4799800002").refused(404)


def test_changed_customers_are_those_changed_at_or_after_the_minute(oip):
    member = oip.new_member()
    now = datetime.now(UTC)
    before, after = f"{now - timedelta(minutes=1):%Y%m%dT%H%M}", f"{now + timedelta(minutes=2):%Y%m%dT%H%M}"

    changed = oip.ask("GET", f"/customers/changed/{before}").json["data"]
    assert member["id"] in [customer["id"] for customer in changed]
    assert oip.ask("GET", f"/customers/changed/{after}").json == {"data": []}
    assert member["id"] in [customer["id"] for customer in oip.ask("GET", "/customers/changed").json["data"]]


@pytest.mark.parametrize("timestamp", ["20241301T0000", "20240101", "20240101T220", "2024-01-01T22:10", "x" * 13])
def test_a_malformed_timestamp_is_refused(oip, timestamp):
    oip.ask("GET", f"/customers/changed/{timestamp}").refused(400)


def test_a_customer_of_one_account_does_not_exist_in_another(oip):
    member = oip.new_member(externalId="E-1")
    phone = f"%2B{member['mobilePhone'][1:]}"
    for path in (f"/customers/id/{member['id']}", "/customers/externalId/E-1", f"/customers?mobilePhone={phone}",
                 f"/promotions/{member['id']}", f"/promotions/mobilePhone?mobilePhone={phone}"):  # fmt: skip
        assert oip.ask("GET", path).status == 200
        oip.ask("GET", path, tenant="second").refused(404)


def test_a_nul_in_an_identifier_is_refused_and_elsewhere_kept(oip):
    for fields in ({"externalId": "a\0b"}, {"mobilePhone": "+479990000\0"}, {"source": {"storeId": "\0"}}):
        source = fields.pop("source", {})
        body = {"data": {"mobilePhone": "+4799700001", **fields}, "source": source}
        oip.ask("POST", "/customers", body).refused(400)
    member = oip.new_member(firstName="a\0b", externalId="a\\u0000b")
    assert (member["firstName"], member["externalId"]) == ("a\0b", "a\\u0000b")
    refusal = oip.ask("PUT", "/customers", {"data": {"id": member["id"], "externalId": "\0"}}).refused(400)
    assert refusal == [{"field": "/data/externalId", "message": "holds a NUL"}]
