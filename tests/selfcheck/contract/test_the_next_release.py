"""The overlay for 4.3 adds what that release added, and takes nothing away."""

from __future__ import annotations

import pytest

from oip_conformance.contract import Contract, load_contract, standard_overlay_path
from oip_conformance.contract.difference import changes_between
from oip_conformance.contract.fields import fields_of
from oip_conformance.contract.validation import samples_that_break_their_schema, validate_contract
from oip_conformance.profile import CLASSES


def test_every_action_selects_something_and_the_result_is_valid(later: Contract) -> None:
    assert later.idle == ()
    validate_contract(later)
    assert samples_that_break_their_schema(later) == []
    assert later.version.startswith("4.3")
    assert later.title == "Trigg Integrations API"


@pytest.mark.parametrize(
    ("name", "method", "path", "conformance_class", "effect", "statuses"),
    [
        ("addBonusPointsByActivity", "POST", "/loyalty/activity/{activityId}/customerId/{customerId}", "loyalty", "write",
         "200 400 401 403 404"),
        ("getPromotionsDefinitions", "GET", "/promotions/definitions", "promotions", "read", "200 400 401 403 404"),
        ("triggerSmsAutomation", "GET", "/messaging/sms/trigger/{customerId}/{id}", "messaging", "external", "200 400 401"),
        ("updateAchivement", "PUT", "/loyalty/achievements", "loyalty", "write", "200 400 401 403 409"),
    ],
)  # fmt: skip
def test_new_operations(
    later: Contract, name: str, method: str, path: str, conformance_class: str, effect: str, statuses: str
) -> None:
    one = later.operation(name)
    assert (one.method, one.path, one.effect) == (method, path, effect)
    assert one.conformance_class == conformance_class
    assert conformance_class in CLASSES
    assert sorted(one.responses) == sorted([*statuses.split(), "429", "502"])
    assert (
        later.match(method, path.replace("{activityId}", "20").replace("{customerId}", "A").replace("{id}", "b"))[0]
        is one
    )  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "part", "places"),
    [
        ("createCart", "request", "/cartUrl /items/*/productUrl /items/*/imageUrl"),
        ("getBonusCampaigns", "200", "/*/campaignImageUrl"),
        ("stampCard1", "200", "/*/sortOrder"),
        ("getPromotions", "200", "/*/terms /*/urlImage /*/validTimeFrom /*/validTimeTo /*/sortOrder"),
        ("getTransactions", "200", "/*/rows/*/points"),
    ],
)
def test_new_fields(standard: Contract, later: Contract, name: str, part: str, places: str) -> None:
    before, after = standard.operation(name), later.operation(name)
    known = set(fields_of(before.content[part]["application/json"]["schema"], before.resolve))
    now = set(fields_of(after.content[part]["application/json"]["schema"], after.resolve))
    assert now - known == set(places.split())


def test_nothing_that_a_client_relies_on_is_gone(standard: Contract, later: Contract) -> None:
    changes = changes_between(standard, later)
    assert [one for one in changes if one.breaking] == []
    assert {one.sort for one in changes if one.operation is not None} == {"added"}


def test_previews_are_marked(later: Contract) -> None:
    previews = {one.id for one in later.operations.values() if one.preview}
    assert previews == {"transferClips", "getPromotionsDefinitions", "updateAchivement"}


def test_it_is_found_by_its_short_names() -> None:
    assert standard_overlay_path("4.3") == standard_overlay_path("oip-4.3")
    assert load_contract(overlays=[standard_overlay_path("4.3")]).version == "4.3.2"
