"""A run on a contract that lacks an operation says of what needs it that it was not tested, and why."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.contract import OperationMissing, load_contract
from oip_conformance.pytest_plugin.ending import ending_of
from oip_conformance.verdict.state import State

from .documents import Write, document


def test_what_needs_a_missing_operation_is_not_tested(write: Write) -> None:
    contract = load_contract(write("theirs.json", document()))

    def test() -> Any:
        return contract.operation("createMember")

    call = pytest.CallInfo.from_call(test, when="call")
    assert isinstance(call.excinfo.value, OperationMissing)  # type: ignore[union-attr]
    ending = ending_of(call)
    assert ending.state is State.NOT_TESTED
    assert "createMember" in ending.reason
