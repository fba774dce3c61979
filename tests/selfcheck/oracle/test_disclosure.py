"""The words that make a trace worth looking for are in everything that its pattern matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.oracle.disclosure import TRACES, Trace


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.what)
def test_no_word_is_missing(trace: Trace) -> None:
    """What a pattern matches is found with the words as without them."""

    @given(st.from_regex(trace.pattern))
    def found(text: bytes) -> None:
        assert trace.places_in(text)

    found()
