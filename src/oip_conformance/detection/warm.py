"""Imported once by the process from which trials are forked, so that each starts with everything imported and read."""

from __future__ import annotations

import gc

from oip_conformance.contract import contract_for
from oip_conformance.contract.validation import validate_contract
from oip_conformance.generation.store import default_cache
from oip_conformance.oracle.published import published_objects
from oip_conformance.oracle.second_opinion import cases_of
from oip_conformance.profile import default_profile
from oip_conformance.run.collection import collect
from oip_conformance.scenario.sequences import machine_of
from oip_conformance.session import Settings
from oip_conformance.target.transport import authorities
from oip_conformance.verdict.coverage import CoverageTally

_contract = contract_for(default_profile())
validate_contract(_contract)
for _name in _contract.operations:
    cases_of(_contract)(_name)
published_objects(_contract)
default_cache()
authorities()
machine_of(_contract, frozenset())
CoverageTally().statement(_contract, _contract.operations, "standard")
collect(Settings(directory="", url="", embedded=True, level="standard"))
gc.freeze()  # no trial looks again whether any of this is garbage
