"""Norwegian national ids: check digits, and which numbers are synthetic and can be nobody's. Pure functions."""

from __future__ import annotations

from datetime import date
from typing import Final

_FIRST: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
SYNTHETIC: Final = 80
"""What the Norwegian test population (Tenor) adds to the month of birth, so that no such number is ever issued."""


def has_valid_check_digits(number: str) -> bool:
    """Whether the text is eleven digits and both check digits (modulo 11) fit."""
    if len(number) != 11 or not (number.isascii() and number.isdecimal()):
        return False
    return all(
        sum(w * int(d) for w, d in zip(weights, number, strict=False)) % 11 == 0 for weights in (_FIRST, _SECOND)
    )


def synthetic_birth_date(number: str) -> date | None:
    """The date of birth that a synthetic number says; None for a number that could be somebody's or says no date."""
    century = 1900 if (int(number[6:9]) >= 900 and int(number[4:6]) >= 40) or int(number[6:9]) < 500 else 2000
    try:
        return date(century + int(number[4:6]), int(number[2:4]) - SYNTHETIC, int(number[:2]))
    except ValueError:
        return None
