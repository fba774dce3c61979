"""Look-ups and enrichment ask a directory of persons who do not exist, and change no more than they say."""

from __future__ import annotations

import pytest

from oip_conformance.profile import load_profile
from oip_reference.national_ids import has_valid_check_digits, synthetic_birth_date

SYNTHETIC, LIVING = "01819090013", "15076500565"


def by_phone(oip, number):
    return oip.ask("GET", f"/lookup/mobilePhone/{number.replace('+', '%2B')}")


def by_national_id(oip, number):
    return oip.ask("GET", f"/lookup/ssn/{number}")


def test_a_number_finds_the_same_person_every_time_and_registers_nobody(oip):
    person = by_phone(oip, "+4740000011").json
    assert person["firstName"]
    assert person["zip"].isdecimal()
    assert by_phone(oip, "+4740000011").json == person != by_phone(oip, "+4740000012").json
    oip.ask("GET", "/customers?mobilePhone=%2B4740000011").refused(404)


@pytest.mark.parametrize("what", ["4740000011", "+4", "+0123456789", "+47ABCDEFGH", "+4740000011x", "no%20number"])
def test_what_is_no_phone_number_is_not_looked_up(oip, what):
    assert by_phone(oip, what).refused(400)[0]["field"] == "mobilePhone"


def test_some_numbers_are_nobodys(oip):
    by_phone(oip, "+4740000000").refused(400)


def test_a_synthetic_national_id_finds_a_person_born_that_day(oip):
    reply = by_national_id(oip, SYNTHETIC)
    assert reply.json["birthDate"] == "1990-01-01T00:00:00"
    assert SYNTHETIC.encode() not in reply.content


@pytest.mark.parametrize("number", ["01819090014", "01819090113", "0181909001", "018190900130", "abc", "0181909001x"])
def test_what_is_no_national_id_is_refused_without_being_repeated(oip, number):
    reply = by_national_id(oip, number)
    reply.refused(400)
    assert number.encode() not in reply.content


def test_a_national_id_that_could_be_real_is_nobodys_unless_the_profile_names_it(oip, made, tmp_path, monkeypatch):
    assert has_valid_check_digits(LIVING)
    by_national_id(oip, LIVING).refused(400)
    (tmp_path / "vendor.toml").write_text('name = "A vendor"\n[fixtures.lookups]\nssn_env = "TEST_PERSON"\n')
    vendor = made(profile=load_profile(tmp_path / "vendor.toml"))
    by_national_id(vendor, LIVING).refused(400)
    monkeypatch.setenv("TEST_PERSON", LIVING)
    assert by_national_id(vendor, LIVING).json["lastName"]


@pytest.mark.parametrize(
    ("number", "year"),
    [("01819090013", 1990), ("01810050000", 2000), ("01813999999", 2039), ("01814090000", 1940), ("01818549900", 1985)],
)
def test_the_century_follows_from_the_individual_number(number, year):
    born = synthetic_birth_date(number)
    assert born is not None
    assert born.year == year


def test_what_says_no_day_of_a_synthetic_person_says_nothing():
    assert [synthetic_birth_date(number) for number in ("31829090013", "01019090013", "00819090013")] == [None] * 3


def test_enriching_fills_in_what_is_missing_and_nothing_else(oip):
    member = oip.new_member(
        mobilePhone="+4799912345", firstName="Kari", externalId="E-1", consents={"acceptsSms": True}
    )
    person = by_phone(oip, member["mobilePhone"]).json
    reply = oip.ask("GET", f"/enrich/{member['id']}")
    assert reply.status == 302
    assert reply.headers["location"] == "https://shop.example/profile/enriched"
    found = oip.ask("GET", f"/customers/id/{member['id']}").json["data"]
    assert found["firstName"] == "Kari"
    assert {name: found[name] for name in ("lastName", "address", "zip", "city")} == {
        name: person[name] for name in ("lastName", "address", "zip", "city")
    }
    kept = ("id", "mobilePhone", "externalId", "consents", "loyalty")
    assert {name: found[name] for name in kept} == {name: member[name] for name in kept}


def test_asking_with_head_enriches_nobody(oip):
    member = oip.new_member(mobilePhone="+4799912345")
    assert oip.ask("HEAD", f"/enrich/{member['id']}").status == 302
    assert "lastName" not in oip.ask("GET", f"/customers/id/{member['id']}").json["data"]


def test_nobody_is_redirected_nowhere(oip):
    member = oip.new_member()
    for who, tenant in (("nobody", "main"), (member["id"], "second")):
        reply = oip.ask("GET", f"/enrich/{who}", tenant=tenant)
        reply.refused(404)
        assert "location" not in reply.headers


def test_the_address_of_the_redirect_is_the_accounts_own(made, tmp_path):
    (tmp_path / "vendor.toml").write_text('name = "A"\n[fixtures]\nenrichment_location = "https://a.example/æ"\n')
    oip = made(profile=load_profile(tmp_path / "vendor.toml"))
    member = oip.new_member()
    reply = oip.ask("GET", f"/enrich/{member['id']}?redirect=https://evil.example", headers={"host": "evil.example"})
    assert reply.headers["location"] == "https://a.example/%C3%A6"
