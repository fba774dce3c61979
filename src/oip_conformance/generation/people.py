"""Synthetic people: names with every letter that breaks programs, addresses, birth dates, never a real person's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

GENDERS = ("Female", "Male", "Unknown")

FIRST_NAMES = ("Åse", "Øyvind", "Ægir", "Kari", "Ola", "Zoë", "Bjørn-Åge", "Nuri", "Máret", "Li", "Þóra", "Séan")
LAST_NAMES = ("Prøve", "Testesen", "O'Syntet", "Ødegård Øvelse", "van der Eksempel", "Kunstig", "Liksom-Ås", "Gåte")

HARD_NAMES: Mapping[str, str] = {
    "Norwegian letters": "æøå ÆØÅ",
    "combining marks": "A\u030ase",
    "outside the basic plane": "Ola 𝓞𝓵𝓪 🦌",
    "Sámi letters": "Čáhppes Ŋiŋŋa",
    "apostrophe": "O'Prøve",
    "quotation mark": 'Kari "Test" Prøve',
    "right to left": "אבג",
    "one letter": "Ø",
    "long": "Prøve" * 40,
    "markup": "<b>Ola</b> & Kari",
    "backslash": "C:\\Ola",
    "a word programs know": "null",
}
"""Names that are valid and hard to store, by what is hard about them."""

PLACES = (
    ("0010", "Oslo"),
    ("0153", "Oslo"),
    ("1010", "Oslo"),
    ("4006", "Stavanger"),
    ("5003", "Bergen"),
    ("7010", "Trondheim"),
    ("9008", "Tromsø"),
    ("9730", "Karasjok"),
)
"""Zip codes with the place they belong to; the first two begin with a zero, as Oslo's do."""

STREETS = ("Kongens gate", "Prøveveien", "Storgata", "Ørneveien", "Testsvingen")

FIRST_BIRTH, LAST_BIRTH = dt.date(1940, 1, 1), dt.date(2007, 12, 31)


@dataclass(frozen=True)
class Person:
    """A synthetic person, as the suite knows one before a target does.

    `mobile_phone` is E.164 with `+` inside the profile's range; `external_id` carries the run's mark; `birth_date` is
    in the local spelling without offset.
    """

    mobile_phone: str
    external_id: str
    email: str
    first_name: str
    last_name: str
    address: str
    zip: str
    city: str
    birth_date: str
    gender: str
    national_id: str
    country: str = "NO"

    @property
    def national_phone(self) -> str:
        """The number without its country code, as the Vipps request wants it."""
        return self.mobile_phone.removeprefix("+47")

    def as_customer(self, **overrides: Any) -> dict[str, Any]:
        """The `data` of a create or update request, all consents off; overrides replace members, None removes one."""
        data: dict[str, Any] = {
            "mobilePhone": self.mobile_phone,
            "externalId": self.external_id,
            "email": self.email,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "address": self.address,
            "zip": self.zip,
            "city": self.city,
            "country": self.country,
            "birthDate": self.birth_date,
            "gender": self.gender,
            "consents": {"acceptsTerms": False, "acceptsEmail": False, "acceptsSms": False},
        }
        return {name: value for name, value in (data | overrides).items() if value is not None}


def make_birth_date(random: Random) -> dt.date:
    """A birth date of somebody who is grown up."""
    return FIRST_BIRTH + dt.timedelta(days=random.randrange((LAST_BIRTH - FIRST_BIRTH).days + 1))


def make_address(random: Random) -> tuple[str, str, str]:
    """A street address, zip code and place that belong together."""
    code, place = random.choice(PLACES)
    return f"{random.choice(STREETS)} {random.randint(1, 199)}", code, place


def names() -> SearchStrategy[str]:
    """Names: ordinary ones, hard ones, and any letters at all."""
    letters = st.text(st.characters(categories=("L", "M", "Zs"), include_characters="'-.æøå"), min_size=1, max_size=60)
    return st.one_of(
        st.sampled_from(FIRST_NAMES + LAST_NAMES),
        st.sampled_from(sorted(HARD_NAMES.values())),
        letters.filter(lambda name: name.strip() != ""),
    )


def emails(domain: str) -> SearchStrategy[str]:
    """Addresses at one domain, so that no mail reaches anybody: plain, with a plus, with dots, long."""
    word = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20)
    local = st.one_of(
        word,
        st.builds("{}+{}".format, word, word),
        st.builds("{}.{}".format, word, word),
        word.map(lambda text: text.ljust(64, "x")),
    )
    return local.map(lambda name: f"{name}@{domain}")


def zips() -> SearchStrategy[str]:
    """Norwegian zip codes, four digits; the ones with leading zeros are frequent."""
    return st.one_of(st.integers(1, 9991), st.integers(1, 999), st.sampled_from([1, 10, 153, 9991])).map(
        "{:04d}".format
    )


def birth_dates() -> SearchStrategy[dt.date]:
    """Birth dates, with leap days and the ends of years often among them."""
    edges = [dt.date(2000, 2, 29), dt.date(1999, 12, 31), dt.date(2000, 1, 1), dt.date(1970, 1, 1)]
    return st.one_of(st.dates(FIRST_BIRTH, LAST_BIRTH), st.sampled_from(edges))


def genders() -> SearchStrategy[str]:
    """The documented genders; the list is the account's to extend, so it is no closed one."""
    return st.sampled_from(GENDERS)
