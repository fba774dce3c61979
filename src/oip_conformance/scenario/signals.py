"""How a test ends when it does not pass: what the plugin reads to say an outcome.

Unmet            the target did not do what the requirement demands: failed
Inconclusive     the target answered, but nothing follows from it: busy, refused by activation, intermittent
NotTested        something was missing that the test needs: a fixture, a permission, an operation
NotApplicable    the profile says that the target does not offer this
"""

from __future__ import annotations

from typing import Any

from oip_conformance.evidence import Exchange


class Unmet(AssertionError):
    """The target breaks the requirement: what was expected, what came, and the exchange that shows it."""

    def __init__(self, expected: str, got: str, exchange: Exchange | None = None, *, title: str = "") -> None:
        super().__init__(f"expected {expected}; got {got}" + (f" [{exchange.id}]" if exchange else ""))
        self.expected = expected
        self.got = got
        self.exchange = exchange
        self.title = title


class Inconclusive(Exception):
    """Nothing follows from what the target answered."""


class NotTested(Exception):
    """The test lacks something; the message names it and the place in the profile that would supply it."""


class NotApplicable(Exception):
    """The profile declares that the target does not offer what the requirement is about."""


def shown(value: Any, limit: int = 160) -> str:
    """A value as it stands in a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}..."
