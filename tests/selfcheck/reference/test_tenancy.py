"""A profile configures the account: what is activated, which ids it takes, what a customer must have, what exists."""

from __future__ import annotations

import json
import re

import pytest

from oip_conformance.profile import load_profile
from oip_reference.tenancy.configuration import UnlikeContract

PROFILE = """
name = "A vendor"
[claims]
not_activated = ["listConsents", "redeemPromotion"]
[identifiers]
customer = ["externalId"]
[customers]
required = ["mobilePhone", "email"]
update = "{update}"
[customers.extended_properties]
shoeSize = {{ type = "integer", minimum = 20 }}
[fixtures]
stores = ["S-1"]
[fixtures.promotions]
open = "OPEN-1"
[operations.getHealth]
path = "/status"
"""


@pytest.fixture
def vendor(made, tmp_path):
    """Makes a server of the profile above, with the given way to update."""

    def make(update="merge"):
        path = tmp_path / "vendor.toml"
        path.write_text(PROFILE.format(update=update))
        return made(profile=load_profile(path))

    return make


def test_an_operation_that_is_not_activated_is_forbidden_before_it_is_read(vendor):
    oip = vendor()
    oip.ask("GET", "/consents").refused(403)
    oip.ask("POST", "/promotions/redeem", raw=b"[").refused(403)
    oip.ask("GET", "/consents", tenant="second").refused(403)


def test_only_the_configured_kinds_of_id_name_a_person(vendor):
    oip = vendor()
    member = oip.new_member(email="a@shop.example", externalId="E-1")
    assert oip.ask("GET", "/promotions/E-1").status == 200
    oip.ask("GET", f"/promotions/{member['id']}").refused(404)
    assert oip.ask("GET", f"/customers/id/{member['id']}").status == 200


def test_a_required_field_must_be_given_and_cannot_be_cleared(vendor):
    oip = vendor()
    missing = oip.ask("POST", "/customers", {"data": {"mobilePhone": "+4799700001"}}).refused(400)
    assert missing == [{"field": "/data/email", "message": "is required"}]
    member = oip.new_member(email="a@shop.example")
    oip.ask("PUT", "/customers", {"data": {"id": member["id"], "email": None}}).refused(400)
    assert oip.ask("GET", f"/customers/id/{member['id']}").json["data"]["email"] == "a@shop.example"


def test_extended_properties_are_held_to_the_accounts_schemas(vendor):
    oip = vendor()
    body = {"data": {"mobilePhone": "+4799700001", "email": "a@shop.example", "extendedProperties": {"shoeSize": 7}}}
    assert oip.ask("POST", "/customers", body).refused(400)[0]["field"] == "/data/extendedProperties/shoeSize"
    body["data"]["extendedProperties"] = {"shoeSize": 41, "colour": "red"}
    assert oip.ask("POST", "/customers", body).status == 201


def test_an_account_may_be_configured_to_replace_on_update(vendor):
    oip = vendor("replace")
    member = oip.new_member(email="a@shop.example", firstName="Kari")
    oip.ask("PUT", "/customers", {"data": {"id": member["id"], "firstName": "Ola"}}).refused(400)
    update = {"id": member["id"], "email": "b@shop.example"}
    updated = oip.ask("PUT", "/customers", {"data": update}).json["data"]
    assert updated["email"] == "b@shop.example"
    assert "firstName" not in updated
    assert updated["mobilePhone"] == member["mobilePhone"]


def test_the_fixtures_of_a_profile_exist(vendor):
    oip = vendor()
    assert [store["id"] for store in oip.ask("GET", "/stores").json] == ["S-1"]
    member = oip.new_member(email="a@shop.example", externalId="E-1")
    assert "OPEN-1" in [promotion["id"] for promotion in member["promotions"]]


def test_a_binding_moves_an_operation(vendor):
    oip = vendor()
    assert oip.ask("GET", "/status").status == 200
    oip.ask("GET", "/health").refused(404)


def test_each_account_has_its_own_data_from_the_start(oip):
    mine = oip.ask("GET", "/customers?mobilePhone=%2B4740000001").json["data"]
    assert mine["firstName"] == "Kari"
    oip.ask("GET", "/customers?mobilePhone=%2B4740000001", tenant="second").refused(404)
    assert oip.ask("GET", "/customers?mobilePhone=%2B4740000002", tenant="second").status == 200


@pytest.mark.parametrize("overlays", ["[]", '["oip-4.3"]'])
def test_no_operation_of_an_all_activated_account_is_forbidden(made, tmp_path, overlays):
    path = tmp_path / "vendor.toml"
    path.write_text(f'name = "A"\n[contract]\noverlays = {overlays}\n')
    oip = made(profile=load_profile(path))
    operations = oip.application.server.contract.operations.values()
    assert len(operations) >= 52
    forbidden = []
    for operation in operations:
        place = re.sub(r"\{\w+\}", "x", operation.path)
        if oip.ask(operation.method, place, {} if operation.request_required else None).status == 403:
            forbidden.append(operation.id)
    assert not forbidden


def test_each_operation_may_be_switched_off(made, tmp_path, contract):
    path = tmp_path / "vendor.toml"
    path.write_text(f'name = "A"\n[claims]\nnot_activated = {json.dumps(list(contract.operations))}\n')
    oip = made(profile=load_profile(path))
    for operation in contract.operations.values():
        oip.ask(operation.method, re.sub(r"\{\w+\}", "x", operation.path), raw=b"\xff").refused(403)
    assert oip.ask("GET", "/_sandbox/outbox", base="", tenant=None).json == []


ONLY_FROM = """
name = "Another"
[claims]
not_activated = ["getStores"]
[identifiers]
customer = ["externalId"]
[access]
networks = ["10.0.0.0/8", "::1"]
"""


def test_each_account_is_configured_by_its_own_profile(made, tmp_path):
    path = tmp_path / "other.toml"
    path.write_text(ONLY_FROM)
    oip = made(tenants={"second": load_profile(path)})
    assert oip.ask("GET", "/stores", client="192.168.1.1").status == 200
    oip.ask("GET", "/consents", tenant="second", client="192.168.1.1").refused(403)
    assert oip.ask("GET", "/consents", tenant="second", client="10.1.2.3").status == 200
    assert oip.ask("GET", "/consents", tenant="second", client="::1").status == 200
    oip.ask("GET", "/stores", tenant="second", client="10.1.2.3").refused(403)


def test_a_profile_with_another_contract_cannot_configure_a_second_account(made, tmp_path):
    path = tmp_path / "other.toml"
    path.write_text('name = "Another"\n[contract]\noverlays = ["oip-4.3"]\n')
    with pytest.raises(UnlikeContract, match="tenant shop"):
        made(tenants={"shop": load_profile(path)})
