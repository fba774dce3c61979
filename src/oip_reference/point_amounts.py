"""Points as numbers: kept in whole hundredths, so that sums are exact. Pure functions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

LARGEST_POINTS: Final = Decimal(10) ** 9
"""The most points that one booking may move."""


def is_bookable(points: Decimal) -> bool:
    """Whether so many points are within what one booking may move."""
    return abs(points) <= LARGEST_POINTS


def exact(number: float) -> Decimal:
    """A number of JSON as the decimal it was written as."""
    return Decimal(repr(number))


def hundredths(points: Decimal) -> int:
    """Points as storage keeps them, half a hundredth rounded away from zero; the points must be bookable."""
    return int((points * 100).quantize(Decimal(1), ROUND_HALF_UP))


def number(amount: int) -> int | float:
    """Stored hundredths as the API gives points: whole where they are whole."""
    return amount // 100 if amount % 100 == 0 else amount / 100


def text(amount: int) -> str:
    """Stored hundredths as the API gives points in texts: "38" or "0.5"."""
    return str(number(amount))
