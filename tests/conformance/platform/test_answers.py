"""What every answer keeps to: JSON whatever is asked for, errors that help and give nothing away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oip_conformance.scenario import Answer, Member, Oip, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import expect_same, expect_shown, mentions, moving


@requirement("OIP-CORE-12")
@pytest.mark.parametrize("accept", ["", "*/*", "text/html"])
def test_json_is_answered_whatever_the_client_accepts(oip: Oip, member: Member, accept: str) -> None:
    """Status and body are as with application/json, also when the answer is an error."""
    headers = {"accept": accept}
    for path in (member.id, NOBODY):
        usual = oip.call("getCustomerById", path={"id": path})
        answer = oip.call("getCustomerById", path={"id": path}, headers=headers)
        if answer.status != usual.status:
            raise answer.unmet(f"status {usual.status}", answer.what_came())
        again = oip.call("getCustomerById", path={"id": path})
        expect_same(answer, usual.json, answer.json, except_for=moving(usual.json, again.json))
    oip.call("createMember", json={"data": {}}, headers=headers).expect_error(400)
    if oip.is_claimed("getStores"):
        oip.call("getStores", headers=headers).expect(200).items()


@requirement("OIP-CORE-14")
def test_health_is_answered_with_200(oip: Oip) -> None:
    """While the other operations work, health says so."""
    oip.read_anything().expect_decided()
    oip.call("getHealth").expect(200)


def spelt(data: dict[str, Any], kind: str) -> tuple[bytes, str]:
    """One document in another spelling, and its content type."""
    body: dict[str, Any] = {"data": data}
    match kind:
        case "escapes":
            return json.dumps(body, ensure_ascii=True).encode(), "application/json"
        case "white space":
            return json.dumps(body, ensure_ascii=False, indent=4).replace("\n", "\r\n").encode(), "application/json"
        case "order":
            turned = dict(reversed(list(data.items())))
            return json.dumps({"source": {}, "data": turned}, ensure_ascii=False).encode(), "application/json"
    return json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=utf-8"


@requirement("OIP-CORE-15")
@pytest.mark.parametrize("kind", ["escapes", "white space", "order", "charset"])
def test_json_is_read_by_its_meaning_not_its_spelling(oip: Oip, kind: str) -> None:
    """Escapes, white space, member order and the charset parameter make no difference."""
    data = oip.person_data(firstName="Bjørn-Åge", city="Tromsø")
    content, media_type = spelt(data, kind)
    created = oip.call("createMember", content=content, media_type=media_type).expect(201)
    expect_shown(created, created.at("data"), data)

    member = oip.member_of(created, data)
    change = {"id": member.id, **oip.resent(member), "lastName": "Ærlig", "city": "Ålesund"}
    content, media_type = spelt(change, kind)
    updated = oip.call("updateMember", content=content, media_type=media_type).expect(200)
    kept = {"firstName": "Bjørn-Åge"} if oip.updates_merge else {}
    expect_shown(updated, updated.at("data"), {"lastName": "Ærlig", "city": "Ålesund", **kept})


@requirement("OIP-CORE-17")
def test_additional_properties_are_accepted(oip: Oip) -> None:
    """Properties that nobody documented are no reason to refuse."""
    extended = {**oip.person_data().get("extendedProperties", {}), "ukjent": "ja", "tall": 7, "liste": [1, {"a": None}]}
    member = oip.create_member(extendedProperties=extended, someNewField="x")
    oip.update(member, extendedProperties={"ukjent": "nei"}, anotherNewField={"a": 1}).expect(200)


@requirement("OIP-ERR-07")
def test_a_refused_request_is_told_what_is_wrong(oip: Oip, member: Member) -> None:
    """The detail of a 400 names the field at fault."""
    wrong = oip.try_to_create(oip.person_data(mobilePhone="not a number")).expect_error(400)
    expect_named(wrong, "mobilePhone")
    if not oip.is_claimed("redeemPromotion"):
        return
    promotion = oip.promotion_of(member, role="open")
    expect_named(oip.call("redeemPromotion", json={"id": promotion.id}).expect_error(400), "storeId")


def expect_named(answer: Answer, field: str) -> None:
    """The detail of an error names a field."""
    detail = json.dumps(answer.json.get("detailedErrorMessage"), ensure_ascii=False)
    if field.lower() not in detail.lower():
        raise answer.unmet(f"{field} named in detailedErrorMessage", detail)


@requirement("OIP-ERR-08")
def test_an_error_shows_nobodys_data(oip: Oip, member: Member) -> None:
    """A clash with another customer shows nothing of that customer."""
    hidden = {name: str(member.sent[name]) for name in ("email", "address") if member.sent.get(name)}
    hidden |= {"id": member.id, "externalId": str(member.external_id)}
    other = oip.create_member()
    answers = [
        oip.try_to_create(oip.person_data(mobilePhone=member.mobile_phone)).expect(409),
        oip.update(other, mobilePhone=member.mobile_phone).expect(409),
        oip.find(member.mobile_phone[:-1], by="mobilePhone").expect(404, 400),
        oip.find(f"{member.id}x").expect(404, 400),
    ]
    if oip.is_claimed("addPaymentToken") and oip.target.gate.everything:
        token = oip.fresh_id("token")
        oip.call("addPaymentToken", json={"memberId": oip.person_id(member), "token": token}).expect(200)
        answers.append(oip.call("addPaymentToken", json={"memberId": oip.person_id(other), "token": token}).expect(409))
        expect_hidden(answers[-1:], {"mobilePhone": member.mobile_phone})
    expect_hidden(answers, hidden)


def expect_hidden(answers: list[Answer], hidden: dict[str, str]) -> None:
    """None of the answers says any of this, but for what stands in its own address."""
    for answer in answers:
        for name, value in hidden.items():
            if mentions(answer.said, value) and value not in answer.exchange.request.url:
                raise answer.unmet(f"no {name} of another customer", value)
