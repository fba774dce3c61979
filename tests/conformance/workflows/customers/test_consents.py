"""Consents: each keeps its own value, at both levels, until somebody changes it."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from oip_conformance.scenario import Answer, Member, NotTested, Oip, requirement
from oip_conformance.scenario.comparing import expect_same

NAMES = ("acceptsTerms", "acceptsEmail", "acceptsSms")


def consent_ids(oip: Oip) -> list[str]:
    """The ids of the account's consents. Raises NotTested when it has none."""
    answer = oip.call("listConsents").expect(200)
    ids = [str(answer.at(position, "id")) for position in range(len(answer.items()))]
    if not ids:
        raise NotTested("the account has no extended consents")
    return ids


def extended(answer: Answer) -> dict[str, Any]:
    """id -> value of the extended consents that a customer shows. Raises Unmet when one is there twice."""
    items = (answer.at("data").get("consents") or {}).get("extendedConsents") or []
    ids = [str(item.get("id")) for item in items if isinstance(item, dict)]
    if len(set(ids)) != len(ids):
        raise answer.unmet("each extended consent once", repr(ids))
    return {str(item.get("id")): item.get("value") for item in items if isinstance(item, dict)}


@requirement("OIP-CONS-01")
def test_the_consents_of_the_account_are_listed(oip: Oip) -> None:
    """Each has an id of its own."""
    answer = oip.call("listConsents").expect(200)
    ids = [answer.at(position, "id") for position in range(len(answer.items()))]
    if not all(ids) or len(set(ids)) != len(ids):
        raise answer.unmet("different, non-empty ids", repr(ids))


@requirement("OIP-CONS-02")
@pytest.mark.parametrize("values", list(itertools.product([True, False], repeat=3)), ids=str)
def test_consents_given_at_registration_are_read_back(oip: Oip, values: tuple[bool, bool, bool]) -> None:
    """Every combination comes back as it was sent."""
    sent = dict(zip(NAMES, values, strict=True))
    answer = oip.read(oip.create_member(consents=sent)).expect(200)
    for name, value in sent.items():
        answer.expect_value(value, "data", "consents", name)


@requirement("OIP-CONS-03")
def test_what_was_not_accepted_is_not_shown_as_accepted(oip: Oip) -> None:
    """A consent that was not sent is false or absent, also where no consents were sent at all."""
    choices: tuple[dict[str, bool] | None, ...] = (None, {}, {"acceptsTerms": True}, {"acceptsSms": True})
    for sent in choices:
        answer = oip.read(oip.create_member(consents=sent)).expect(200)
        consents = answer.at("data").get("consents") or {}
        for name in set(NAMES) - set(sent or ()):
            if consents.get(name):
                raise answer.unmet(f"{name} false or absent", repr(consents.get(name)))


@requirement("OIP-CONS-04")
@pytest.mark.parametrize("name", NAMES)
def test_a_consent_can_be_withdrawn_and_given_again(oip: Oip, name: str) -> None:
    """Each change is read back."""
    member = oip.create_member(consents=dict.fromkeys(NAMES, True))
    for value in (False, True):
        oip.update(member, consents={name: value}).expect(200)
        oip.read(member).expect(200).expect_value(value, "data", "consents", name)


@requirement("OIP-CONS-05")
def test_changing_one_consent_leaves_the_others(oip: Oip) -> None:
    """The other consents and the extended ones stay; an update of other fields leaves all."""
    oip.require_merging()
    first = consent_ids(oip)[0]
    consents = {**dict.fromkeys(NAMES, True), "extendedConsents": [{"id": first, "value": True}]}
    member = oip.create_member(consents=consents)
    before = oip.read(member).expect(200)

    oip.update(member, consents={"acceptsSms": False}).expect(200)
    oip.update(member, city="Lofoten").expect(200)

    after = oip.read(member).expect(200).expect_value(False, "data", "consents", "acceptsSms")
    expect_same(after, before.at("data", "consents"), after.at("data", "consents"), except_for=["acceptsSms"])


@requirement("OIP-CONS-06")
def test_extended_consents_at_registration_are_read_back(oip: Oip) -> None:
    """Sent within `consents`, they are shown there."""
    ids = consent_ids(oip)[:2]
    sent = {name: position == 0 for position, name in enumerate(ids)}
    wire = [{"id": name, "value": value} for name, value in sent.items()]
    answer = oip.read(oip.create_member(consents={"acceptsTerms": True, "extendedConsents": wire})).expect(200)
    for name, value in sent.items():
        if extended(answer).get(name) is not value:
            raise answer.unmet(f"{name} {value}", repr(extended(answer)))


@requirement("OIP-CONS-07")
def test_extended_consents_of_an_update_are_read_back(oip: Oip, member: Member) -> None:
    """Sent directly below `data`, where the sample has them, they are shown within `consents`."""
    name = consent_ids(oip)[0]
    for value in (True, False):
        oip.update(member, extendedConsents=[{"id": name, "value": value}]).expect(200)
        answer = oip.read(member).expect(200)
        if extended(answer).get(name) is not value:
            raise answer.unmet(f"{name} {value}", repr(extended(answer)))


@requirement("OIP-CONS-08")
def test_an_extended_consent_carries_its_date(oip: Oip) -> None:
    """The date is near the time it was given, and stays while the value does."""
    name = consent_ids(oip)[0]
    member = oip.create_member(consents={"extendedConsents": [{"id": name, "value": True}]})

    def date() -> str:
        answer = oip.read(member).expect(200)
        items = [one for one in answer.items("data", "consents", "extendedConsents") if one.get("id") == name]
        text = str(items[0].get("consentDate")) if items else ""
        try:
            given = dt.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None)
        except ValueError:
            raise answer.unmet("a consentDate", repr(text)) from None
        if abs(given - oip.now().replace(tzinfo=None)) > dt.timedelta(days=1):
            raise answer.unmet("a consentDate near now", text)
        return text

    first = date()
    if not oip.updates_merge:
        return
    oip.update(member, city="Røros").expect(200)
    assert date() == first, "the consentDate moved although the consent did not change"
