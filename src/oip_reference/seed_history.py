"""Members with a history, so that a fresh sandbox has receipts, points and reports of several pages to look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from oip_reference.clock import iso_seconds
from oip_reference.customers import Customers
from oip_reference.domain import Domain
from oip_reference.members import Members
from oip_reference.seed_loyalty import BARK, COFFEE, LUNCH
from oip_reference.storage.member_records import Member
from oip_reference.storage.receipt_records import Receipt
from oip_reference.transactions import Transactions
from oip_reference.wellknown import HISTORIC_MEMBERS, HISTORIC_PHONE, STORES

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

_FIRST: Final = datetime(2022, 3, 1, 9, 0, tzinfo=UTC)
_RECEIPTS: Final = (40, 12, 5)
_NAMES: Final = ("Åse", "Ola", "Ingrid", "Per", "Sigrid", "Nils", "Solveig", "Lars", "Astrid", "Jon")
_FAMILIES: Final = ("Berg", "Dahl", "Haugen", "Lie", "Moen", "Strøm", "Øye")
_GOODS: Final = ((COFFEE, "Black coffee", 49), (LUNCH, "Lunch", 189), (BARK, "Bark 40 l", 99.9), ("VR-7", "Lamp", 750))


class History(Domain):
    """Answers nothing: it only seeds, through the domains that own what it writes."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.customers = server.part(Customers)
        self.transactions = server.part(Transactions)

    def seed(self, tenant: Tenant) -> None:
        """The same people and purchases for every account and database: the oldest years ago, none within a day."""
        chance = Random(2022)
        for number in range(HISTORIC_MEMBERS):
            joined = _FIRST + timedelta(days=9 * number)
            member = self.customers.new_member(tenant, self.person(chance, number), joined)
            self.members.enrol(tenant, member, joined)
            for count in range(_RECEIPTS[number] if number < len(_RECEIPTS) else 0):
                bought = joined + timedelta(days=20 * count, minutes=chance.randrange(600))
                self.transactions.store(tenant, member, self.receipt(tenant, chance, member, count, bought), bought)

    def person(self, chance: Random, number: int) -> dict[str, Any]:
        first, last = chance.choice(_NAMES), chance.choice(_FAMILIES)
        return {
            "mobilePhone": f"{HISTORIC_PHONE[:-3]}{int(HISTORIC_PHONE[-3:]) + number:03d}",
            "externalId": f"SEED-{number + 1:04d}",
            "email": f"member{number + 1}@shop.example",
            "firstName": first,
            "lastName": last,
            "city": "Oslo",
            "zip": "0153",
            "country": "NO",
            "consents": {"acceptsTerms": True, "acceptsEmail": number % 3 == 0},
        }

    def receipt(self, tenant: Tenant, chance: Random, member: Member, count: int, bought: datetime) -> Receipt:
        stores = tenant.fixtures.stores or STORES
        items = [self.item(chance, line) for line in range(1, chance.randint(1, 3) + 1)]
        header: dict[str, Any] = {
            name: round(sum(item[name] for item in items), 2) for name in ("GrossAmount", "Vat", "NetAmount")
        }
        receipt_id = f"{member.mobile_phone[-3:]}-{count + 1:03d}"
        return Receipt(stores[count % len(stores)], receipt_id, member.id, iso_seconds(bought), header, items)

    def item(self, chance: Random, line: int) -> dict[str, Any]:
        product, name, price = chance.choice(_GOODS)
        gross = float(price)
        vat = round(gross / 5, 2)
        return {
            "LineNo": line,
            "Quantity": 1,
            "ProductId": product,
            "ProductName": name,
            "GrossAmount": gross,
            "Vat": vat,
            "NetAmount": round(gross - vat, 2),
            "Discount": 0,
            "TransactionType": "PURCHASE",
        }
