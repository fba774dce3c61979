"""Mistakes in a profile: each is found under its own code, at its line, and a sound profile has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from oip_conformance.contract import load_contract
from oip_conformance.profile import ADVICE, CODES, Problem, ProfileError, check_against, load_profile
from oip_conformance.profile.places import line_of

SOUND = """
name = "A vendor"
[target]
url = "https://api.staging.oculos.no/v4"
[claims]
classes = ["core", "customers", "messaging"]
[data]
phone_range = ["+4799900000", "+4799999999"]
[safety.external]
sendSms = ["+4799900001"]
"""

MISTAKES = [
    ("CFG-02", 'name = "A', "", 1),
    ("CFG-03", 'nmae = "x"', "nmae", 1),
    ("CFG-04", "description = 7", "description", 1),
    ("CFG-05", None, "name", None),
    ("CFG-06", '[target]\napi_key = "sk-1"', "target.api_key", 2),
    ("CFG-06", '[target]\napi_key_env = "sk-1-2"', "target.api_key_env", 2),
    ("CFG-06", '[target]\nurl = "https://me:word@host/v4"', "target.url", 2),
    ("CFG-22", '[claims]\nactivated = ["getStores"]\nnot_activated = ["getStores"]', "claims.not_activated", 3),
    ("CFG-24", "[claims]\nclasses = []", "claims.classes", 2),
    ("CFG-40", '[target]\nurl = "ftp://host/v4"', "target.url", 2),
    ("CFG-40", '[target]\nurl = "https://host:99999/v4"', "target.url", 2),
    ("CFG-40", '[target]\nurl = "https://host/v4?key=1"', "target.url", 2),
    ("CFG-42", '[target.headers]\nHost = "other"', "target.headers.Host", 2),
    ("CFG-43", '[target.headers]\n"X Y" = "1"', "target.headers.X Y", 2),
    ("CFG-52", '[access]\nnetworks = ["192.0.2.0/24", "192.0.2.1/24"]', "access.networks", 2),
    ("CFG-60", '[data]\nphone_range = ["+4799999999", "+4799900000"]', "data.phone_range", 2),
    ("CFG-61", "[safety.external]\nsendSms = []", "safety.external.sendSms", 2),
    ("CFG-62", "[limits]\nconcurrency = 0", "limits.concurrency", 2),
    ("CFG-65", '[safety.external]\nsendSms = ["12"]', "safety.external.sendSms", 2),
    ("CFG-67", '[data]\nexternal_id_prefix = "a b"', "data.external_id_prefix", 2),
    ("CFG-79", '[customers]\nphone_country_code = "46"', "customers.phone_country_code", 2),
    ("CFG-79", '[customers]\nphone_country_code = "0047"', "customers.phone_country_code", 2),
    ("CFG-79", '[customers]\nphone_country_code = ""', "customers.phone_country_code", 2),
    ("CFG-71", '[customers.extended_properties]\nsize = { type = "strin" }', "customers.extended_properties.size", 2),
    ("CFG-72", '[fixtures.promotions]\nopn = "1"', "fixtures.promotions.opn", 2),
    ("CFG-73", "[identifiers]\ncustomer = []", "identifiers.customer", 2),
    ("CFG-80", '[contract]\noverlays = ["mine.yaml"]', "contract.overlays", 2),
]


def problems_of(text: str, folder: Path) -> list[Problem]:
    file = folder / "profile.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile(file)
    return list(caught.value.problems)


@pytest.mark.parametrize(("code", "text", "place", "line"), MISTAKES, ids=lambda value: str(value)[:20])
def test_a_mistake_is_found_under_its_code_at_its_line(
    code: str, text: str | None, place: str, line: int | None, tmp_path: Path
) -> None:
    """One mistake, one problem: its code, its place, its line, and a next step."""
    whole = 'description = "x"\n' if text is None else text if code == "CFG-02" else _named(text)
    (problem,) = problems_of(whole, tmp_path)
    assert problem.code == code
    assert problem.place.startswith(place)
    assert problem.line == (None if line is None else line + (code != "CFG-02"))
    assert problem.next_step
    assert problem.stops


def _named(text: str) -> str:
    return f'name = "A vendor"\n{text}\n'


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Somebody who mends a profile is not sent through it one mistake at a time."""
    text = _named('[data]\nphone_range = ["1", "2"]\nexternal_id_prefix = "?"\n[claims]\nclasses = []')
    assert [one.code for one in problems_of(text, tmp_path)] == ["CFG-24", "CFG-60", "CFG-67"]


def test_a_misspelt_setting_is_suggested(tmp_path: Path) -> None:
    """The nearest setting of the same table is named."""
    (problem,) = problems_of(_named('[claims]\nclases = ["core"]'), tmp_path)
    assert "'classes'" in problem.next_step


@pytest.mark.parametrize(("content", "code"), [(b"\xff\xfe", "CFG-02"), (None, "CFG-01")])
def test_a_file_that_cannot_be_read_is_a_mistake_too(content: bytes | None, code: str, tmp_path: Path) -> None:
    """Neither a missing file nor one that is no text ends in a traceback."""
    file = tmp_path / "profile.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ProfileError) as caught:
        load_profile(file)
    assert [one.code for one in caught.value.problems] == [code]


def test_a_sound_profile_is_read(tmp_path: Path) -> None:
    """None of the senses objects to a plain profile, nor does the contract."""
    file = tmp_path / "vendor.toml"
    file.write_text(SOUND, encoding="utf-8")
    profile = load_profile(file)
    assert check_against(profile, load_contract().operations) == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('[claims]\nactivated = ["getStore"]', "CFG-20", 3),
        ('[operations.getStore]\npath = "/x"', "CFG-20", 2),
        ('[claims]\nclasses = ["shops"]', "CFG-21", 3),
        ('[claims]\nclasses = ["core"]\nactivated = ["getStores"]', "CFG-23", 4),
        ('[safety.external]\ngetStores = ["+4799900001"]', "CFG-26", 3),
    ],
)
def test_what_the_contract_does_not_have_is_found(text: str, code: str, line: int, tmp_path: Path) -> None:
    """Names and claims are looked up in the contract."""
    file = tmp_path / "profile.toml"
    file.write_text(_named(text), encoding="utf-8")
    problems = check_against(load_profile(file), load_contract().operations)
    assert [(one.code, one.line) for one in problems] == [(code, line)]


def test_a_line_is_looked_for_in_its_own_table() -> None:
    """Two tables may have settings of one name."""
    text = "[fixtures.reports.a]\npaged = true\n[fixtures.reports.b]\npaged = false\n"
    assert line_of(text, "fixtures.reports.b.paged") == 4


def test_codes_are_many_and_each_has_a_next_step() -> None:
    """At least 25 kinds of mistake stand apart, each with what to do about it."""
    assert len(CODES) >= 25
    assert all(title and step.endswith(".") for title, step in CODES.values())
    assert set(CODES) >= ADVICE
