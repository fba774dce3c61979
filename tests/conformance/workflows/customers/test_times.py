"""When a customer was created and changed, and the list of those who changed."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from oip_conformance.scenario import Answer, Member, Oip, level, requirement

SPELLING = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
NEAR = dt.timedelta(hours=15)
"""A clock may show the time of any zone, and be an hour off."""

SKEW = dt.timedelta(minutes=20)
"""So far the clocks of a target may be from its Date header, and no time zone from another."""


def clock_of(answer: Answer) -> dt.datetime | None:
    """The time that the Date header of an answer says; None where there is none."""
    try:
        return parsedate_to_datetime(answer.reply.header("date") or "").astimezone(dt.UTC)
    except ValueError:
        return None


def moment(answer: Answer, name: str) -> dt.datetime:
    """A time of `metaData`, in the published spelling."""
    text = str(answer.at("metaData", name))
    if not SPELLING.fullmatch(text):
        raise answer.unmet(f"{name} spelt like 2023-01-01 15:15:00", repr(text))
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise answer.unmet(f"{name} to be a date that exists", repr(text)) from None


def stamp(moment: dt.datetime) -> str:
    """A timestamp as the operation takes it."""
    return moment.strftime("%Y%m%dT%H%M")


def changed_since(oip: Oip, timestamp: str) -> tuple[Answer, list[Any]]:
    """The answer, and the customers it lists; a single one may be answered as itself."""
    answer = oip.call("getChangedCustomersList", path={"timestamp": timestamp}).expect(200)
    data = answer.at("data")
    return answer, data if isinstance(data, list) else [data] if data else []


def listed(customers: list[Any], member: Member) -> list[Any]:
    """The entries of a list that are about a member."""
    return [one for one in customers if isinstance(one, dict) and one.get("id") == member.id]


@requirement("OIP-CUST-27")
def test_created_at_stays_and_updated_at_follows_the_changes(oip: Oip, member: Member) -> None:
    """CreatedAt never moves; UpdatedAt moves with a change, and never before CreatedAt."""
    created = oip.read(member).expect(200)
    if moment(created, "UpdatedAt") < moment(created, "CreatedAt"):
        raise created.unmet("UpdatedAt not before CreatedAt", str(created.at("metaData")))
    oip.wait(1.1)
    oip.update(member, city="Alta").expect(200)

    updated = oip.read(member).expect(200)
    if moment(updated, "CreatedAt") != moment(created, "CreatedAt"):
        raise updated.unmet(
            f"CreatedAt {created.at('metaData', 'CreatedAt')}", str(updated.at("metaData", "CreatedAt"))
        )
    if moment(updated, "UpdatedAt") <= moment(created, "UpdatedAt"):
        raise updated.unmet(
            f"UpdatedAt after {created.at('metaData', 'UpdatedAt')}", str(updated.at("metaData", "UpdatedAt"))
        )


@requirement("OIP-CUST-28")
def test_metadata_spells_its_times_as_published(oip: Oip) -> None:
    """Both times are dates that exist, near now for a customer just created."""
    data = oip.person_data()
    for answer in (oip.try_to_create(data).expect(201), oip.find(data["mobilePhone"], by="mobilePhone").expect(200)):
        for name in ("CreatedAt", "UpdatedAt"):
            if abs(moment(answer, name) - oip.now().replace(tzinfo=None)) > NEAR:
                raise answer.unmet(f"{name} near the time of the call", str(answer.at("metaData", name)))


@requirement("OIP-CUST-37")
def test_changes_since_a_time_are_listed(oip: Oip, member: Member) -> None:
    """The created and the updated customer are there once each, as they are now."""
    oip.update(member, city="Narvik").expect(200)
    created = oip.create_member()

    answer, customers = changed_since(oip, stamp(oip.now() - dt.timedelta(minutes=2)))

    for one, city in ((member, "Narvik"), (created, created.sent["city"])):
        entries = listed(customers, one)
        if len(entries) != 1:
            raise answer.unmet(f"customer {one.id} once", f"{len(entries)} times among {len(customers)}")
        if entries[0].get("city") != city:
            raise answer.unmet(f"its current city {city!r}", repr(entries[0].get("city")))


@level("standard")
@requirement("OIP-CUST-37")
def test_no_change_is_left_out_of_a_long_list(oip: Oip) -> None:
    """More than a hundred customers that changed are all there, the first of them as well as the last."""
    began = oip.now()
    made = [oip.create_member() for _ in range(101)]

    answer, customers = changed_since(oip, stamp(began - dt.timedelta(minutes=2)))

    ids = {one.get("id") for one in customers if isinstance(one, dict)}
    if missing := [one.id for one in made if one.id not in ids]:
        raise answer.unmet(f"all {len(made)} customers just created", f"{len(missing)} of them are not listed")


@requirement("OIP-CUST-38")
def test_what_did_not_change_is_not_listed(oip: Oip, member: Member) -> None:
    """A timestamp in the future lists nobody; one in the past lists the member."""
    _, before = changed_since(oip, stamp(oip.now() - dt.timedelta(minutes=2)))
    assert listed(before, member), f"the member {member.id} is not among the changed"

    answer, customers = changed_since(oip, stamp(oip.now() + dt.timedelta(days=2)))

    if customers:
        raise answer.unmet("nobody changed after a time to come", f"{len(customers)} customers")


@requirement("OIP-CUST-38")
def test_a_timestamp_is_read_to_the_minute_in_utc(oip: Oip, member: Member) -> None:
    """Shortly after its last change a customer is no longer listed: a time is no day, and no time of another zone."""
    _, before = changed_since(oip, stamp(oip.now() - dt.timedelta(minutes=2)))
    assert listed(before, member), f"the member {member.id} is not among the changed"

    answer = oip.read(member).expect(200)
    soon = max(oip.now(), clock_of(answer) or oip.now()) + SKEW
    answer, customers = changed_since(oip, stamp(soon))

    if listed(customers, member):
        raise answer.unmet(f"nobody who changed before {stamp(soon)}", f"the member {member.id}")


@requirement("OIP-CUST-39")
def test_without_a_timestamp_the_last_day_is_listed(oip: Oip, member: Member) -> None:
    """The list without a timestamp is the list since a day ago."""
    answer = oip.call("getChangedCustomersListSinceLastDay").expect(200)
    data = answer.at("data")
    customers = data if isinstance(data, list) else [data]
    if len(listed(customers, member)) != 1:
        raise answer.unmet(f"customer {member.id} once", f"{len(listed(customers, member))} times")

    _, since = changed_since(oip, stamp(oip.now() - dt.timedelta(days=1)))
    ids, same = {one.get("id") for one in customers}, {one.get("id") for one in since}
    if len(ids - same) > 1 or len(same - ids) > len(same) // 2 + 8:
        raise answer.unmet("the customers since one day ago", f"{len(ids ^ same)} differ")


@requirement("OIP-CUST-40")
@pytest.mark.parametrize(
    "timestamp", ["yesterday", "2024-01-01", "20241301T0000", "20240230T1200", "20240101T2460", "1704067200"]
)
def test_a_malformed_timestamp_is_refused(oip: Oip, timestamp: str) -> None:
    """What is not of the published form, or is no real time, answers 400; the published example is taken."""
    oip.call("getChangedCustomersList", path={"timestamp": "20240101T2210"}).expect(200)

    oip.call("getChangedCustomersList", path={"timestamp": timestamp}).expect_error(400)
