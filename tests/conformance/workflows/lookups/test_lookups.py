"""Looking up persons at third parties, only those that the profile names."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from oip_conformance.scenario import Answer, NotTested, Oip, requirement
from oip_conformance.scenario.moments import local_time


def number(oip: Oip) -> str:
    """The phone number whose owner is known."""
    named = oip.profile.fixtures.lookups.mobile_phone
    if not named:
        raise NotTested("[fixtures.lookups] of the profile names no mobile_phone")
    return named


def national_id(oip: Oip) -> str:
    """The national id of the test person."""
    lookups = oip.profile.fixtures.lookups
    found = os.environ.get(lookups.ssn_env) if lookups.ssn_env else lookups.ssn
    if not found:
        raise NotTested("[fixtures.lookups] of the profile names no ssn or ssn_env")
    return found


def expect_a_name(answer: Answer) -> None:
    """The person has a name."""
    person = answer.json if isinstance(answer.json, dict) else {}
    if not (person.get("firstName") or person.get("lastName")):
        raise answer.unmet("a name", repr(answer.json))


def expect_nobody(answer: Answer) -> None:
    """The request is refused, and no person is shown."""
    answer.expect_error(400)
    if "firstName" in answer.reply.text or "lastName" in answer.reply.text:
        raise answer.unmet("nobody", "a person")


@requirement("OIP-LOOK-01")
def test_a_person_is_found_by_phone_number(oip: Oip) -> None:
    """The number answers 200 with a name."""
    expect_a_name(oip.call("lookupMobilePhone", path={"mobilePhone": number(oip)}).expect(200))


@requirement("OIP-LOOK-02")
def test_a_person_is_found_by_national_id(oip: Oip) -> None:
    """The test person answers 200 with a name."""
    expect_a_name(oip.call("lookupSsn", path={"ssn": national_id(oip)}).expect(200))


@requirement("OIP-LOOK-03")
@pytest.mark.parametrize("what", ["not a number", "+47ABCDEFGH", "+4"])
def test_what_is_no_phone_number_is_not_looked_up(oip: Oip, what: str) -> None:
    """It answers 400; a number answers 200."""
    oip.call("lookupMobilePhone", path={"mobilePhone": number(oip)}).expect(200)
    expect_nobody(oip.call("lookupMobilePhone", path={"mobilePhone": what}))


@requirement("OIP-LOOK-04")
def test_a_national_id_with_wrong_check_digits_is_refused(oip: Oip) -> None:
    """The last digit changed, or no national id at all, answers 400."""
    good = national_id(oip)
    oip.call("lookupSsn", path={"ssn": good}).expect(200)
    for bad in (f"{good[:-1]}{(int(good[-1]) + 1) % 10}", "12345678901", "abc", good[:-1]):
        expect_nobody(oip.call("lookupSsn", path={"ssn": bad}))


@requirement("OIP-LOOK-05")
def test_looking_up_registers_nobody(oip: Oip) -> None:
    """The number is still nobody's, and the answer does not repeat the national id."""
    phone, ssn = number(oip), national_id(oip)
    before = oip.find(phone, by="mobilePhone").expect(200, 404).status
    oip.call("lookupMobilePhone", path={"mobilePhone": phone}).expect(200)
    answer = oip.call("lookupSsn", path={"ssn": ssn}).expect(200)
    if ssn in answer.reply.text:
        raise answer.unmet("no national id in the answer", "the one that was asked for")
    found = oip.find(phone, by="mobilePhone").expect(before or 404)
    if found.status == 200 and oip.is_claimed("createMember"):
        expect_long_known(oip, found)


def expect_long_known(oip: Oip, found: Answer) -> None:
    """A customer was there before this run, which looked the number up more than once: not since the last hour."""
    now = oip.read(oip.create_member()).expect(200)
    made, latest = (local_time(answer.at("metaData").get("CreatedAt")) for answer in (found, now))
    if made is not None and latest is not None and latest - made < dt.timedelta(hours=1):
        raise found.unmet("nobody, or a customer of long ago", f"a customer who was registered {made}")
