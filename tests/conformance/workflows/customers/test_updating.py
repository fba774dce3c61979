"""Updating a customer: what was sent is there, what was not sent stays, and nobody else changes."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.scenario import Member, Oip, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import at_once, expect_same, expect_shown
from oip_conformance.scenario.members import Way

WAYS: tuple[Way, ...] = ("id", "mobilePhone", "externalId")

CHANGES: dict[str, Any] = {
    "firstName": "Ny",
    "lastName": "Endret",
    "email": "ny.endret@example.com",
    "address": "Storgata 1",
    "zip": "9008",
    "city": "Tromsø",
    "country": "SE",
    "birthDate": "1980-05-17T00:00:00",
    "gender": "Unknown",
    "interests": ["Friluftsliv"],
}


@requirement("OIP-CUST-14")
def test_an_update_answers_the_updated_customer(oip: Oip, member: Member) -> None:
    """The answer shows the customer as it is after the update."""
    answer = oip.update(member, **CHANGES).expect(200).expect_value(member.id, "data", "id")
    expect_shown(answer, answer.at("data"), CHANGES)


@requirement("OIP-CUST-15")
def test_an_update_is_read_back_by_every_way(oip: Oip, member: Member) -> None:
    """Every reading shows the new values at once, also one that showed the old ones a moment ago."""
    for way in WAYS:
        oip.read(member, by=way).expect(200)
    changes = {**CHANGES, "favoriteStores": list(oip.profile.fixtures.stores[-1:])}
    oip.update(member, **changes).expect(200)
    for way in WAYS:
        answer = oip.read(member, by=way).expect(200)
        expect_shown(answer, answer.at("data"), changes)


@requirement("OIP-CUST-15")
def test_a_changed_external_id_moves_the_customer(oip: Oip, member: Member) -> None:
    """The new external id finds the customer at once, and the old one nobody."""
    before, after = member.identifier("externalId"), oip.person_data()["externalId"]
    oip.update(member, externalId=after).expect(200)

    oip.find(after, by="externalId").expect(200).expect_value(member.id, "data", "id")
    oip.find(before, by="externalId").expect(404)


@requirement("OIP-CUST-16")
@pytest.mark.parametrize("by", ["id", "externalId"])
def test_fields_that_were_not_sent_stay(oip: Oip, member: Member, by: str) -> None:
    """After an update of one field all others have their values, or are cleared where the profile says so."""
    before = oip.record_of(member)
    update = oip.update if by == "id" else oip.update_by_external_id
    update(member, city="Bodø").expect(200)

    after = oip.read(member).expect(200).expect_value("Bodø", "data", "city")
    if oip.updates_merge:
        expect_same(after, before, after.at("data"), except_for=["city"])
    else:
        free = next(name for name in ("firstName", "lastName", "address") if name not in oip.profile.customers.required)
        if after.at("data").get(free):
            raise after.unmet(f"{free} cleared, since updates replace", repr(after.at("data", free)))


@requirement("OIP-CUST-17")
@pytest.mark.parametrize("name", ["interests", "favouriteStores"])
def test_lists_are_replaced_as_a_whole(oip: Oip, name: str) -> None:
    """What the update's list does not hold is gone, and nothing is there twice."""
    shown_as = "favoriteStores" if name == "favouriteStores" else name
    first, second = (["S-1", "S-2"], ["S-2", "S-3"]) if name != "interests" else (["Mat", "Sport"], ["Sport", "Hage"])
    stores = list(oip.profile.fixtures.stores)
    if name == "favouriteStores" and len(stores) >= 2:
        first, second = stores[:2], stores[1:3]
    member = oip.create_member(**{shown_as: first})

    oip.update(member, **{name: second}).expect(200)

    answer = oip.read(member).expect(200)
    expect_shown(answer, answer.at("data"), {shown_as: second})


@requirement("OIP-CUST-17")
@pytest.mark.parametrize("name", ["interests", "favouriteStores"])
def test_an_empty_list_leaves_nothing(oip: Oip, name: str) -> None:
    """An update with a list without entries takes all of them out."""
    shown_as = "favoriteStores" if name == "favouriteStores" else name
    member = oip.create_member(**{shown_as: [oip.some_store()] if name == "favouriteStores" else ["Mat", "Sport"]})

    oip.update(member, **{name: []}).expect(200)

    answer = oip.read(member).expect(200)
    if answer.at("data").get(shown_as):
        raise answer.unmet(f"no {shown_as}", repr(answer.at("data", shown_as)))


@requirement("OIP-CUST-18")
def test_extended_properties_are_merged_by_key(oip: Oip) -> None:
    """An update of one key leaves the others."""
    oip.require_merging()
    person = oip.person_data()
    extended = {**person.get("extendedProperties", {}), "first": "1", "second": "2"}
    member = oip.create_member(extendedProperties=extended)

    oip.update(member, extendedProperties={"second": "two"}).expect(200)

    answer = oip.read(member).expect(200)
    expect_shown(answer, answer.at("data", "extendedProperties"), {**extended, "second": "two"})


@requirement("OIP-CUST-19")
@pytest.mark.parametrize("name", ["firstName", "email", "address", "zip", "birthDate"])
def test_null_clears_an_optional_field(oip: Oip, member: Member, name: str) -> None:
    """Afterwards the field is absent, null or empty, and the others stay."""
    if name in oip.profile.customers.required:
        return
    before = oip.record_of(member)
    oip.update(member, **{name: None}).expect(200)

    answer = oip.read(member).expect(200)
    if answer.at("data").get(name) not in (None, ""):
        raise answer.unmet(f"no {name}", repr(answer.at("data", name)))
    if oip.updates_merge:
        expect_same(answer, before, answer.at("data"), except_for=[name])


@requirement("OIP-CUST-20")
@pytest.mark.parametrize("by", ["id", "externalId"])
def test_favourite_stores_of_an_update_are_the_favorite_stores_of_the_customer(
    oip: Oip, member: Member, by: str
) -> None:
    """Two published spellings, one list."""
    update = oip.update if by == "id" else oip.update_by_external_id
    update(member, favouriteStores=[oip.some_store()]).expect(200)

    oip.read(member).expect(200).expect_value([oip.some_store()], "data", "favoriteStores")


@requirement("OIP-CUST-21")
@pytest.mark.parametrize("name", ["mobilePhone", "externalId"])
def test_identifiers_cannot_be_taken_from_another_customer(oip: Oip, member: Member, name: Way) -> None:
    """The update answers 409, and neither customer changes."""
    other = oip.create_member()
    before, before_other = oip.record_of(member), oip.record_of(other)

    oip.update(member, **{name: other.identifier(name), "city": "Vardø"}).expect_error(409)
    if name == "mobilePhone":
        oip.update_by_external_id(member, mobilePhone=other.mobile_phone).expect_error(409)

    after, after_other = oip.read(member).expect(200), oip.read(other).expect(200)
    expect_same(after, before, after.at("data"))
    expect_same(after_other, before_other, after_other.at("data"))


@requirement("OIP-CUST-22")
def test_updating_an_unknown_customer_is_refused(oip: Oip, member: Member) -> None:
    """Nobody's id answers 400, and nobody comes into being; somebody's answers 200."""
    oip.update(member, city="Oslo").expect(200)
    nobody = oip.person_data()
    ghost = Member(NOBODY, nobody["mobilePhone"], nobody["externalId"], nobody)

    oip.update(ghost, mobilePhone=nobody["mobilePhone"]).expect_error(400)
    oip.update_by_external_id(ghost, mobilePhone=nobody["mobilePhone"]).expect_error(400)

    oip.find(nobody["mobilePhone"], by="mobilePhone").expect(404)
    oip.find(nobody["externalId"], by="externalId").expect(404)


@requirement("OIP-CUST-23")
def test_a_customer_is_updated_by_external_id(oip: Oip, member: Member) -> None:
    """The update answers 200 with that customer, and is read back."""
    answer = oip.update_by_external_id(member, **CHANGES).expect(200)
    answer.expect_value(member.id, "data", "id")

    read = oip.read(member).expect(200)
    expect_shown(read, read.at("data"), CHANGES)


@requirement("OIP-CUST-24")
def test_a_changed_phone_number_moves_the_customer(oip: Oip, member: Member) -> None:
    """The new number finds the customer, the old one nobody, and is free for another."""
    number = oip.person_data()["mobilePhone"]
    oip.update(member, mobilePhone=number).expect(200)

    oip.find(number, by="mobilePhone").expect(200).expect_value(member.id, "data", "id")
    oip.find(member.mobile_phone, by="mobilePhone").expect(404)
    oip.try_to_create(oip.person_data(mobilePhone=member.mobile_phone)).expect(201)


@requirement("OIP-CUST-25")
@pytest.mark.parametrize("by", ["id", "externalId"])
def test_an_update_touches_one_customer_only(oip: Oip, by: str) -> None:
    """Customers made before and after the updated one stay as they were."""
    before, member, after = oip.create_member(), oip.create_member(), oip.create_member()
    records = {other.id: oip.record_of(other) for other in (before, after)}

    update = oip.update if by == "id" else oip.update_by_external_id
    update(member, **CHANGES).expect(200)

    for other in (before, after):
        answer = oip.read(other).expect(200)
        expect_same(answer, records[other.id], answer.at("data"))


@requirement("OIP-CUST-26")
def test_repeating_an_update_changes_nothing(oip: Oip, member: Member) -> None:
    """The same update again answers 200 and leaves the customer as after the first."""
    oip.update(member, **CHANGES).expect(200)
    first = oip.record_of(member)

    oip.update(member, **CHANGES).expect(200)

    second = oip.read(member).expect(200)
    expect_same(second, first, second.at("data"))


@requirement("OIP-CUST-44")
def test_parallel_updates_of_different_fields_all_count(oip: Oip, member: Member) -> None:
    """Updates at once, each answered 200, are all read back."""
    oip.require_merging()
    changes: dict[str, Any] = {
        "firstName": "P1",
        "lastName": "P2",
        "address": "P3",
        "city": "P4",
        "email": "p5@example.com",
    }

    at_once(
        [
            lambda name=name, value=value: oip.update(member, **{name: value}).expect(200)
            for name, value in changes.items()
        ]
    )

    answer = oip.read(member).expect(200)
    expect_shown(answer, answer.at("data"), changes)


@requirement("OIP-POS-02")
def test_the_published_sample_of_an_update_is_accepted(oip: Oip, member: Member) -> None:
    """The default payload of the documentation, with its identifiers replaced, updates a customer."""
    for sample in oip.contract.operation("updateMember").request_examples("application/json").values():
        data = {**sample["data"], "id": member.id, "mobilePhone": member.mobile_phone, "externalId": member.external_id}
        extended = {**data.get("extendedProperties", {}), **member.sent.get("extendedProperties", {})}
        body = {**sample, "data": {**data, "email": member.sent["email"], "extendedProperties": extended}}
        oip.call("updateMember", json=body).expect(200)
