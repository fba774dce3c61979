"""The API key: every operation demands it, only in its header, before it looks at anything else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oip_conformance.scenario import Answer, Member, Oip, Unmet, once, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import expect_same, moving, without_the_question

MISPLACED = ("query", "bearer", "another header", "cookie")


def refused(answer: Answer) -> list[Unmet]:
    """What an answer to a request without a good key breaks: it must be 401."""
    if answer.status is None:
        answer.expect_decided()
    return [] if answer.status == 401 or answer.reply.busy else [answer.unmet("status 401", answer.what_came())]


@once
@requirement("OIP-AUTH-01")
def test_no_operation_answers_without_a_key(oip: Oip) -> None:
    """A request without a key is answered 401 by every operation."""
    oip.none_of([unmet for name in oip.sendable() for unmet in refused(oip.sample_call(name, credential="none"))])


@once
@requirement("OIP-AUTH-02")
def test_no_operation_answers_to_a_wrong_key(oip: Oip) -> None:
    """A key nobody was given is answered 401 by every operation, and so is an empty one."""
    unmet = [unmet for name in oip.sendable() for unmet in refused(oip.sample_call(name, credential="wrong"))]
    unmet += refused(oip.read_anything(credential="misplaced", headers={"x-api-key": ""}))
    oip.none_of(unmet)


@once
@requirement("OIP-AUTH-03")
@pytest.mark.parametrize("place", MISPLACED)
def test_a_key_in_the_wrong_place_is_no_key(oip: Oip, place: str) -> None:
    """The good key counts only in the x-api-key header."""
    key = oip.target.keys.main or ""
    headers = {
        "bearer": {"authorization": f"Bearer {key}"},
        "another header": {"api-key": key},
        "cookie": {"cookie": f"x-api-key={key}; api_key={key}"},
    }.get(place, {})
    query = {"x-api-key": key, "api_key": key} if place == "query" else {}
    oip.read_anything().expect_decided()
    oip.read_anything(credential="misplaced", headers=headers, query=query).expect(401)


@requirement("OIP-AUTH-03")
def test_a_key_in_the_body_is_no_key(oip: Oip) -> None:
    """A creation with the key among its members is refused, and creates nobody."""
    data = oip.person_data()
    body = {"data": data, "x-api-key": oip.target.keys.main, "apiKey": oip.target.keys.main}
    oip.call("createMember", json=body, credential="misplaced").expect(401)
    oip.find(data["mobilePhone"], by="mobilePhone").expect(404)


@once
@requirement("OIP-AUTH-04")
@pytest.mark.parametrize("name", ["X-API-KEY", "X-Api-Key", "x-aPi-kEy"])
def test_the_name_of_the_key_header_has_no_case(oip: Oip, name: str) -> None:
    """HTTP header names have no case."""
    usual = oip.read_anything()
    answer = oip.read_anything(credential="misplaced", headers={name: oip.target.keys.main or ""})
    if answer.status != usual.status:
        raise answer.unmet(f"status {usual.status}, as with x-api-key", answer.what_came())


@requirement("OIP-AUTH-05")
def test_a_call_refused_with_401_changes_nothing(oip: Oip, member: Member) -> None:
    """Nothing is created, changed or redeemed with a wrong key."""
    data = oip.person_data()
    before = oip.record_of(member)
    promotion = oip.promotion_of(member, role="open") if oip.is_claimed("redeemPromotion") else None
    for credential in ("wrong", "none"):
        oip.call("createMember", json={"data": data}, credential=credential).expect(401)
        changes = {"data": {"id": member.id, "city": "Kapret"}}
        oip.call("updateMember", json=changes, credential=credential).expect(401)
        if promotion is not None:
            redemption = {"id": promotion.id, "storeId": oip.some_store(), "customerId": oip.person_id(member)}
            oip.call("redeemPromotion", json=redemption, credential=credential).expect(401)

    oip.find(data["mobilePhone"], by="mobilePhone").expect(404)
    after = oip.read(member).expect(200)
    expect_same(after, before, after.at("data"))


@once
@requirement("OIP-AUTH-06")
def test_a_401_reveals_nothing(oip: Oip, member: Member) -> None:
    """It is in the envelope, and the same whether the record exists or not."""

    def by_id(one: str) -> Answer:
        return oip.call("getCustomerById", path={"id": one}, credential="wrong")

    def promotions(one: str) -> Answer:
        return oip.call("getPromotions", path={"id": one}, credential="wrong")

    def by_phone(one: str) -> Answer:
        return oip.call("getCustomerByMobilePhone", query={"mobilePhone": one}, credential="none")

    expect_the_same_401(by_id, member.id, NOBODY)
    if oip.is_claimed("getPromotions"):
        expect_the_same_401(promotions, member.id, NOBODY)
    expect_the_same_401(by_phone, member.mobile_phone, oip.person_data()["mobilePhone"])


def expect_the_same_401(ask: Callable[[str], Answer], known: str, unknown: str) -> None:
    """Both answers are one, but for what differs from call to call and for the address that was asked for."""
    there, again, not_there = (ask(one).expect_enveloped(401) for one in (known, known, unknown))
    said, repeated = (without_the_question(answer.json, known) for answer in (there, again))
    expect_same(there, without_the_question(not_there.json, unknown), said, except_for=moving(said, repeated))


@once
@requirement("OIP-AUTH-07")
@pytest.mark.parametrize("operation", ["createMember", "updateMember", "redeemPromotion", "addTransactions"])
def test_the_key_is_checked_before_the_request(oip: Oip, operation: str) -> None:
    """A broken request without a good key learns nothing about what is wrong with it."""
    for credential in ("none", "wrong"):
        broken = oip.call(operation, content=b'{"data": ', media_type="application/json", credential=credential)
        broken.expect(401)
        oip.call(operation, json={"data": 7}, credential=credential).expect(401)


@once
@requirement("OIP-AUTH-08")
def test_only_the_exact_key_opens_the_account(oip: Oip) -> None:
    """A key cut by one character, with one more, or in the other case is a wrong key."""
    key = oip.target.keys.main or ""
    oip.read_anything().expect_decided()
    for other in (key[:-1], f"{key}0", key.swapcase(), f"{key[:-1]}{'0' if key[-1:] != '0' else '1'}"):
        if other != key:
            oip.read_anything(credential="misplaced", headers={"x-api-key": other}).expect(401)
