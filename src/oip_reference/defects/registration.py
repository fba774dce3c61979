"""How a defect is written down: `@defect("accepts_an_expired_promotion", breaks="OIP-PROMO-05", family="limits")`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from oip_reference.deviation import Change, Register

DEFECTS: Final = Register("defect")


def defect(identifier: str, *, breaks: str | tuple[str, ...], family: str) -> Callable[[Change], Change]:
    """Registers a lie: `breaks` names the requirement(s) it breaks, the docstring says what is wrong."""
    return DEFECTS.add(identifier, family, (breaks,) if isinstance(breaks, str) else breaks)
