"""Bodies that create and update customers: the fewest members that suffice, all of them, and the hard ones between."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from oip_conformance.generation.carts import extended_properties
from oip_conformance.generation.people import (
    Person,
    birth_dates,
    emails,
    genders,
    make_address,
    names,
    zips,
)


def make_move(random: Random) -> dict[str, str]:
    """The members of `data` that change when somebody moves."""
    address, code, place = make_address(random)
    return {"address": address, "zip": code, "city": place}


def optional_members(email_domain: str) -> dict[str, SearchStrategy[Any]]:
    """What may stand in `data` beside the identifiers, by name. Consents stay off."""
    off = st.just({"acceptsTerms": False, "acceptsEmail": False, "acceptsSms": False})
    return {
        "email": emails(email_domain),
        "firstName": names(),
        "lastName": names(),
        "address": st.sampled_from(["Kongens gate 21", "Ørneveien 1 B", "c/o Prøve, Storgata 3"]),
        "zip": zips(),
        "city": st.sampled_from(["Oslo", "Tromsø", "Kárášjohka"]),
        "country": st.sampled_from(["NO", "SE", "DK"]),
        "birthDate": birth_dates().map(lambda date: f"{date.isoformat()}T00:00:00"),
        "gender": genders(),
        "interests": st.lists(st.sampled_from(["Sport", "Friluftsliv", "Kaffe", "Ølbrygging"]), unique=True),
        "consents": off,
        "extendedProperties": extended_properties(),
    }


def creations(person: Person, email_domain: str) -> SearchStrategy[dict[str, Any]]:
    """Bodies that create one person, from the fewest members to all of them."""
    members = optional_members(email_domain)
    identified: dict[str, SearchStrategy[Any]] = {"mobilePhone": st.just(person.mobile_phone)}
    some = st.fixed_dictionaries(identified, optional=members | {"externalId": st.just(person.external_id)})
    every = st.fixed_dictionaries(identified | members | {"externalId": st.just(person.external_id)})
    return st.one_of(some, every, st.just({"mobilePhone": person.mobile_phone})).map(lambda data: {"data": data})


def changes(email_domain: str) -> SearchStrategy[dict[str, Any]]:
    """Members of `data` that an update changes; at least one, often only one."""
    members = optional_members(email_domain)
    one = st.sampled_from(sorted(members)).flatmap(lambda name: st.fixed_dictionaries({name: members[name]}))
    some = st.fixed_dictionaries({}, optional=members).filter(bool)
    return st.one_of(one, some)
