"""Numbers and amounts as an answer shows them: 38 and 38.0 are one number, a text is none."""

from __future__ import annotations

from typing import Any

from oip_conformance.scenario.answer import Answer, Step
from oip_conformance.scenario.signals import shown


def number_at(answer: Answer, *steps: Step) -> float:
    """The number at a place of the body. Raises Unmet when there is none."""
    value = answer.at(*steps)
    if not is_number(value):
        raise answer.unmet(f"a number at /{'/'.join(map(str, steps))}", shown(value))
    return float(value)


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def in_ore(value: Any) -> int | None:
    """An amount in kroner as whole øre; None when it is no number or has parts of an øre."""
    if not is_number(value):
        return None
    ore = round(value * 100)
    return ore if abs(value * 100 - ore) < 1e-4 else None
