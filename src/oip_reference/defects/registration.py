"""How a defect is written down: `@defect("accepts_an_expired_promotion", breaks="OIP-PROMO-05", family="limits")`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from oip_reference.deviation import Change, Register

DEFECTS: Final = Register("defect")


def defect(
    identifier: str, *, breaks: str | tuple[str, ...], family: str, also: tuple[str, ...] = (), profile: str = ""
) -> Callable[[Change], Change]:
    """Registers a lie: the docstring says what is wrong.

    `breaks` names the requirement(s) it is about: each of them must fail. `also` names those that necessarily fail with
    them (a pattern such as `OIP-PROMO-*` or `*` names many); anything else that fails was blamed wrongly. `profile` names
    the example profile that it needs.
    """
    return DEFECTS.add(identifier, family, (breaks,) if isinstance(breaks, str) else breaks, also=also, profile=profile)
