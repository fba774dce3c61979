"""Definitions of promotions, as release 4.3 lists them: the promotion itself, without any member."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from oip_reference.clock import iso_seconds
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.promotions import Promotions
from oip_reference.storage.promotion_records import Promotion, PromotionRecords

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer

_ALIKE = ("name", "description", "type", "unlimitedRedemption", "redemptionLimit")
_LISTS = ("productsIncluded", "productsExcluded", "storesIncluded")


class PromotionDefinitions(Domain):
    """A preview operation. Our reading: all definitions of the account are listed, active or not."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.promotions = server.part(Promotions)
        self.records = server.part(PromotionRecords)

    @handles("getPromotionsDefinitions")
    def definitions(self, call: Call) -> Answer:
        listed = [self.document(promotion, call.now) for promotion in self.listed(call)]
        if not listed:
            raise call.not_found("There are no promotions.")
        return Answer(200, listed)

    # rules

    def listed(self, call: Call) -> list[Promotion]:
        return list(self.records.definitions(call.tenant.name).values())

    def is_active(self, promotion: Promotion, now: datetime) -> bool:
        return self.promotions.window_is_open(promotion, now)

    def document(self, promotion: Promotion, now: datetime) -> dict[str, Any]:
        """The published fields; they are spelt otherwise than in a member's promotion (`linkUrl`, values as text)."""
        shown = promotion.document
        return {
            "id": promotion.id,
            "active": self.is_active(promotion, now),
            **{name: shown[name] for name in _ALIKE},
            "subType": "",
            "linkUrl": shown["urlLink"],
            "imageUrl": f"{shown['urlLink']}.png",
            "validFrom": iso_seconds(promotion.valid_from),
            "validTo": iso_seconds(promotion.valid_to),
            "redemptionChannels": [self.channel(channel) for channel in shown["redemptionChannels"]],
            **{name: shown[name] for name in _LISTS},
            "tiersIncluded": [],
            "clientId": promotion.tenant,
            "created": iso_seconds(promotion.valid_from),
            "createdBy": "sandbox",
            "updated": iso_seconds(promotion.valid_from),
            "updatedBy": "sandbox",
        }

    def channel(self, channel: dict[str, Any]) -> dict[str, Any]:
        value, kind = f"{channel['value']:g}", channel["valueType"].lower()
        return {"type": channel["type"], "valueType": kind, "value": value, "message": channel.get("message", "")}
