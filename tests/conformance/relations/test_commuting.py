"""Calls about different things may come in any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oip_conformance.scenario import Answer, Member, NotTested, Oip, requirement
from oip_conformance.scenario.comparing import expect_same, moving, without_the_question

OWN = frozenset({"id", "mobilePhone", "externalId", "email", "promotions"})
"""What no two members share, and their promotions, which are compared by role."""


def calls_about(oip: Oip, member: Member) -> list[Callable[[], Answer]]:
    """Calls about different things of one member, as far as the profile claims them."""
    fixtures = oip.profile.fixtures
    calls = [lambda: oip.update(member, city="Hammerfest")]
    if oip.updates_merge:  # where they replace, two updates are about the same thing
        calls += [
            lambda: oip.update(member, consents={"acceptsEmail": False}),
            lambda: oip.update(member, interests=["Sports"]),
        ]
    if oip.is_claimed("bonusAddRewardPoints"):
        calls += [lambda: oip.add_points(member, 30), lambda: oip.add_points(member, 12)]
    if oip.is_claimed("addClips") and fixtures.stamp_cards:
        calls += [lambda card=card: oip.add_clips(card, member) for card in fixtures.stamp_cards[:2]]
    if oip.is_claimed("redeemPromotion") and "open" in fixtures.promotions:
        calls.append(lambda: oip.redeem(oip.promotion_named("open"), member))
    if oip.is_claimed("disableUse") and "unlimited" in fixtures.promotions:
        calls.append(lambda: oip.disable_use(oip.promotion_of(member, role="unlimited"), member))
    return calls


def shown(oip: Oip, member: Member) -> tuple[Answer, dict[str, Any]]:
    """What a member is shown, without what no other member shares."""
    answer = oip.read(member).expect(200)
    data = answer.at("data")
    listed = answer.items("data", "promotions") if data.get("promotions") else []
    roles = {name: role for role, name in oip.profile.fixtures.promotions.items()}
    promotions = {
        roles[item["id"]]: (item.get("redemptionCount"), item.get("available"))
        for item in listed
        if item.get("id") in roles
    }
    other = {name: value for name, value in data.items() if name not in OWN}
    own = (member.id, member.mobile_phone, member.external_id or "")
    return answer, without_the_question(other, *own) | {"promotions": promotions}


def published(value: Any) -> frozenset[str]:
    """The names of all members of a value, at every depth."""
    if isinstance(value, dict):
        return frozenset[str](value).union(*(published(part) for part in value.values()))
    return frozenset[str]().union(*map(published, value)) if isinstance(value, list) else frozenset()


@requirement("OIP-CORE-22")
def test_calls_about_different_things_commute(oip: Oip) -> None:
    """Two members who are alike stay alike when the same calls are made for them in opposite orders.

    What nobody published and what tells them apart from the beginning, as links and running numbers do, is left out.
    """
    alike = {name: value for name, value in oip.person_data().items() if name not in OWN}
    forwards, backwards = (oip.create_member(**alike) for _ in range(2))
    answer, before = shown(oip, forwards)
    also = shown(oip, backwards)[1]
    apart = moving(before, also) - published(oip.contract.operation("getCustomerById").response_examples(200))
    expect_same(answer, before, also, except_for=apart)

    for call in [*calls_about(oip, forwards), *reversed(calls_about(oip, backwards))]:
        answer = call()
        answer.expect_decided(200)
        if answer.status != 200:
            raise NotTested(f"{answer.exchange.operation} answered {answer.status}, so that no order can be compared")

    _, first = shown(oip, forwards)
    answer, second = shown(oip, backwards)
    expect_same(answer, first, second, except_for={"consentDate", *apart})
    if first == before:
        raise answer.unmet("something that changed", "what was there before")
