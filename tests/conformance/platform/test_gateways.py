"""Systems behind the target that fail: named in the documented way, and without a trace of what did not happen."""

from __future__ import annotations

import pytest

from oip_conformance.scenario import Answer, Member, Oip, requirement


def expect_second_try(answer: Answer, status: int) -> None:
    """The first try met the failing system, the second did not."""
    answer.expect(status)
    if answer.exchange.attempt != 2:
        raise answer.unmet("a first try that fails and a second that does not", f"{answer.exchange.attempt} tries")


@requirement("OIP-ERR-06")
@pytest.mark.parametrize("status", [429, 502])
def test_a_failing_system_is_named_and_then_forgotten(oip: Oip, member: Member, status: int) -> None:
    """Told to fail once, it is reported in the published form (a general rule reads it), and the next call works."""
    oip.fail_next("getCustomerById", status, mentioning=member.id)
    expect_second_try(oip.read(member), 200)


@requirement("OIP-ERR-06")
@pytest.mark.parametrize("status", [429, 502])
def test_a_creation_that_met_a_failing_system_is_made_once(oip: Oip, status: int) -> None:
    """The try that was answered with an error made nobody, so that the same creation succeeds when it is repeated."""
    person = oip.person_data()
    oip.fail_next("createMember", status, mentioning=person["mobilePhone"])
    expect_second_try(oip.try_to_create(person), 201)
    oip.find(person["mobilePhone"], by="mobilePhone").expect(200)
