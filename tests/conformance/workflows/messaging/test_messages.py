"""Text messages and one-time codes, to recipients that the profile allows."""

from __future__ import annotations

import re
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


@requirement("OIP-MSG-07")
@pytest.mark.parametrize("message", ["Testmelding æøå", "🦌 " * 70, "Linje 1\nLinje 2"], ids=["short", "long", "lines"])
def test_a_message_goes_out_once_and_as_it_was_sent(oip: Oip, message: str) -> None:
    """The outbox has it once, for this number, with its text and its sender."""
    oip.require("sendSms")
    number = oip.recipient("sendSms")
    before = len(oip.outbox(number))
    answer = sms(oip, phoneNumber=number, message=message).expect(200)
    sent = oip.outbox(number)
    if len(sent) != before + 1:
        raise answer.unmet("one more message in the outbox", f"{len(sent) - before}")
    wanted = {"message": message, "sender": "Oculos"}
    if sent[0].get("recipient") != number or sent[0].get("content") != wanted:
        raise answer.unmet(f"the message to {number}: {wanted}", repr(sent[0].get("content")))


@requirement("OIP-MSG-08")
def test_the_next_code_is_another_one(oip: Oip) -> None:
    """Three codes for one number, each said to the person and to nobody else, are not all one code."""
    number = oip.recipient("sendSmsCode")
    answers = [oip.call("sendSmsCode", path={"phoneNumber": number}).expect(200) for _ in range(3)]
    texts = [str(message.get("content")) for message in oip.outbox(number)[:3]]
    codes = [found.group() for text in texts if (found := re.search(r"(?<!\d)\d{4,8}(?!\d)", text))]
    if len(codes) != 3 or len(set(codes)) == 1:
        raise answers[-1].unmet("three codes that differ", f"{len(codes)} codes, {len(set(codes))} different")
    for answer in answers:
        if any(code in answer.reply.text for code in codes):
            raise answer.unmet("the code for the person alone", "it stands in the answer")
