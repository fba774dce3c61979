"""What a write answers is what a reading shows, and the list of changes shows the same record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from oip_conformance.scenario import Answer, Member, Oip, requirement
from oip_conformance.scenario.comparing import expect_same


def enriched(oip: Oip, member: Member) -> Member:
    """A member with points, clips and a redemption, as far as the profile claims them."""
    if oip.is_claimed("bonusAddRewardPoints"):
        oip.add_points(member, 41)
    if oip.is_claimed("addClips") and oip.profile.fixtures.stamp_cards:
        oip.add_clips(oip.profile.fixtures.stamp_cards[0], member)
    if oip.is_claimed("redeemPromotion") and "open" in oip.profile.fixtures.promotions:
        oip.redeem(oip.promotion_named("open"), member)
    return member


def expect_shown_as_read(oip: Oip, answer: Answer, record: Mapping[str, Any], member: Member) -> None:
    """What an answer shows of a member is what a reading shows, field by field, metaData included; it may show less."""
    reading = oip.read(member).expect(200)
    meta_data = reading.json.get("metaData")
    read = {**(meta_data if isinstance(meta_data, Mapping) else {}), **reading.at("data")}
    expect_same(answer, {name: read.get(name) for name in record}, record)


@requirement("OIP-CUST-14")
def test_an_update_answers_what_is_read_then(oip: Oip, member: Member) -> None:
    """Not only the changed field: points, cards and promotions of the answer are those of a reading as well."""
    answer = oip.update(enriched(oip, member), city="Hammerfest").expect(200)
    expect_shown_as_read(oip, answer, answer.at("data"), member)


@requirement("OIP-CUST-23")
def test_an_update_by_external_id_answers_what_is_read_then(oip: Oip, member: Member) -> None:
    """The same for an update that names the member by external id."""
    answer = oip.update_by_external_id(enriched(oip, member), city="Hammerfest").expect(200)
    expect_shown_as_read(oip, answer, answer.at("data"), member)


@requirement("OIP-CUST-03")
def test_a_creation_answers_what_is_read_then(oip: Oip) -> None:
    """The person of the answer is the person of a reading; what the account adds to a newcomer may come later."""
    data = oip.person_data()
    answer = oip.try_to_create(data).expect(201)
    record = {name: value for name, value in answer.at("data").items() if name not in ("loyalty", "promotions")}
    expect_shown_as_read(oip, answer, record, oip.member_of(answer, data))
    answer.compared_whole(answer.at("data"), {"loyalty", "promotions"})


@pytest.mark.parametrize("way", ["since a time", "since a day ago"])
@requirement("OIP-CUST-37")
def test_a_changed_customer_is_listed_as_read(oip: Oip, member: Member, way: str) -> None:
    """Whatever the list of changes shows of a member is what a reading shows."""
    oip.update(enriched(oip, member), city="Hammerfest").expect(200)
    since = f"{oip.now() - dt.timedelta(minutes=2):%Y%m%dT%H%M}"
    if way == "since a time":
        answer = oip.call("getChangedCustomersList", path={"timestamp": since}).expect(200)
    else:
        answer = oip.call("getChangedCustomersListSinceLastDay").expect(200)
    data = answer.at("data")
    entries = answer.items("data") if isinstance(data, list) else [data]
    found = [one for one in entries if one.get("id") == member.id]
    if len(found) != 1:
        raise answer.unmet(f"customer {member.id} once", f"{len(found)} times")
    expect_shown_as_read(oip, answer, found[0], member)
