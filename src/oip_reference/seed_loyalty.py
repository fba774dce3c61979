"""The loyalty catalogue of a fresh sandbox: stamp cards, the products that count on them, bonus campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oip_reference.wellknown import CAMPAIGNS, STAMP_CARDS

if TYPE_CHECKING:
    from oip_reference.tenancy.tenant import Tenant

COFFEE: Final = "7049987090935"
LUNCH: Final = "7049987090942"
BARK: Final = "AA-123456789"

_CARDS: Final = (("Black coffee", "Coffee", 10), ("Lunch", "Lunch", 25), ("Car wash", "Wash", 50))
_PRODUCTS: Final = ((COFFEE,), (LUNCH, "7049987090959"), ("7049987090966",))


def sandbox_cards(tenant: Tenant) -> list[dict[str, Any]]:
    """The stamp cards that the account's fixtures name, or else the well-known ones."""
    cards = []
    for position, identifier in enumerate(tenant.fixtures.stamp_cards or STAMP_CARDS):
        name, kind, total = _CARDS[position % len(_CARDS)]
        image = f"cdn.shop.example/{kind.lower()}_clip.png"
        cards.append({"id": identifier, "namn": name, "total": total, "imageUrl": image, "extendedProperties": {}})
    return cards


def sandbox_products(tenant: Tenant) -> list[dict[str, Any]]:
    """The products of the first cards."""
    return [
        {"id": product, "stampCardId": card["id"], "stampCard": card["namn"], "stampCardType": kind}
        for card, (_, kind, _), products in zip(sandbox_cards(tenant), _CARDS, _PRODUCTS, strict=False)
        for product in products
    ]


def sandbox_campaigns(tenant: Tenant) -> list[dict[str, Any]]:
    """Campaigns that run, under the ids that the account's fixtures name, one that is over and one to come."""
    running = (
        _campaign("Double bonus on bark (40 liter)", "F", "double", products=(BARK,)),
        _campaign("500 points on your birthday", "P", "points", points=500, end=None),
        _campaign("100 points for readers of our letter", "P", "points", points=100, forConsent="acceptsEmail"),
    )
    named = [
        {"id": identifier, **running[position % len(running)]}
        for position, identifier in enumerate(tenant.fixtures.campaigns or CAMPAIGNS)
    ]
    over = _campaign("Double bonus on skis", "F", "double", start="2023-01-01T00:00:00", end="2023-03-31T23:59:59")
    to_come = _campaign("Double bonus on everything", "F", "double", start="2090-01-01T00:00:00", end=None)
    return [*named, {"id": "CAMPAIGN-OVER", **over}, {"id": "CAMPAIGN-TO-COME", **to_come}]


def _campaign(
    name: str,
    kind: str,
    reward: str,
    *,
    points: int | None = None,
    start: str = "2024-01-01T00:00:00",
    end: str | None = "2090-12-31T23:59:59",
    products: tuple[str, ...] = (),
    **own: Any,
) -> dict[str, Any]:
    return {
        "campaignName": name,
        "campaignType": kind,
        "rewardType": reward,
        "points": points,
        "validFrom": start,
        "validTo": end,
        "products": [{"id": product} for product in products],
        **own,
    }
