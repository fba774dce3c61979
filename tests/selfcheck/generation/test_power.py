"""The generators reach their boundaries as surely as they claim."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import strategies as st

from oip_conformance.generation.power import Claim, Reach, claims, draw_many, measure

TRIALS = 4


def improbable(reach: Reach) -> bool:
    """Whether so few hits would happen less than once in a thousand runs if the claim were true."""
    p, n = reach.claimed, reach.trials
    at_most = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(reach.hits + 1))
    return at_most < 0.001


@pytest.mark.parametrize("claim", list(claims()), ids=lambda claim: claim.subject.replace(" ", "-"))
def test_every_boundary_is_reached_with_the_claimed_probability(claim):
    measured = measure(claim, TRIALS)

    assert [f"{reach.boundary}: {reach.hits}/{reach.trials}" for reach in measured if improbable(reach)] == []


def test_a_generator_that_never_reaches_its_boundary_is_noticed():
    blunt = Claim("blunt", st.integers(1, 10), {"zero": lambda value: value == 0}, draws=20)

    (reach,) = measure(blunt, TRIALS)

    assert reach.hits == 0
    assert improbable(reach)


def test_equal_seeds_draw_equal_values():
    assert draw_many(st.integers(), 50, 7) == draw_many(st.integers(), 50, 7)
    assert draw_many(st.integers(), 50, 7) != draw_many(st.integers(), 50, 8)
