"""Automations that are triggered, for nobody in particular or for a person."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.scenario import Answer, Member, NotTested, Oip, requirement


def trigger(oip: Oip) -> str:
    """A configured trigger."""
    named = oip.profile.fixtures.triggers
    if not named:
        raise NotTested("[fixtures] of the profile names no triggers")
    return named[0]


def payload(oip: Oip) -> Any:
    """What a trigger takes: anything, unless the contract of this run says more."""
    return oip.agreed_body("triggerAutomation", {"data": "test data"})


def expect_text(answer: Answer) -> None:
    """The answer is a bare JSON string."""
    if not isinstance(answer.json, str):
        raise answer.unmet("a JSON string", repr(answer.json))


@requirement("OIP-AUTO-01")
def test_a_configured_trigger_answers_200(oip: Oip) -> None:
    """A dictionary is taken, the answer is a JSON string."""
    expect_text(oip.call("triggerAutomation", path={"triggerId": trigger(oip)}, json=payload(oip)).expect(200))


@requirement("OIP-AUTO-02")
def test_an_unknown_trigger_answers_404(oip: Oip, member: Member) -> None:
    """With and without a person; a configured one answers 200."""
    oip.call("triggerAutomation", path={"triggerId": trigger(oip)}, json=payload(oip)).expect(200)
    unknown = oip.fresh_id("trigger")
    oip.call("triggerAutomation", path={"triggerId": unknown}, json=payload(oip)).expect_enveloped(404)
    path = {"triggerId": unknown, "identifier": member.mobile_phone}
    oip.call("triggerAutomationForIdentifier", path=path, json=payload(oip)).expect_enveloped(404)


@requirement("OIP-AUTO-03")
def test_a_trigger_for_a_person_answers_200(oip: Oip, member: Member) -> None:
    """A member's identifier is taken."""
    path = {"triggerId": trigger(oip), "identifier": oip.person_id(member)}
    expect_text(oip.call("triggerAutomationForIdentifier", path=path, json=payload(oip)).expect(200))


@requirement("OIP-AUTO-04")
@pytest.mark.parametrize(
    "sent",
    [{}, {"a": {"b": [1, None, True]}}, {"æøå": "ja", "": 0}, {"list": [{"x": 1.5}]}],
    ids=["empty", "nested", "names", "list"],
)
def test_the_payload_is_free(oip: Oip, sent: dict[str, Any]) -> None:
    """Any keys, nested values, lists, and nothing at all are taken."""
    oip.require_valid("triggerAutomation", sent)
    oip.call("triggerAutomation", path={"triggerId": trigger(oip)}, json=sent).expect(200)
