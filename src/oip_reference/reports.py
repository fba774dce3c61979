"""Reports: lists of an account's records, in pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid4

from oip_conformance.profile.model import ReportFixture
from oip_reference.clock import spaced_seconds
from oip_reference.customer_documents import CustomerDocuments
from oip_reference.domain import Domain, handles
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.points import Points
from oip_reference.storage.departure_records import Departure, DepartureRecords
from oip_reference.storage.member_records import Member, MemberRecords

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

DAY: Final = timedelta(hours=24)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Records(NamedTuple):
    """What a report lists: how many records there are, and those from `offset` on, `limit` at the most."""

    total: int
    rows: Callable[[int, int], list[dict[str, Any]]]


class Reports(Domain):
    """Our reading: four kinds; a kind that only the account's fixtures name is one of all customers."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.points = server.part(Points)
        self.documents = server.part(CustomerDocuments)
        self.member_records = server.part(MemberRecords)
        self.departures = server.part(DepartureRecords)
        self._kinds: dict[str, Callable[[Call], Records]] = {
            "customers": self.customers,
            "newCustomers": self.new_customers,
            "deletedCustomers": self.deleted_customers,
            "bonusTransactions": self.bonus_transactions,
        }

    @handles("report1")
    def report(self, call: Call) -> Answer:
        records = self.kind_named(call)(call)
        layout = self.layout(call)
        if not layout.paged:
            rows = records.rows(records.total, 0)
            return Answer(200, {layout.records: rows} if layout.records else rows)
        page, size = self.page_asked_for(call), self.size_asked_for(call)
        meta_data = self.meta_data(call.path["reportType"], records.total, page, size)
        return Answer(200, {"metaData": meta_data, layout.records or "data": self.page_of(records, page, size)})

    # kinds

    def kind_named(self, call: Call) -> Callable[[Call], Records]:
        name = call.path["reportType"]
        kind = self._kinds.get(name)
        if kind is None and name in call.tenant.fixtures.reports:
            kind = self.customers
        if kind is None:
            raise call.not_found(f"There is no such report; there are {', '.join(self._kinds)}.")
        return kind

    def customers(self, call: Call) -> Records:
        """All customers."""
        return self._created_since(call, _BEGINNING)

    def new_customers(self, call: Call) -> Records:
        """Customers created within the last 24 hours."""
        return self._created_since(call, call.now - DAY)

    def deleted_customers(self, call: Call) -> Records:
        """Customers deleted within the last 24 hours."""
        tenant, since = call.tenant.name, call.now - DAY
        return Records(
            self.departures.count_since(tenant, since),
            lambda limit, offset: [
                self.departure_row(departure) for departure in self.departures.page_since(tenant, since, limit, offset)
            ],
        )

    def bonus_transactions(self, call: Call) -> Records:
        """Bonus transactions of the customer that the query names with `customerId`, by any configured kind of id."""
        identifier = call.query.get("customerId")
        if not identifier:
            raise call.invalid("customerId", "is required: it names the customer")
        listed = self.points.listed(self.members.named(call, identifier))
        return Records(len(listed), lambda limit, offset: listed[offset : offset + limit])

    def _created_since(self, call: Call, moment: datetime) -> Records:
        tenant = call.tenant.name
        return Records(
            self.member_records.count_created_since(tenant, moment),
            lambda limit, offset: [
                self.customer_row(member)
                for member in self.member_records.page_created_since(tenant, moment, limit, offset)
            ],
        )

    # rules

    def layout(self, call: Call) -> ReportFixture:
        """How the report looks: as the account's fixtures say, or in pages with the records under `data`."""
        fixture = call.tenant.fixtures.reports.get(call.path["reportType"])
        return ReportFixture(paged=True, records="data") if fixture is None else fixture

    def page_asked_for(self, call: Call) -> int:
        return self.counting_number(call, "page", 1)

    def size_asked_for(self, call: Call) -> int:
        return self.counting_number(call, "rowsPage", 25)

    def counting_number(self, call: Call, name: str, default: int) -> int:
        """A number from 1 of the query; refuses any other, also where the contract does not."""
        raw = call.query.get(name, default)
        try:
            number = int(raw)
        except ValueError:
            number = 0
        if number < 1:
            raise call.invalid(name, "must be a whole number from 1")
        return number

    def page_of(self, records: Records, page: int, size: int) -> list[dict[str, Any]]:
        """The rows of a page; none after the last."""
        offset = (page - 1) * size
        return records.rows(min(size, records.total), offset) if offset < records.total else []

    def total_pages(self, total: int, size: int) -> int:
        return -(-total // size)

    def meta_data(self, name: str, total: int, page: int, size: int) -> dict[str, Any]:
        return {
            "reportType": name,
            "totalRecords": total,
            "totalPages": self.total_pages(total, size),
            "activePage": page,
        }

    # documents

    def customer_row(self, member: Member) -> dict[str, Any]:
        return {**self.documents.listed(member), **self.documents.meta_data(member)}

    def departure_row(self, departure: Departure) -> dict[str, Any]:
        return {"id": departure.member, "DeletedAt": spaced_seconds(departure.departed)}

    def seed(self, tenant: Tenant) -> None:
        """Three customers who left within the last day."""
        now = self.members.clock.now()
        for hours in (2, 9, 20):
            self.departures.add(tenant.name, str(uuid4()).upper(), now - timedelta(hours=hours))
