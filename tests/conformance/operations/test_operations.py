"""Every operation, asked with generated cases: examples, boundaries, violations and random data, judged by the general rules."""

from __future__ import annotations

from oip_conformance.scenario import Oip, general


@general
def test_an_operation_keeps_its_contract(oip: Oip, operation: str) -> None:
    """Whatever an operation is sent, it answers as the contract says."""
    oip.exercise(operation)
