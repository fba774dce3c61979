"""The states: one total order, one merge, and no way for a skip to turn green."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.state import State, exit_code, merge

STATES = st.sampled_from(State)
NEVER_GREEN = {State.NOT_TESTED, State.INCONCLUSIVE, State.SUITE_ERROR, State.CONFIG_ERROR, State.FAILED}


@given(STATES, STATES, STATES)
def test_merging_is_associative_commutative_and_idempotent(one: State, two: State, three: State) -> None:
    assert (one | two) | three == one | (two | three)
    assert one | two == two | one
    assert one | one == one


def test_the_order_is_total_and_is_not_the_order_of_the_words() -> None:
    for one, two in itertools.combinations(State, 2):
        assert one < two
        assert two > one
        assert one <= two
        assert two >= one
        assert max(one, two) is two
        assert max(two, one) is two


@given(st.lists(STATES))
def test_a_merge_is_one_of_what_was_merged(states: list[State]) -> None:
    assert merge(states) in [*states, State.NOT_APPLICABLE]


@given(st.lists(STATES, min_size=1))
def test_no_skip_and_no_failure_ever_leads_to_exit_0(states: list[State]) -> None:
    if NEVER_GREEN & set(states):
        assert exit_code(merge(states)) != 0


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.PASSED, 0),
        (State.WARNED, 0),
        (State.FAILED, 1),
        (State.CONFIG_ERROR, 2),
        (State.NOT_TESTED, 3),
        (State.INCONCLUSIVE, 3),
        (State.NOT_APPLICABLE, 3),
        (State.SUITE_ERROR, 4),
    ],
)
def test_each_state_has_its_documented_exit_code(state: State, code: int) -> None:
    assert exit_code(state) == code


@given(st.sampled_from([State.PASSED, State.WARNED]))
def test_a_pass_that_reached_nothing_is_not_tested(state: State) -> None:
    outcome = Outcome("OIP-CORE-01", "a test", state, reached=0)
    assert outcome.state is State.NOT_TESTED
    assert outcome.reason
