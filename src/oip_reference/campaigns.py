"""Bonus campaigns: which ones run now, whom each is for, and what it does to the points of a purchase."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from oip_reference.clock import iso_seconds
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.seed_loyalty import sandbox_campaigns
from oip_reference.storage.catalogue_records import CatalogueRecords
from oip_reference.storage.member_records import Member

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

_OWN = frozenset({"forConsent"})


class Campaigns(Domain):
    """Our reading: a campaign may be for the members who gave a consent; all others are for everybody."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.catalogue = server.part(CatalogueRecords)

    @handles("getBonusCampaigns")
    def all_campaigns(self, call: Call) -> Answer:
        return Answer(200, [self.document(campaign) for campaign in self.current(call.tenant.name, call.now)])

    @handles("getBonusCampaignsForMember")
    def campaigns_of_member(self, call: Call) -> Answer:
        member = self.members.named(call, call.path["id"])
        current = self.current(call.tenant.name, call.now)
        return Answer(200, [self.document(campaign) for campaign in current if self.concerns(campaign, member)])

    # rules

    def current(self, tenant: str, now: datetime) -> list[dict[str, Any]]:
        campaigns = self.catalogue.items(tenant, "bonusCampaign").values()
        return [campaign for campaign in campaigns if self.window_is_open(campaign, now)]

    def window_is_open(self, campaign: dict[str, Any], now: datetime) -> bool:
        """Whether a campaign runs; either end may be open."""
        moment = iso_seconds(now)
        return (campaign["validFrom"] or moment) <= moment <= (campaign["validTo"] or moment)

    def concerns(self, campaign: dict[str, Any], member: Member) -> bool:
        consent = campaign.get("forConsent")
        return consent is None or bool(member.profile["consents"].get(consent))

    def factor(self, member: Member, product: str | None, now: datetime) -> int:
        """By how much the points of a product are multiplied for a member: 2 in a campaign of double points."""
        for campaign in self.current(member.tenant, now):
            if (
                campaign["rewardType"] == "double"
                and any(included["id"] == product for included in campaign["products"])
                and self.concerns(campaign, member)
            ):
                return 2
        return 1

    def document(self, campaign: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in campaign.items() if key not in _OWN}

    def seed(self, tenant: Tenant) -> None:
        for position, campaign in enumerate(sandbox_campaigns(tenant)):
            self.catalogue.put(tenant.name, "bonusCampaign", campaign, position)
