"""Finding a customer by each identifier: exactly that customer, the same by every way, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.scenario import Member, Oip, requirement
from oip_conformance.scenario.asking import NOBODY
from oip_conformance.scenario.comparing import at_once, expect_same
from oip_conformance.scenario.members import Way

WAYS: tuple[Way, ...] = ("id", "mobilePhone", "externalId")


@requirement("OIP-CUST-04")
def test_a_customer_is_found_by_id(oip: Oip, member: Member) -> None:
    """Directly after the creation, the id finds the customer."""
    oip.read(member, by="id").expect(200).expect_value(member.id, "data", "id")


@requirement("OIP-CUST-05")
def test_a_customer_is_found_by_mobile_phone(oip: Oip, member: Member) -> None:
    """The number with its plus, sent as %2B, finds the customer."""
    answer = oip.read(member, by="mobilePhone").expect(200)
    answer.expect_value(member.mobile_phone, "data", "mobilePhone").expect_value(member.id, "data", "id")


@requirement("OIP-CUST-06")
def test_a_customer_is_found_by_external_id(oip: Oip, member: Member) -> None:
    """The external id finds the customer, and of two that begin alike the right one."""
    for one in (member, oip.create_member()):
        answer = oip.read(one, by="externalId").expect(200)
        answer.expect_value(one.external_id, "data", "externalId").expect_value(one.id, "data", "id")


@requirement("OIP-CUST-07")
def test_all_ways_to_a_customer_agree(oip: Oip, member: Member) -> None:
    """The three readings are the same document."""
    first, *others = [oip.read(member, by=way).expect(200) for way in WAYS]
    for other in others:
        expect_same(other, first.at("data"), other.at("data"))


@requirement("OIP-CUST-08")
@pytest.mark.parametrize("way", WAYS)
def test_nobody_is_404(oip: Oip, way: Way) -> None:
    """An identifier that nobody has is answered 404 in the envelope; somebody's is found."""
    person = oip.person_data()
    identifier = {"id": NOBODY, "mobilePhone": person["mobilePhone"], "externalId": person["externalId"]}[way]

    oip.find(identifier, by=way).expect_enveloped(404)

    oip.read(oip.create_member(), by=way).expect(200)


@requirement("OIP-CUST-41")
def test_finding_is_exact(oip: Oip, member: Member) -> None:
    """A part of an identifier, one character more, or a wildcard finds nobody."""
    for way in WAYS:
        whole = member.identifier(way)
        for other in (whole[:-1], f"{whole}0", f"{whole[:-1]}%", f"{whole[:-1]}*", "%", "*"):
            answer = oip.find(other, by=way)
            if answer.succeeded:
                raise answer.unmet(f"nobody for {other!r}", f"somebody, while the {way} is {whole!r}")
            answer.expect(404, 400)
        oip.read(member, by=way).expect(200)


@requirement("OIP-CUST-42")
@pytest.mark.parametrize("special", ["a b", "a+b", "a%25b", "Åse-æøå", "a'b", "a&b=c", "a;b"])
def test_identifiers_with_special_characters_are_found(oip: Oip, special: str) -> None:
    """What is percent-encoded in the path is one identifier, and that one."""
    identifier = f"{special}-{oip.fresh_id('ext')}"
    member = oip.create_member(externalId=identifier)
    other = oip.create_member(externalId=identifier.replace("a", "b", 1).replace("Å", "A"))

    oip.find(identifier, by="externalId").expect(200).expect_value(member.id, "data", "id")
    oip.update_by_external_id(member, city="Tromsø").expect(200).expect_value(member.id, "data", "id")
    oip.read(other).expect(200).expect_value(other.sent["city"], "data", "city")


@requirement("OIP-CORE-13")
def test_answers_to_parallel_calls_are_not_mixed_up(oip: Oip) -> None:
    """Of many requests at once, each gets the answer to its own."""
    people = [oip.person_data() for _ in range(4)]
    members = at_once([lambda data=data: oip.member_of(oip.try_to_create(data).expect(201), data) for data in people])
    for member in members:
        oip.read(member).expect(200).expect_value(member.mobile_phone, "data", "mobilePhone")

    def ask(member: Member, way: Way) -> None:
        oip.read(member, by=way).expect(200).expect_value(member.id, "data", "id")

    for ways in (WAYS, *((way,) * 3 for way in WAYS)):
        at_once([lambda one=one, way=way: ask(one, way) for one in members for way in ways])


@requirement("OIP-CORE-16")
def test_reading_changes_nothing(oip: Oip, member: Member) -> None:
    """However often a customer is read, the record and its UpdatedAt stay."""
    before = oip.read(member).expect(200)
    for way in WAYS * 2:
        oip.read(member, by=way).expect(200)
    after = oip.read(member).expect(200)

    after.expect_value(before.at("data"), "data")
    after.expect_value(before.at("metaData", "UpdatedAt"), "metaData", "UpdatedAt")


@requirement("OIP-CUST-33")
@pytest.mark.parametrize(
    "name",
    [
        "Æøå ÆØÅ",
        "Ægir Þórsson",
        "O'Prøve",
        'Kari "Test"',
        "<b>Ola</b> & Kari",
        "Ola 🦌 𝓞𝓵𝓪",
        "Čáhppes Ŋiŋŋa",
        "C:\\Ola",
    ],
)
def test_text_is_kept_as_it_was_sent(oip: Oip, name: str) -> None:
    """Names are read back character by character, after a creation and after an update."""
    member = oip.create_member(firstName=name, address=f"{name} 1")
    created = oip.read(member).expect(200)
    created.expect_value(name, "data", "firstName").expect_value(f"{name} 1", "data", "address")

    oip.update(member, lastName=name).expect(200)
    oip.read(member).expect(200).expect_value(name, "data", "lastName")


@requirement("OIP-CUST-34")
@pytest.mark.parametrize("code", ["0153", "0010", "0001"])
def test_leading_zeros_of_a_zip_code_stay(oip: Oip, code: str) -> None:
    """A zip code is text, not a number."""
    member = oip.create_member(zip=code)
    oip.read(member).expect(200).expect_value(code, "data", "zip")

    oip.update(member, zip=f"0{code[:3]}").expect(200)
    oip.read(member).expect(200).expect_value(f"0{code[:3]}", "data", "zip")


@requirement("OIP-CUST-35")
def test_a_zip_code_may_be_a_number_as_in_the_sample(oip: Oip) -> None:
    """The bare number of the published samples is taken, and its digits come back."""
    member = oip.create_member(zip=1010)
    created = oip.read(member).expect(200)
    if str(created.at("data", "zip")) != "1010":
        raise created.unmet("zip 1010", repr(created.at("data", "zip")))

    oip.update(member, zip=9008).expect(200)
    updated = oip.read(member).expect(200)
    if str(updated.at("data", "zip")) != "9008":
        raise updated.unmet("zip 9008", repr(updated.at("data", "zip")))


@requirement("OIP-CUST-36")
@pytest.mark.parametrize(
    "day", ["2007-01-01", "1999-12-31", "2000-02-29", "1955-12-16", "1969-12-31", "2010-03-28", "1985-07-15"]
)
def test_the_date_of_birth_stays_the_same_day(oip: Oip, day: str) -> None:
    """No time zone moves a birthday."""

    def expect_day(answer: Any) -> None:
        if str(answer.at("data", "birthDate"))[:10] != day:
            raise answer.unmet(f"birthDate {day}", repr(answer.at("data", "birthDate")))

    member = oip.create_member(birthDate=f"{day}T00:00:00")
    expect_day(oip.read(member).expect(200))
    other = oip.create_member()
    oip.update(other, birthDate=f"{day}T00:00:00").expect(200)
    expect_day(oip.read(other).expect(200))
