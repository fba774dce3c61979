"""Every request gets a documented answer: the order of checks, the envelope, methods, bodies and their limits."""

from __future__ import annotations

import json

import pytest

CUSTOMER = {"data": {"mobilePhone": "+4799700001"}}


def test_without_a_key_every_address_of_the_api_is_unauthorized(oip):
    for method, path in (("GET", "/stores"), ("GET", "/no-such-path"), ("PATCH", "/stores"), ("OPTIONS", "/stores")):
        oip.ask(method, path, tenant=None).refused(401)
    oip.ask("GET", "/stores", headers={"x-api-key": "wrong"}).refused(401)
    oip.ask("GET", "/stores?x-api-key=key-of-main", tenant=None).refused(401)
    oip.ask("GET", "/stores", tenant=None, headers={"authorization": "Bearer key-of-main"}).refused(401)


def test_an_unknown_path_is_not_found_and_an_unknown_method_is_told_the_known_ones(oip):
    oip.ask("GET", "/no-such-path").refused(404)
    oip.ask("GET", "/stores/").refused(404)
    reply = oip.ask("DELETE", "/customers")
    reply.refused(405)
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS, POST, PUT"


def test_options_answers_with_the_methods_and_no_body(oip):
    reply = oip.ask("OPTIONS", "/promotions/redeem")
    assert (reply.status, reply.content, reply.headers["allow"]) == (204, b"", "OPTIONS, POST")


def test_head_has_the_headers_of_get_and_no_body(oip):
    head, get = oip.ask("HEAD", "/stores"), oip.ask("GET", "/stores")
    assert head.status == get.status == 200
    assert head.headers == get.headers
    assert head.content == b""


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[",
        b"null",
        b"[]",
        b"1",
        b"{}",
        b'{"data": null}',
        b'{"data": {}}',
        b'{"data": {"mobilePhone": 5}}',
        b'{"data": {"mobilePhone": "+4799700001"}} x',
        b'{"data": {"mobilePhone": NaN}}',
        b'{"data": {"mobilePhone": "\\ud800"}}',
        b'{"data": {"mobilePhone": "\xff"}}',
        b"[" * 100_000,
        b'{"data":' * 5000 + b"1" + b"}" * 5000,
        json.dumps(CUSTOMER).encode("utf-16"),
    ],
)
def test_a_body_that_is_no_customer_is_refused_and_nothing_is_created(oip, raw):
    oip.ask("POST", "/customers", raw=raw).refused(400)
    oip.ask("GET", "/customers?mobilePhone=%2B4799700001").refused(404)


@pytest.mark.parametrize("value", [b"[" * 200 + b"]" * 200, b'{"a":' * 120 + b"1" + b"}" * 120, b"1e400", b"-1e400"])
def test_what_could_not_be_kept_and_answered_again_is_refused(oip, value):
    raw = b'{"data": {"mobilePhone": "+4799700001", "extendedProperties": {"x": ' + value + b"}}}"
    oip.ask("POST", "/customers", raw=raw).refused(400)


def test_whatever_can_be_kept_comes_back_as_it_was(oip):
    value = {
        "deep": [[[[{"a": None}]]]],
        "large": 2**64 - 1,
        "huge": 1e300,
        "small": -1e-300,
        "text": "\u0000\u2028 \U0001f600 ÿ",
    }
    member = oip.new_member(extendedProperties=value, firstName="\u0000")
    assert oip.ask("GET", f"/customers/id/{member['id']}").json["data"]["extendedProperties"] == value


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "nonsense", ";;="])
def test_a_json_operation_takes_only_json(oip, media_type):
    oip.ask("POST", "/customers", CUSTOMER, media_type=media_type).refused(400)


def test_a_media_type_may_carry_parameters_but_only_utf_8(oip):
    oip.ask("POST", "/customers", CUSTOMER, media_type="application/json; charset=latin-1").refused(400)
    assert oip.ask("POST", "/customers", CUSTOMER, media_type="Application/JSON; charset=UTF-8").status == 201


def test_a_body_over_the_limit_is_refused_in_the_envelope(made):
    oip = made(largest_body=2000)
    fits = {"data": CUSTOMER["data"] | {"firstName": "x" * 1000}}
    too_large = {"data": {"mobilePhone": "+4799700002", "firstName": "x" * 3000}}
    oip.ask("POST", "/customers", too_large).refused(400)
    assert oip.ask("POST", "/customers", fits).status == 201
    oip.ask("GET", "/customers?mobilePhone=%2B4799700002").refused(404)


@pytest.mark.parametrize("path", ["/customers/id/%FF", "/customers?mobilePhone=%C3%28", "/promotions/%80abc"])
def test_an_address_that_is_not_utf_8_is_refused(oip, path):
    oip.ask("GET", path).refused(400)


@pytest.mark.parametrize("identifier", ["%00", "a%2Fb", "%F0%9F%98%80", "x" * 5000, "%27%20OR%201=1--", "%25"])
def test_any_text_may_be_asked_for_as_an_id(oip, identifier):
    assert oip.ask("GET", f"/customers/id/{identifier}").status in (400, 404)


def test_a_parameter_that_is_missing_or_repeated_is_refused_by_name(oip):
    assert oip.ask("GET", "/customers").refused(400)[0]["field"] == "mobilePhone"
    assert (
        oip.ask("GET", "/customers?mobilePhone=%2B4711111111&mobilePhone=x").refused(400)[0]["field"] == "mobilePhone"
    )


def test_what_is_wrong_with_a_body_is_said_field_by_field(oip):
    detail = oip.ask("POST", "/customers", {"data": {"mobilePhone": "+4799700001", "email": 5}}).refused(400)
    assert [entry["field"] for entry in detail] == ["/data/email"]


def test_the_page_at_the_root_explains_the_sandbox(oip):
    reply = oip.ask("GET", "/", base="", tenant=None)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert b"/_sandbox/gateways" in reply.content
    oip.ask("GET", "/elsewhere", base="", tenant=None).refused(404)
    oip.ask("POST", "/", base="", tenant=None).refused(405)


def test_everything_the_server_answers_is_what_the_contract_says(oip, contract):
    member = oip.new_member(externalId="E-1", extendedProperties={"a": "b"})
    oip.redeem("open", member["id"], receiptId="R-1")
    phone = f"%2B{member['mobilePhone'][1:]}"
    asked = {
        "getHealth": "/health",
        "getStores": "/stores",
        "listConsents": "/consents",
        "getCustomerById": f"/customers/id/{member['id']}",
        "getCustomerByExternalId": "/customers/externalId/E-1",
        "getCustomerByMobilePhone": f"/customers?mobilePhone={phone}",
        "getChangedCustomersListSinceLastDay": "/customers/changed",
        "getPromotions": f"/promotions/{member['id']}",
        "getCouponsByMobilePhone": f"/promotions/mobilePhone?mobilePhone={phone}",
        "getRedeemedPromotions": f"/promotions/redeemed/{member['id']}",
        "getBonusCampaigns": "/loyalty/bonus/campaigns",
        "getBonusCampaignsForMember": "/loyalty/bonus/campaigns/E-1",
        "getBonusRules": "/bonus/rules",
        "getBonusTransactions": "/loyalty/bonus/transactions/%2B4740000101",
        "stampCard1": "/loyalty/loyalty-cards/E-1",
        "getLoyaltyCardProducts": "/loyalty/loyalty-cards/products",
        "getTransactions": "/transactions/customerId/%2B4740000101",
        "report1": "/reports/bonusTransactions?customerId=%2B4740000101",
    }
    for operation_id, path in asked.items():
        reply = oip.ask("GET", path)
        assert reply.status == 200, (operation_id, reply.content)
        errors = contract.operation(operation_id).response_errors(200, "application/json", reply.json)
        assert not errors, (operation_id, errors)
