"""Phone numbers for synthetic people: only ever inside the range a profile names, in every spelling clients use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True)
class PhoneRange:
    """The numbers that synthetic people may have: E.164 with `+`, both ends included.

    Raises ValueError when the ends are not E.164 numbers of one length, in order.
    """

    first: str
    last: str

    def __post_init__(self) -> None:
        for end in (self.first, self.last):
            if not is_e164(end):
                raise ValueError(f"{end!r} is no E.164 number such as +4799900000")
        if len(self.first) != len(self.last) or int(self.first) > int(self.last):
            raise ValueError(f"{self.first} to {self.last} is no range of numbers of one length")

    @property
    def size(self) -> int:
        """How many numbers the range holds."""
        return int(self.last) - int(self.first) + 1

    def number(self, offset: int) -> str:
        """The number at an offset from the first. Raises IndexError outside the range."""
        if not 0 <= offset < self.size:
            raise IndexError(f"offset {offset} is outside {self.first} to {self.last}")
        return f"+{int(self.first) + offset}"

    def __contains__(self, number: object) -> bool:
        return (
            isinstance(number, str)
            and is_e164(number)
            and len(number) == len(self.first)
            and int(self.first) <= int(number) <= int(self.last)
        )


def is_e164(text: str) -> bool:
    """Whether a text is a number as ITU-T E.164 writes it: `+`, no leading zero, 7 to 15 ASCII digits."""
    digits = text[1:]
    return text[:1] == "+" and digits.isascii() and digits.isdigit() and digits[0] != "0" and 7 <= len(digits) <= 15


def spellings(number: str, country_code: str = "+47") -> Mapping[str, str]:
    """The ways people write one number, by the name of the spelling; `e164` is the one the contract publishes.

    `national` has no country code: the form of the Vipps request, and only that.
    """
    national = number.removeprefix(country_code)
    grouped = " ".join((national[:3], national[3:5], national[5:]))
    return {
        "e164": number,
        "national": national,
        "double_zero": f"00{number[1:]}",
        "without_plus": number[1:],
        "spaced": f"{country_code} {grouped}",
        "grouped": grouped,
    }


BROKEN_NUMBERS: Mapping[str, str] = {
    "empty": "",
    "only a plus": "+",
    "letters": "+47ABCDEFGH",
    "too short": "+471",
    "too long": "+4799900000999999999",
    "two pluses": "++4799900000",
    "digits of another script": "+47٩٩٩٠٠٠٠٠",
    "an extension": "+4799900000;ext=1",
    "markup": "+47<b>999</b>",
}
"""Texts that no reading takes for a phone number, by what is wrong with them."""


def numbers(within: PhoneRange) -> SearchStrategy[str]:
    """Numbers of a range; every fourth or so is an end of it or beside one."""
    last = within.size - 1
    edges = sorted({0, min(1, last), max(0, last - 1), last})
    anywhere = st.integers(0, last)
    return st.one_of(anywhere, st.sampled_from(edges), anywhere, anywhere).map(within.number)


def spelled_numbers(within: PhoneRange) -> SearchStrategy[str]:
    """Numbers of a range in any spelling."""
    return st.builds(lambda number, name: spellings(number)[name], numbers(within), st.sampled_from(SPELLINGS))


SPELLINGS = tuple(spellings("+4799900000"))
"""The names of the spellings."""
