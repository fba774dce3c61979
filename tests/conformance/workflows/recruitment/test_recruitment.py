"""Recruiting members at a till with Vipps."""

from __future__ import annotations

import pytest

from oip_conformance.scenario import Answer, Member, NotTested, Oip, requirement
from oip_conformance.scenario.comparing import expect_same


def recruit(oip: Oip, number: str) -> Answer:
    """Start a recruitment for a number without country code."""
    return oip.call("vippsRecruit", json={"mobilePhone": number, "storeId": oip.some_store(), "sourceName": "POS"})


def local(oip: Oip, number: str) -> str:
    """A number without the account's country code."""
    short = number.removeprefix(oip.profile.customers.phone_country_code)
    body = {"mobilePhone": short, "storeId": "STORE-001", "sourceName": "POS"}
    if not oip.contract.operation("vippsRecruit").is_request_valid("application/json", body):
        raise NotTested(
            f"{short} is no number that the contract takes for vippsRecruit; change its pattern by an overlay"
        )
    return short


@requirement("OIP-REC-01")
def test_a_recruitment_is_started(oip: Oip) -> None:
    """A number that is nobody's answers 200."""
    recruit(oip, local(oip, oip.recipient("vippsRecruit"))).expect(200)


@requirement("OIP-REC-02")
def test_a_member_is_not_recruited_again(oip: Oip, member: Member) -> None:
    """A member's number answers 409, and the member stays."""
    before = oip.record_of(member)
    recruit(oip, local(oip, member.mobile_phone)).expect_error(409)
    after = oip.read(member).expect(200)
    expect_same(after, before, after.at("data"))


@requirement("OIP-REC-03")
@pytest.mark.parametrize("number", ["not a number", "123", "9134567X", ""])
def test_what_is_no_phone_number_is_not_recruited(oip: Oip, number: str) -> None:
    """It answers 400; a number answers 200."""
    recruit(oip, local(oip, oip.recipient("vippsRecruit"))).expect(200)
    recruit(oip, number).expect_error(400)


@requirement("OIP-REC-05")
def test_a_recruitment_gives_no_consent(oip: Oip) -> None:
    """Nobody has the number yet, or somebody who has consented to nothing."""
    number = oip.recipient("vippsRecruit")
    recruit(oip, local(oip, number)).expect(200)
    answer = oip.find(number, by="mobilePhone").expect(200, 404)
    if answer.status == 200:
        consents = answer.at("data").get("consents") or {}
        given = [name for name in ("acceptsTerms", "acceptsEmail", "acceptsSms") if consents.get(name)]
        if given:
            raise answer.unmet("no consent", f"{', '.join(given)}")
