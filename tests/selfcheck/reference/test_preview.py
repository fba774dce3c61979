"""Operations of release 4.3 are answered as soon as a contract has them."""

from __future__ import annotations

import pytest

from oip_conformance.profile import load_profile
from oip_reference.wellknown import PROMOTIONS

OVERLAY = """
overlay: 1.0.0
info: {title: "Two operations of 4.3", version: "1"}
actions:
- target: $.paths
  update:
    /promotions/definitions:
      get:
        operationId: getPromotionsDefinitions
        tags: [Promotions]
        summary: Definitions
        x-oip-class: promotions
        x-oip-effect: read
        x-oip-path-source: documented
        responses:
          "200": {description: Definitions., content: {application/json: {schema: {type: array}}}}
          "404": {$ref: '#/components/responses/NotFound'}
    /messaging/sms/trigger/{customerId}/{id}:
      get:
        operationId: triggerSmsAutomation
        tags: [Messaging]
        summary: Trigger
        x-oip-class: messaging
        x-oip-effect: external
        x-oip-path-source: documented
        parameters:
        - {name: customerId, in: path, required: true, schema: {type: string, minLength: 1}}
        - {name: id, in: path, required: true, schema: {type: string, minLength: 1}}
        responses:
          "200": {description: Sent.}
          "400": {$ref: '#/components/responses/BadRequest'}
"""


@pytest.fixture
def newer(made, tmp_path):
    """A server of a profile with an overlay, and with the fixtures given."""

    def make(fixtures=""):
        (tmp_path / "newer.overlay.yaml").write_text(OVERLAY)
        profile = tmp_path / "vendor.toml"
        profile.write_text(f'name = "A"\n[contract]\noverlays = ["newer.overlay.yaml"]\n[fixtures]\n{fixtures}\n')
        return made(profile=load_profile(profile))

    return make


def test_definitions_list_what_exists_active_or_not(newer):
    listed = {item["id"]: item for item in newer().ask("GET", "/promotions/definitions").json}
    assert set(listed) == set(PROMOTIONS.values())
    assert [listed[PROMOTIONS[role]]["active"] for role in ("open", "expired", "not_yet_valid")] == [True, False, False]
    channel = listed[PROMOTIONS["single_use"]]["redemptionChannels"][0]
    assert (channel["valueType"], channel["value"]) == ("amount", "100")
    assert listed[PROMOTIONS["open"]]["validFrom"] == "2024-01-01T00:00:00"


@pytest.mark.parametrize("kind", ["id", "mobilePhone", "externalId"])
def test_a_preconfigured_message_goes_to_a_member(newer, kind):
    oip = newer()
    member = oip.new_member(externalId="E-1")
    who = member[kind].replace("+", "%2B")
    assert oip.ask("GET", f"/messaging/sms/trigger/{who}/welcomeSMS").status == 200
    (sent,) = oip.ask("GET", "/_sandbox/outbox", base="", tenant=None).json
    assert (sent["recipient"], sent["content"]["message"]) == (member["mobilePhone"], "Welcome to the club!")


def test_an_unknown_message_or_person_sends_nothing(newer):
    oip = newer('messages = ["hello"]')
    member = oip.new_member()
    oip.ask("GET", f"/messaging/sms/trigger/{member['id']}/welcomeSMS").refused(400)
    oip.ask("GET", "/messaging/sms/trigger/nobody/hello").refused(400)
    assert oip.ask("GET", "/_sandbox/outbox", base="", tenant=None).json == []
    assert oip.ask("GET", f"/messaging/sms/trigger/{member['id']}/hello").status == 200


def test_without_the_overlay_the_operations_are_not_there(oip):
    oip.ask("GET", "/messaging/sms/trigger/x/y").refused(404)
    oip.ask("GET", "/promotions/definitions").refused(404)  # the promotions of a member of this name
