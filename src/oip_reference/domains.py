"""The register of domains: one line each, in the order in which a fresh account is seeded."""

from __future__ import annotations

from typing import Final

from oip_reference.automation import Automation
from oip_reference.bonus_rules import BonusRules
from oip_reference.campaigns import Campaigns
from oip_reference.cart_promotions import CartPromotions
from oip_reference.carts import Carts
from oip_reference.consents import Consents
from oip_reference.customers import Customers
from oip_reference.domain import Domain
from oip_reference.enrichment import Enrichment
from oip_reference.functions import Functions
from oip_reference.health import Health
from oip_reference.imports import Imports
from oip_reference.lookups import Lookups
from oip_reference.messaging import Messaging
from oip_reference.payment import Payment
from oip_reference.points import Points
from oip_reference.pricing import Pricing
from oip_reference.promotion_definitions import PromotionDefinitions
from oip_reference.promotions import Promotions
from oip_reference.recruitment import Recruitment
from oip_reference.redemption import Redemptions
from oip_reference.reports import Reports
from oip_reference.seed_history import History
from oip_reference.stamp_cards import StampCards
from oip_reference.stores import Stores
from oip_reference.transactions import Transactions

DOMAINS: Final[tuple[type[Domain], ...]] = (
    Health,
    Stores,
    Consents,
    Promotions,
    PromotionDefinitions,
    Redemptions,
    CartPromotions,
    BonusRules,
    Campaigns,
    StampCards,
    Points,
    Automation,
    Carts,
    Enrichment,
    Functions,
    Imports,
    Lookups,
    Messaging,
    Payment,
    Pricing,
    Recruitment,
    Customers,
    Transactions,
    Reports,
    History,
)
