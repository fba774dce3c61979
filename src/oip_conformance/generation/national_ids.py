"""Synthetic Norwegian national identity numbers: right check digits, never a living person's.

Tenor, the Norwegian Tax Administration's test population, adds 80 to the month, so no synthetic number can be issued.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from stdnum.no import fodselsnummer

TENOR = 80
"""What Tenor adds to the month of birth."""

EARLIEST, LATEST = dt.date(1940, 1, 1), dt.date(2024, 12, 31)


def national_id(birth: dt.date, individual: int, *, month_shift: int = TENOR) -> str | None:
    """The eleven digits for a birth date and individual number; None where no check digit exists for them."""
    digits = f"{birth.day:02}{birth.month + month_shift:02}{birth.year % 100:02}{individual:03}"
    first = fodselsnummer.calc_check_digit1(digits)
    if len(first) > 1:
        return None
    second = fodselsnummer.calc_check_digit2(digits + first)
    return None if len(second) > 1 else digits + first + second


def individual_numbers(birth: dt.date) -> range:
    """The individual numbers that belong to a year of birth between 1940 and 2039."""
    if birth.year < 1940 or birth.year > 2039:
        raise ValueError(f"no individual numbers are kept for {birth.year}")
    return range(900, 1000) if birth.year < 2000 and birth.year >= 1940 else range(500, 1000)


def is_synthetic(number: str) -> bool:
    """Whether eleven digits are a number of the Tenor kind: month 81 to 92, a real date, right check digits."""
    if len(number) != 11 or not (number.isascii() and number.isdigit()) or not 81 <= int(number[2:4]) <= 92:
        return False
    checks = fodselsnummer.calc_check_digit1(number) + fodselsnummer.calc_check_digit2(number)
    return number[9:] == checks and _birth_date(number) is not None


def make_national_id(random: Random, birth: dt.date) -> str:
    """A synthetic number for a birth date, by a seeded source of randomness."""
    choices = individual_numbers(birth)
    while True:
        number = national_id(birth, random.choice(choices))
        if number is not None:
            return number


def broken(number: str) -> Iterator[tuple[str, str]]:
    """Numbers that differ from a right one in one thing, each with what is wrong."""
    yield "last check digit", number[:10] + str((int(number[10]) + 1) % 10)
    yield "first check digit", number[:9] + str((int(number[9]) + 1) % 10) + number[10]
    yield "another day", str((int(number[0]) + 1) % 4) + number[1:]
    yield "too short", number[:10]
    yield "too long", number + "0"
    yield "a letter", number[:5] + "A" + number[6:]
    yield "no such day", "32" + number[2:]


def national_ids() -> SearchStrategy[str]:
    """Synthetic numbers, with the first and last day of a year, leap days and both centuries often among them."""
    edges = [EARLIEST, dt.date(1999, 12, 31), dt.date(2000, 1, 1), dt.date(2000, 2, 29), LATEST]
    births = st.one_of(st.dates(EARLIEST, LATEST), st.sampled_from(edges))
    return st.builds(_numbered, births, st.integers(0, 499))


def _numbered(birth: dt.date, wish: int) -> str:
    """The number for the wished individual number, or for the next one that has check digits."""
    choices = individual_numbers(birth)
    for step in range(len(choices)):
        number = national_id(birth, choices[(wish + step) % len(choices)])
        if number is not None:
            return number
    raise ValueError(f"no individual number of {birth} has check digits")


def _birth_date(number: str) -> dt.date | None:
    century = 1900 if int(number[6:9]) >= 900 and int(number[4:6]) >= 40 else 2000
    try:
        return dt.date(century + int(number[4:6]), int(number[2:4]) - TENOR, int(number[:2]))
    except ValueError:
        return None
