"""The API key: every operation demands it, only in its header, before it looks at anything else."""

from __future__ import annotations

import pytest

from oip_conformance.scenario import Answer, Oip, Unmet, level, once, requirement

MISPLACED = ("query", "bearer", "another header", "cookie")


def each(oip: Oip) -> list[str]:
    """The operations of the profile that may be called without effect, since a request without a key must have none."""
    return [name for name in oip.contract.operations if oip.is_claimed(name)]


def refused(answer: Answer) -> list[Unmet]:
    """What an answer to a request without a good key breaks: it must be 401."""
    return [] if answer.status == 401 or answer.reply.busy else [answer.unmet("status 401", answer.what_came())]


@once
@requirement("OIP-AUTH-01")
def test_no_operation_answers_without_a_key(oip: Oip) -> None:
    """A request without a key is answered 401 by every operation."""
    oip.none_of([unmet for name in each(oip) for unmet in refused(oip.sample_call(name, credential="none"))])


@once
@requirement("OIP-AUTH-02")
def test_no_operation_answers_to_a_wrong_key(oip: Oip) -> None:
    """A key nobody was given is answered 401 by every operation."""
    oip.none_of([unmet for name in each(oip) for unmet in refused(oip.sample_call(name, credential="wrong"))])


@once
@requirement("OIP-AUTH-03")
@pytest.mark.parametrize("place", MISPLACED)
def test_a_key_in_the_wrong_place_is_no_key(oip: Oip, place: str) -> None:
    """The good key counts only in the x-api-key header."""
    key = oip.target.keys.main or ""
    headers = {
        "bearer": {"authorization": f"Bearer {key}"},
        "another header": {"api-key": key},
        "cookie": {"cookie": f"x-api-key={key}"},
    }.get(place, {})
    query = {"x-api-key": key, "api_key": key} if place == "query" else {}
    oip.read_anything(credential="misplaced", headers=headers, query=query).expect(401)


@once
@requirement("OIP-AUTH-04")
def test_the_name_of_the_key_header_may_be_written_in_any_case(oip: Oip) -> None:
    """HTTP header names have no case."""
    accepted = oip.read_anything()
    in_capitals = oip.read_anything(credential="misplaced", headers={"X-API-KEY": oip.target.keys.main or ""})
    if in_capitals.status != accepted.status:
        raise in_capitals.unmet(f"status {accepted.status}, as with x-api-key", in_capitals.what_came())


@level("smoke")
@requirement("OIP-AUTH-05")
def test_a_write_with_a_wrong_key_leaves_no_trace(oip: Oip) -> None:
    """What was refused for its key is not there afterwards."""
    data = oip.person_data()
    oip.call("createMember", json={"data": data, "source": oip.source()}, credential="wrong").expect(401)

    oip.find(data["mobilePhone"], by="mobilePhone").expect(404)


@once
@requirement("OIP-AUTH-07")
def test_the_key_is_looked_at_before_the_request(oip: Oip) -> None:
    """A broken request without a key learns nothing about what is wrong with it."""
    for credential in ("none", "wrong"):
        oip.call("createMember", content=b'{"data": ', media_type="application/json", credential=credential).expect(401)
