"""Text messages and one-time codes, to recipients that the profile allows."""

from __future__ import annotations

from typing import Any

import pytest

from oip_conformance.scenario import Answer, Oip, requirement

NO_NUMBERS = ("not a number", "+47ABCDEFGH", "+4", "")


def sms(oip: Oip, **changes: Any) -> Answer:
    """Send a message; a change to None leaves a member out."""
    body = {"phoneNumber": oip.recipient("sendSms"), "message": "Testmelding æøå", "sender": "Oculos", **changes}
    return oip.call("sendSms", json={name: value for name, value in body.items() if value is not None})


@requirement("OIP-MSG-01")
def test_an_sms_is_accepted(oip: Oip) -> None:
    """A number, a message and a sender answer 200."""
    sms(oip).expect(200)


@requirement("OIP-MSG-02")
@pytest.mark.parametrize("number", NO_NUMBERS)
def test_an_sms_to_no_number_is_refused(oip: Oip, number: str) -> None:
    """What is no phone number answers 400; a number answers 200."""
    sms(oip).expect(200)
    sms(oip, phoneNumber=number).expect_error(400)


@requirement("OIP-MSG-03")
@pytest.mark.parametrize("message", [None, ""], ids=["missing", "empty"])
def test_an_empty_sms_is_refused(oip: Oip, message: str | None) -> None:
    """Without a message it answers 400; with one it answers 200."""
    sms(oip).expect(200)
    sms(oip, message=message).expect_error(400)


@requirement("OIP-MSG-04")
def test_a_one_time_code_is_sent(oip: Oip) -> None:
    """A number in the path, its plus as %2B, answers 200."""
    oip.call("sendSmsCode", path={"phoneNumber": oip.recipient("sendSmsCode")}).expect(200)


@requirement("OIP-MSG-05")
@pytest.mark.parametrize("number", ["not a number", "+47ABCDEFGH", "+4"])
def test_a_code_for_no_number_is_refused(oip: Oip, number: str) -> None:
    """What is no phone number answers 400; a number answers 200."""
    oip.call("sendSmsCode", path={"phoneNumber": oip.recipient("sendSmsCode")}).expect(200)
    oip.call("sendSmsCode", path={"phoneNumber": number}).expect_error(400)
