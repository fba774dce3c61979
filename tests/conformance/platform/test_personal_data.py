"""Data of a person stand only where they were asked for."""

from __future__ import annotations

from oip_conformance.scenario import Answer, Member, Oip, Unmet, once, requirement
from oip_conformance.scenario.comparing import mentions

GENERAL = ("getStores", "getHealth", "listConsents", "getBonusRules", "getBonusCampaigns", "getLoyaltyCardProducts")
"""Operations that are about nobody."""

ABOUT_ONE = ("getCustomerById", "getPromotions", "getRedeemedPromotions", "stampCard1", "getBonusTransactions",
             "getBonusCampaignsForMember", "getTransactions", "getPaymentCards")  # fmt: skip
"""Operations that are about the one person whom they name."""


def asked_about(oip: Oip, other: Member) -> list[Answer]:
    """Answers to calls about nobody, and about another member: reads and a change."""
    answers = [oip.call(name) for name in GENERAL if oip.is_claimed(name)]
    for name in (one for one in ABOUT_ONE if oip.is_claimed(one)):
        parameter = oip.contract.operation(name).parameters[0].name
        holder = other.id if name == "getCustomerById" else oip.person_id(other)
        answers.append(oip.call(name, path={parameter: holder}))
    answers.append(oip.update(other, city="Alta"))
    answers.append(oip.try_to_create(oip.person_data()))
    return answers


@once
@requirement("OIP-CORE-23")
def test_personal_data_stand_only_where_they_were_asked_for(oip: Oip, member: Member) -> None:
    """No answer about nobody, or about somebody else, holds an identifier or an address of the member."""
    hidden = {"id": member.id, "mobilePhone": member.mobile_phone, "externalId": member.external_id}
    hidden |= {name: member.sent.get(name) for name in ("email",)}
    unmet: list[Unmet] = []
    for answer in asked_about(oip, oip.create_member()):
        answer.expect_decided(400, 404)
        shown = [name for name, value in hidden.items() if value and mentions(answer.said, str(value))]
        if shown:
            unmet.append(answer.unmet("nothing of a member whom the call is not about", f"{', '.join(shown)}"))
    oip.none_of(unmet)
