"""results.json keeps its published schema, which refuses what must never be written."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from oip_conformance.resources import spec_directory

OUTCOME = {
    "requirement": "OIP-CORE-01", "test": "t", "state": "passed", "operation": None, "reached": 1, "exchanges": ["m-1"],
}  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    document = json.loads((spec_directory() / "results.schema.json").read_text())
    jsonschema_rs.meta.validate(document)
    return document


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({}, True),
        ({"reached": 0}, False),
        ({"exchanges": []}, False),
        ({"state": "not-tested", "reached": 0, "exchanges": []}, True),
        ({"state": "skipped"}, False),
    ],
)
def test_a_pass_without_evidence_is_no_result(schema: dict[str, Any], change: dict[str, Any], valid: bool) -> None:
    part = {"$defs": schema["$defs"], **schema["$defs"]["outcome"]}
    assert jsonschema_rs.is_valid(part, {**OUTCOME, **change}) is valid
