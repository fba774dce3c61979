"""The promotions of a fresh sandbox: one of each kind that has a rule of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from oip_reference.clock import iso_milliseconds
from oip_reference.storage.promotion_records import Promotion
from oip_reference.wellknown import PROMOTIONS, STORES

if TYPE_CHECKING:
    from oip_reference.tenancy.tenant import Tenant

_BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
_FAR = datetime(2090, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)


def sandbox_promotions(tenant: Tenant) -> list[Promotion]:
    """One promotion a role, under the ids that the account's fixtures name, or else the well-known ones."""
    named = {**PROMOTIONS, **tenant.fixtures.promotions}
    named["unassigned"] = tenant.fixtures.unassigned_promotion or named["unassigned"]
    stores = tenant.fixtures.stores or STORES
    next_year = datetime(datetime.now(UTC).year + 1, 1, 1, tzinfo=UTC)
    pos, web = _channel("POS", "PERCENT", 10), _channel("ECOM", "PERCENT", 10)

    def made(role: str, name: str, description: str, **rules: Any) -> Promotion:
        return _promotion(tenant.name, named[role], name, description, **rules)

    return [
        made("open", "Welcome coupon", "10% discount on any product, five times", limit=5, channels=(pos, web)),
        made("single_use", "Birthday coupon", "100 NOK off one purchase", limit=1,
             channels=(_channel("POS", "AMOUNT", 100), _channel("ECOM", "AMOUNT", 100))),
        made("unlimited", "Member price", "5% member discount, always", unlimited=True, limit=0),
        made("pos_only", "In-store coupon", "25% discount at the till", limit=5,
             channels=(_channel("POS", "PERCENT", 25, "Only applies to members"),)),
        made("one_store", "Store opening", "A free coffee in one store", limit=5, stores=stores[:1]),
        made("expired", "Last season", "50% discount on last season", limit=5,
             start=datetime(2023, 1, 1, tzinfo=UTC), end=datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC)),
        made("not_yet_valid", "Next year", "20% member discount next year", limit=5, start=next_year),
        made("unassigned", "Invited only", "15% discount for invited members", limit=5, standing=False),
    ]  # fmt: skip


def _channel(kind: str, value_type: str, value: float, message: str = "") -> dict[str, Any]:
    channel: dict[str, Any] = {"type": kind, "valueType": value_type, "value": value}
    return {**channel, "message": message} if message else channel


def _promotion(
    tenant: str,
    identifier: str,
    name: str,
    description: str,
    *,
    limit: int,
    unlimited: bool = False,
    start: datetime = _BEGINNING,
    end: datetime = _FAR,
    stores: tuple[str, ...] = (),
    channels: tuple[dict[str, Any], ...] = (),
    standing: bool = True,
) -> Promotion:
    document = {
        "id": identifier,
        "type": "Promotion",
        "name": name,
        "description": description,
        "urlLink": f"https://shop.example/promotions/{identifier}",
        "validFrom": iso_milliseconds(start),
        "validTo": iso_milliseconds(end),
        "unlimitedRedemption": unlimited,
        "redemptionLimit": limit,
        "productsIncluded": [],
        "productsExcluded": [],
        "storesIncluded": [{"id": store} for store in stores],
        "redemptionChannels": list(channels),
    }
    return Promotion(
        tenant,
        identifier,
        start,
        end,
        unlimited,
        limit,
        frozenset(stores),
        frozenset(channel["type"] for channel in channels),
        standing,
        document,
    )
