"""How a variation is written down: `@variation("answers_with_extra_fields", family="bodies")`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from oip_reference.deviation import Change, Register

VARIATIONS: Final = Register("variation")


def variation(identifier: str, *, family: str) -> Callable[[Change], Change]:
    """Registers an allowed difference; the docstring says what differs."""
    return VARIATIONS.add(identifier, family, ())
