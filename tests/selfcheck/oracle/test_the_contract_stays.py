"""Schemathesis writes into the document that it is given; the contract, which a whole run shares, stays as it was."""

from __future__ import annotations

import orjson

from oip_conformance.contract import load_contract
from oip_conformance.oracle.second_opinion import cases_of
from oip_conformance.scenario.sequences import machine_of


def test_neither_cases_nor_sequences_change_the_contract() -> None:
    contract = load_contract()
    before = orjson.dumps(contract.document)
    cases_of(contract)("getStores")
    machine_of(contract, frozenset())
    assert orjson.dumps(contract.document) == before
