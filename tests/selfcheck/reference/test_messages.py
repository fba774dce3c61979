"""What would be sent to a person is in the outbox of the account, and nowhere else."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from oip_conformance.profile import load_profile
from oip_reference.messaging import Messaging
from oip_reference.storage.code_records import CodeRecords


def outbox(oip, tenant="main"):
    return oip.ask("GET", f"/_sandbox/outbox?tenant={tenant}", base="", tenant=None).json


def test_a_message_arrives_as_it_was_sent(oip):
    sms = {"phoneNumber": "+4799900001", "message": "Hei æøå 🦌", "sender": "Butikken"}
    assert oip.ask("POST", "/messaging/sms", sms).status == 200
    (sent,) = outbox(oip)
    assert (sent["kind"], sent["recipient"]) == ("sms", "+4799900001")
    assert sent["content"] == {"message": "Hei æøå 🦌", "sender": "Butikken"}
    assert outbox(oip, "second") == []


@pytest.mark.parametrize(
    "change", [{"phoneNumber": "12345678"}, {"message": ""}, {"message": " \n"}, {"message": None}]
)
def test_a_message_without_number_or_text_is_not_sent(oip, change):
    sms = {"phoneNumber": "+4799900001", "message": "Hei", **change}
    oip.ask("POST", "/messaging/sms", sms).refused(400)
    assert outbox(oip) == []


def test_every_one_time_code_is_a_new_one(oip):
    replies = [oip.ask("POST", "/messaging/sms/code/%2B4799900001") for _ in range(20)]
    codes = [message["content"]["message"].split(" ")[0] for message in outbox(oip)]
    assert {reply.status for reply in replies} == {200}
    assert all(len(code) == replies[0].json["codeLength"] == 6 and code.isdecimal() for code in codes)
    assert all(one != next_ for one, next_ in pairwise(codes))
    assert not any(code in reply.content.decode() for code, reply in zip(reversed(codes), replies, strict=True))


def test_a_code_is_kept_for_its_number_until_it_expires(oip):
    reply = oip.ask("POST", "/messaging/sms/code/%2B4799900001")
    code, expires = oip.application.server.part(CodeRecords).latest("main", "+4799900001")
    assert outbox(oip)[0]["content"]["message"].startswith(code)
    assert datetime.fromisoformat(reply.json["expiresAt"]) == expires
    assert oip.application.server.part(CodeRecords).latest("second", "+4799900001") is None


def test_a_code_that_was_sent_last_is_not_sent_again(oip, monkeypatch):
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr("oip_reference.messaging.secrets.randbelow", lambda _: next(drawn))
    for _ in range(2):
        oip.ask("POST", "/messaging/sms/code/%2B4799900001")
    assert [message["content"]["message"][:6] for message in outbox(oip)] == ["000008", "000007"]


def test_a_code_is_not_made_for_what_is_no_number(oip):
    oip.ask("POST", "/messaging/sms/code/4799900001").refused(400)
    assert outbox(oip) == []


def test_the_messages_of_a_sandbox_have_texts(oip):
    messaging = oip.application.server.part(Messaging)
    call = type("Call", (), {"tenant": oip.application.server.tenants["key-of-main"]})
    assert messaging.message_named(call, "welcomeSMS") == "Welcome to the club!"


TRIGGERS = """
name = "A vendor"
[fixtures]
triggers = ["vips"]
messages = ["hello"]
"""


def test_a_trigger_tells_the_outbox_what_it_would_do(oip):
    member = oip.new_member(externalId="E-1")
    assert oip.ask("POST", "/triggers/welcome", {"a": {"b": [1]}}).json == "Triggered"
    for who in (member["id"], "E-1", "%2B" + member["mobilePhone"][1:]):
        assert oip.ask("POST", f"/triggers/birthday/{who}", {}).json == "Triggered"
    sent = outbox(oip)
    assert [message["recipient"] for message in sent] == [member["mobilePhone"]] * 3 + [""]
    assert sent[-1]["content"] == {"trigger": "welcome", "data": {"a": {"b": [1]}}}


def test_an_unknown_trigger_or_person_starts_nothing(oip):
    member = oip.new_member()
    oip.ask("POST", "/triggers/unknown", {}).refused(404)
    oip.ask("POST", f"/triggers/unknown/{member['id']}", {}).refused(404)
    oip.ask("POST", "/triggers/welcome/nobody", {}).refused(404)
    oip.ask("POST", f"/triggers/welcome/{member['id']}", {}, tenant="second").refused(404)
    assert outbox(oip) == []


def test_a_profile_names_the_triggers(made, tmp_path):
    (tmp_path / "vendor.toml").write_text(TRIGGERS)
    oip = made(profile=load_profile(tmp_path / "vendor.toml"))
    assert oip.ask("POST", "/triggers/vips", {}).status == 200
    oip.ask("POST", "/triggers/welcome", {}).refused(404)


def test_a_recruitment_asks_who_is_no_member(oip):
    member = oip.new_member()
    body = {"mobilePhone": "91345678", "storeId": "STORE-001", "sourceName": "POS"}
    assert oip.ask("POST", "/vipps/recruit", body).status == 200
    (sent,) = outbox(oip)
    assert (sent["kind"], sent["recipient"]) == ("vipps", "+4791345678")
    assert sent["content"] == {"storeId": "STORE-001", "sourceName": "POS"}
    taken = oip.ask("POST", "/vipps/recruit", {**body, "mobilePhone": member["mobilePhone"][3:]}).refused(409)
    assert member["id"] not in str(taken)
    assert (
        oip.ask("POST", "/vipps/recruit", {**body, "mobilePhone": member["mobilePhone"][3:]}, tenant="second").status
        == 200
    )
    assert len(outbox(oip)) == 1
