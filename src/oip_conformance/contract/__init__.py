"""The contract: document, overlays, validation, operations, requirements."""

from __future__ import annotations

from oip_conformance.contract.binding import Binding
from oip_conformance.contract.contract import Contract
from oip_conformance.contract.errors import ContractError, OperationMissing
from oip_conformance.contract.loading import (
    contract_for,
    load_contract,
    standard_contract_path,
    standard_overlay_path,
)
from oip_conformance.contract.operation import Operation, Parameter, ResponseSpec, SchemaError

__all__ = [
    "Binding",
    "Contract",
    "ContractError",
    "Operation",
    "OperationMissing",
    "Parameter",
    "ResponseSpec",
    "SchemaError",
    "contract_for",
    "load_contract",
    "standard_contract_path",
    "standard_overlay_path",
]
