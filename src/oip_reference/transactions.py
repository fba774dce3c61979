"""Transactions: receipts from tills and web shops, and what a member bought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from oip_reference.clock import iso_seconds
from oip_reference.domain import Domain, handles
from oip_reference.earnings import Earnings, Line
from oip_reference.http.answer import Answer
from oip_reference.http.request import Call
from oip_reference.members import Members
from oip_reference.point_amounts import number
from oip_reference.storage.catalogue_records import CatalogueRecords
from oip_reference.storage.member_records import Member
from oip_reference.storage.receipt_records import Receipt, ReceiptRecords

if TYPE_CHECKING:
    from oip_reference.server import ReferenceServer
    from oip_reference.tenancy.tenant import Tenant

_AMOUNTS: Final = {"GrossAmount": "grossAmount", "Vat": "vat", "NetAmount": "netAmount", "Discount": "discount"}
_PRODUCT: Final = {
    "ProductId": "productId",
    "ProductName": "productName",
    "ProductGroupLevel1Name": "productGroupLevel1Name",
    "ProductGroupLevel2Name": "productGroupLevel2Name",
    "Quantity": "quantity",
}


class Transactions(Domain):
    """A batch is stored whole or not at all; a receipt, known by its store and receipt id, is stored once."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(server)
        self.members = server.part(Members)
        self.earnings = server.part(Earnings)
        self.records = server.part(ReceiptRecords)
        self.catalogue = server.part(CatalogueRecords)

    # operations

    @handles("addTransactions")
    def add_transactions(self, call: Call) -> Answer:
        for position, sent in enumerate(call.body["ReceiptRequests"]):
            where = f"/ReceiptRequests/{position}/Header"
            member = self.consumer(call, where, sent["Header"])
            self.store(call.tenant, member, self.receipt(call, where, sent, member), call.now)
        return Answer(200)

    @handles("getTransactions")
    def transactions(self, call: Call) -> Answer:
        member = self.members.named(call, call.path["customerId"])
        earned = self.earnings.earned(member)
        return Answer(200, [self.document(call.tenant, receipt, earned) for receipt in self.receipts_of(member)])

    # rules

    def consumer(self, call: Call, where: str, header: dict[str, Any]) -> Member | None:
        """Whose receipt it is: nobody's when no consumer is named. Our reading: an unknown consumer is refused."""
        identifier = header.get("ConsumerId")
        if not identifier:
            return None
        member = self.members.find(call.tenant, identifier)
        if member is None:
            raise call.invalid(f"{where}/ConsumerId", "is nobody who is known")
        return member

    def receipt(self, call: Call, where: str, sent: dict[str, Any], member: Member | None) -> Receipt:
        header = sent["Header"]
        date = self.local_time(header.get("TimeStamp"), call.now)
        if date is None:
            raise call.invalid(f"{where}/TimeStamp", "must look like 2023-10-13T14:50:05")
        items = self.in_order(sent["Items"])
        return Receipt(header["StoreId"], header["ReceiptId"], member and member.id, date, header, items)

    def local_time(self, raw: str | None, now: datetime) -> str | None:
        """The local time of the till as it was sent, without an offset; None when it is no time."""
        if raw is None:
            return iso_seconds(now)
        try:
            return datetime.fromisoformat(raw).replace(tzinfo=None).isoformat()
        except ValueError:
            return None

    def in_order(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The lines by their numbers; a line without one stands where it was sent."""
        numbered = enumerate(items, start=1)
        return [item for _, item in sorted(numbered, key=lambda pair: float(pair[1].get("LineNo", pair[0])))]

    def store(self, tenant: Tenant, member: Member | None, receipt: Receipt, now: datetime) -> None:
        """Stores a receipt that is new, and books what it earns."""
        if self.is_stored(tenant, receipt):
            return
        self.records.add(tenant.name, receipt)
        if member is not None:
            self.earnings.book(tenant, member, receipt, now)

    def is_stored(self, tenant: Tenant, receipt: Receipt) -> bool:
        return self.records.is_known(tenant.name, receipt.store, receipt.receipt)

    def receipts_of(self, member: Member) -> list[Receipt]:
        return self.records.of_member(member.tenant, member.id)

    # documents

    def document(self, tenant: Tenant, receipt: Receipt, earned: Mapping[Line, int]) -> dict[str, Any]:
        store = self.catalogue.items(tenant.name, "store").get(receipt.store)
        return {
            "receiptId": receipt.receipt,
            "receiptDate": receipt.date,
            "storeId": receipt.store,
            "storeName": None if store is None else store["name"],
            **self.amounts(receipt.header),
            "rows": [
                {**self.row(item, position), "points": number(earned.get(self.line(receipt, item, position), 0))}
                for position, item in enumerate(receipt.items, start=1)
            ],
        }

    def line(self, receipt: Receipt, item: dict[str, Any], position: int) -> Line:
        return receipt.store, self.earnings.line_id(receipt, item, position)

    def amounts(self, sent: dict[str, Any]) -> dict[str, Any]:
        """The amounts of a header or a line, as they were sent."""
        return {name: sent[sent_name] for sent_name, name in _AMOUNTS.items() if sent_name in sent}

    def row(self, item: dict[str, Any], position: int) -> dict[str, Any]:
        return {
            "lineNo": self.earnings.line_number(item, position),
            **{name: item[sent_name] for sent_name, name in _PRODUCT.items() if sent_name in item},
            **self.amounts(item),
            "transactionType": item.get("TransactionType", "PURCHASE"),
        }
