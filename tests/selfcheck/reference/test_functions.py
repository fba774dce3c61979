"""Client-specific functions are those that the profile agrees on."""

from __future__ import annotations

import pytest

from oip_conformance.profile import load_profile

AGREED = """
name = "A vendor"
[fixtures.functions.customer.level]
response = { level = "gold", since = [2020, 1] }
[fixtures.functions.promotions.spin]
"""
PLACES = {"customer": "/customers/function", "promotions": "/promotions/function"}


@pytest.mark.parametrize("place", PLACES.values())
def test_every_sandbox_has_an_echo(oip, place):
    body = {"field1": "x", "nested": {"a": [None]}}
    assert oip.ask("POST", f"{place}/echo", body).json == body
    oip.ask("POST", f"{place}/unknown", body).refused(404)
    assert oip.ask("POST", f"{place}/echo", [1]).json == [1]
    oip.ask("POST", f"{place}/echo", 1).refused(400)


def test_a_profile_names_the_functions_and_what_they_answer(made, tmp_path):
    (tmp_path / "vendor.toml").write_text(AGREED)
    oip = made(profile=load_profile(tmp_path / "vendor.toml"))
    agreed = {"level": "gold", "since": [2020, 1]}
    assert oip.ask("POST", f"{PLACES['customer']}/level", {"id": "1"}).json == agreed
    assert oip.ask("POST", f"{PLACES['promotions']}/spin", {"id": "1"}).json == {"id": "1"}
    oip.ask("POST", f"{PLACES['customer']}/spin", {}).refused(404)
    oip.ask("POST", f"{PLACES['customer']}/echo", {}).refused(404)
