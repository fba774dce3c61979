"""The gate: what may be sent to a target, by where it is and what its profile allows."""

from __future__ import annotations

import pytest

from oip_conformance.target import NotAllowed, SafetyGate

ELSEWHERE = "https://oip.example/v4"
HERE = (
    "http://127.0.0.1:8080/v4",
    "http://localhost/v4",
    "http://[::1]:1/v4",
    "http://127.9.9.9/",
    "http://a.localhost/",
)
NOT_HERE = (
    ELSEWHERE,
    "http://127.0.0.1.example/v4",
    "http://localhost.example/v4",
    "http://0.0.0.0/v4",
    "http://10.0.0.1/v4",
    "http://user@oip.example/127.0.0.1",
)


@pytest.mark.parametrize("url", HERE)
@pytest.mark.parametrize("effect", ["read", "write", "external"])
def test_on_this_machine_everything_goes(url: str, effect: str) -> None:
    SafetyGate(url).check("sendSms", effect)


@pytest.mark.parametrize("url", NOT_HERE)
def test_elsewhere_nothing_is_written_until_the_profile_says_so(url: str) -> None:
    gate = SafetyGate(url)
    gate.check("getStores", "read")
    for effect in ("write", "external"):
        with pytest.raises(NotAllowed):
            gate.check("createMember", effect)


def test_writes_do_not_allow_what_reaches_outside() -> None:
    gate = SafetyGate(ELSEWHERE, writes=True, external=("sendSms",))
    gate.check("createMember", "write")
    gate.check("sendSms", "external")
    with pytest.raises(NotAllowed, match="sendSmsCode"):
        gate.check("sendSmsCode", "external")


@pytest.mark.parametrize(
    "url", ["https://api.oculos.no/v4", "https://API.OCULOS.NO./v4", "https://api.oculos.no:443/v4"]
)
def test_production_is_not_even_read_without_the_word_for_it(url: str) -> None:
    with pytest.raises(NotAllowed, match="--i-know-this-is-production"):
        SafetyGate(url, writes=True).check("getStores", "read")
    SafetyGate(url, production=True).check("getStores", "read")
    with pytest.raises(NotAllowed):
        SafetyGate(url, production=True).check("createMember", "write")
