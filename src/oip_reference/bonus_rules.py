"""Bonus rules: what earns points, and how many."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.point_amounts import exact
from oip_reference.storage.catalogue_records import CatalogueRecords
from oip_reference.wellknown import ACTIVITIES, POINTS_PER_KRONE

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

REGISTERING: Final = "2"
PURCHASE: Final = "1"
BY_HAND: Final = "BY-HAND"
"""The rule of points added by hand. It stands in no list, because nothing can be imported by it."""

_PER_UNIT: Final = frozenset({"PURCHASE", "ACTIVITY"})


class BonusRules(Domain):
    """Our reading: the list holds the rules and the activities alike; `value` is points a unit or points an event."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.records = server.part(CatalogueRecords)

    @handles("getBonusRules")
    def bonus_rules(self, call: Call) -> Answer:
        return Answer(200, [self.document(rule) for rule in self.rules(call.tenant.name).values()])

    # rules

    def rules(self, tenant: str) -> dict[str, dict[str, Any]]:
        return self.records.items(tenant, "bonusRule")

    def named(self, tenant: str, rule_id: str) -> dict[str, Any] | None:
        return self.rules(tenant).get(rule_id)

    def points(self, rule: dict[str, Any], value: Decimal) -> Decimal:
        """What a rule gives for a value: so many points a unit, or a fixed number for each event."""
        worth = Decimal(rule["value"])
        return worth * value if rule["bonusRuleType"] in _PER_UNIT else worth

    def registration_points(self, tenant: str) -> Decimal:
        """What a new member gets for joining."""
        rule = self.named(tenant, REGISTERING)
        return Decimal(0) if rule is None else self.points(rule, Decimal(1))

    def purchase_points(self, tenant: str, kroner: float) -> Decimal:
        """What a purchase of so many kroner earns, before campaigns."""
        rule = self.named(tenant, PURCHASE)
        return Decimal(0) if rule is None else self.points(rule, exact(kroner))

    # documents

    def name_of(self, tenant: str, rule_id: str) -> str:
        rule = self.named(tenant, rule_id)
        return "Added by hand" if rule is None else str(rule["name"])

    def document(self, rule: dict[str, Any]) -> dict[str, Any]:
        return {"bonusRuleId": rule["id"], **{key: value for key, value in rule.items() if key != "id"}}

    def seed(self, tenant: Tenant) -> None:
        """The rules every account has, and the activities that the account's fixtures name, or the well-known ones."""
        per_krone = tenant.fixtures.points_per_krone
        rate = POINTS_PER_KRONE if per_krone is None else per_krone
        activities = tenant.fixtures.activities or ACTIVITIES
        first, *others = [name for name in activities if name not in (PURCHASE, REGISTERING)] or ACTIVITIES
        rules = [
            _rule(PURCHASE, "Basic points", "PURCHASE", format(exact(rate), "f")),
            _rule(REGISTERING, "Registering", "REGISTER", "30"),
            _rule(first, "Training", "ACTIVITY", "0.8"),
            *(_rule(name, f"Survey {name}", "SURVEY", "50") for name in others),
        ]
        for position, rule in enumerate(rules):
            self.records.put(tenant.name, "bonusRule", rule, position)


def _rule(identifier: str, name: str, kind: str, value: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "bonusRuleType": kind,
        "value": value,
        "validFrom": "2022-01-01T00:00:00",
        "validTo": None,
        "created": "2021-01-01T00:00:00",
    }
