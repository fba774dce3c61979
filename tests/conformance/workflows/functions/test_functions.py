"""Functions that were agreed with one client."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oip_conformance.profile.model import FunctionFixture
from oip_conformance.scenario import Answer, NotTested, Oip, requirement
from oip_conformance.scenario.comparing import means


def call_each(oip: Oip, operation: str, named: dict[str, FunctionFixture], kind: str) -> list[Answer]:
    """Call every function that the profile names; each answers 200 with JSON, with what was agreed where that is fixed."""
    if not named:
        raise NotTested(f"[fixtures.functions.{kind}] of the profile names no function")
    answers = []
    for name, fixture in named.items():
        body: dict[str, Any] = fixture.request or {"field1": "This is a string", "field2": 123}
        answer = oip.call(operation, path={"functionName": name}, json=body).expect(200)
        got = answer.json
        agreed = json.loads(json.dumps(fixture.response))  # the profile's lists are tuples
        if agreed is not None and not means("", agreed, got):
            raise answer.unmet(repr(agreed), repr(got))
        answers.append(answer)
    return answers


@requirement("OIP-FUN-01")
def test_a_configured_customer_function_answers_200(oip: Oip) -> None:
    """Every one that the profile names takes a free object and answers JSON."""
    call_each(oip, "customerFunction", oip.profile.fixtures.functions.customer, "customer")


@requirement("OIP-FUN-02")
def test_a_configured_promotions_function_answers_200(oip: Oip) -> None:
    """Every one that the profile names takes a free object and answers JSON."""
    call_each(oip, "promotionsFunction", oip.profile.fixtures.functions.promotions, "promotions")


@requirement("OIP-FUN-03")
@pytest.mark.parametrize("kind", ["customer", "promotions"])
def test_an_unknown_function_answers_404(oip: Oip, kind: str) -> None:
    """A function that was never agreed answers 404 in the envelope; an agreed one answers 200.

    Where the contract of the run lists the names, another one breaks it, and 400 says so too.
    """
    operation, functions = f"{kind}Function", oip.profile.fixtures.functions
    oip.require(operation)
    call_each(oip, operation, functions.customer if kind == "customer" else functions.promotions, kind)
    unknown, body = oip.fresh_id("function"), oip.agreed_body(operation, {"field1": "x"})
    listed = oip.contract.operation(operation).parameter_errors("functionName", "path", unknown)
    answer = oip.call(operation, path={"functionName": unknown}, json=body)
    answer.expect_enveloped(*((400, 404) if listed else (404,)))
