"""Sequences of operations over the contract's links, drawn and sent live, judged by the general rules."""

from __future__ import annotations

from oip_conformance.scenario import Oip, general, level


@level("standard")
@general
def test_linked_operations_keep_the_contract(oip: Oip, run_seed: int) -> None:
    """Whatever follows a creation over the links, each answer is as the contract says."""
    oip.follow_links(scenarios=30, steps=8, seed=run_seed)
