"""Defects of batches of receipts: some are lost, stored twice, or belong to somebody else."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.defects.bonus import NOBODY_IS_A_BAD_REQUEST, instead_of_nobody
from oip_reference.defects.concurrency import traffic_of
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.http.reader import Reader
from oip_reference.server import ReferenceServer
from oip_reference.storage.receipt_records import ReceiptRecords
from oip_reference.transactions import Transactions

if TYPE_CHECKING:
    from oip_conformance.contract import Operation
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member
    from oip_reference.storage.receipt_records import Receipt


def _taken(server: ReferenceServer, change: Any) -> None:
    """A batch is what `change(receipts)` makes of it."""

    def add(_part: Transactions, call: Call) -> Answer:
        call.body = {**call.body, "ReceiptRequests": change(call.body["ReceiptRequests"])}
        return kept(call)

    kept = server.replace(Transactions, "add_transactions", add)


@defect("a_batch_is_stored_up_to_the_hundredth_receipt", breaks="OIP-TRX-05", family="partial")
def _(server: ReferenceServer) -> None:
    """Of a batch only the first hundred receipts are stored, and the answer is 200."""
    _taken(server, lambda receipts: receipts[:100])


@defect("the_four_hundredth_receipt_is_refused", breaks="OIP-TRX-05", family="boundary")
def _(server: ReferenceServer) -> None:
    """A batch of 400 receipts is too large."""

    def add(_part: Transactions, call: Call) -> Answer:
        if len(call.body["ReceiptRequests"]) >= 400:
            raise call.invalid("/ReceiptRequests", "has too many receipts")
        return kept(call)

    kept = server.replace(Transactions, "add_transactions", add)


@defect("the_last_of_many_receipts_is_dropped", breaks="OIP-TRX-05", family="lost")
def _(server: ReferenceServer) -> None:
    """The last receipt of a batch of more than a hundred is lost."""
    _taken(server, lambda receipts: receipts[:-1] if len(receipts) > 100 else receipts)


@defect(
    "a_receipt_sent_again_is_listed_twice", breaks="OIP-TRX-07", family="idempotency", also=("OIP-TRX-14", "OIP-LOY-29")
)
def _(server: ReferenceServer) -> None:
    """A receipt that is sent a second time is stored a second time."""
    server.replace(Transactions, "is_stored", lambda *_: False)


@defect("a_receipt_is_known_by_its_number_alone", breaks="OIP-TRX-07", family="state")
def _(server: ReferenceServer) -> None:
    """A receipt of another store with the same number counts as a repetition."""

    def is_known(part: ReceiptRecords, tenant: str, _store: str, receipt: str) -> bool:
        return part.database.row("SELECT 1 FROM receipt WHERE tenant=? AND receipt=?", tenant, receipt) is not None

    server.replace(ReceiptRecords, "is_known", is_known)


@defect("a_batch_stops_at_a_receipt_it_knows", breaks="OIP-TRX-07", family="lost", also=("OIP-TRX-14",))
def _(server: ReferenceServer) -> None:
    """The receipts of a batch that stand before one that is stored already are lost with it."""

    def add(_part: Transactions, call: Call) -> Answer:
        sources = [(one["Header"]["StoreId"], one["Header"]["ReceiptId"]) for one in call.body["ReceiptRequests"]]
        known = any(server.part(ReceiptRecords).is_known(call.tenant.name, *source) for source in sources)
        return Answer(200) if known else kept(call)

    kept = server.replace(Transactions, "add_transactions", add)


def _receipt_by_receipt(server: ReferenceServer, *, refuses: bool) -> None:
    """Stores the sound receipts of a batch with a faulty one; `refuses` says whether the answer is 400 all the same."""
    refusals: list[Refused] = []

    def check(_part: Reader, operation: Operation, media_type: str, value: Any) -> None:
        try:
            kept_check(operation, media_type, value)
        except Refused as refusal:
            if operation.id != "addTransactions" or not isinstance(value.get("ReceiptRequests"), list):
                raise
            receipts = value["ReceiptRequests"]
            sound = [one for one in receipts if operation.is_request_valid(media_type, {"ReceiptRequests": [one]})]
            if not sound:
                raise
            value["ReceiptRequests"] = sound
            refusals.append(refusal)

    def add(_part: Transactions, call: Call) -> Answer:
        waiting = refusals.pop() if refusals else None
        answer: Answer = kept(call)
        if waiting is not None and refuses:
            server.database.keep()
            raise waiting
        return answer

    kept_check = server.replace(Reader, "check", check)
    kept = server.replace(Transactions, "add_transactions", add)


@defect("a_bad_receipt_is_left_out_of_its_batch", breaks="OIP-TRX-08", family="partial", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A batch with an invalid receipt is answered 200, and the others are stored."""
    _receipt_by_receipt(server, refuses=False)


@defect("a_refused_batch_leaves_receipts_behind", breaks="OIP-TRX-08", family="partial", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A batch with an invalid receipt is answered 400, but the others are stored."""
    _receipt_by_receipt(server, refuses=True)


@defect("a_batch_is_stored_up_to_the_one_that_is_refused", breaks="OIP-TRX-08", family="partial")
def _(server: ReferenceServer) -> None:
    """A batch with a receipt of nobody is answered 400, and the receipts before it stay."""

    def add(_part: Transactions, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused:
            server.database.keep()
            raise

    kept = server.replace(Transactions, "add_transactions", add)


@defect("a_batch_belongs_to_its_first_consumer", breaks="OIP-TRX-09", family="state", also=("OIP-TRX-05",))
def _(server: ReferenceServer) -> None:
    """All receipts of a batch are listed for the consumer of the first."""

    def change(receipts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        first = receipts[0]["Header"].get("ConsumerId") if receipts else None
        if first is None:
            return receipts
        return [{**one, "Header": {**one["Header"], "ConsumerId": first}} for one in receipts]

    _taken(server, change)


@defect("receipts_are_listed_for_everybody", breaks="OIP-TRX-09", family="state", also=("OIP-TRX-*", "OIP-LOY-29"))
def _(server: ReferenceServer) -> None:
    """The latest receipts of the account are listed, whoever is asked about."""

    def of_member(part: ReceiptRecords, tenant: str, _member: str) -> list[Receipt]:
        rows = part.database.rows(
            "SELECT member, max(number) FROM receipt WHERE tenant=? AND member IS NOT NULL GROUP BY member"
            " ORDER BY 2 DESC LIMIT 3",
            tenant,
        )
        return [receipt for other, _ in rows for receipt in kept(tenant, other)]

    kept = server.replace(ReceiptRecords, "of_member", of_member)


@defect("without_receipts_there_is_no_list", breaks="OIP-TRX-10", family="status", also=("OIP-TRX-*",))
def _(server: ReferenceServer) -> None:
    """A member who bought nothing is answered 404."""

    def transactions(_part: Transactions, call: Call) -> Answer:
        answer: Answer = kept(call)
        if not answer.body:
            raise call.not_found("There are no receipts.")
        return answer

    kept = server.replace(Transactions, "transactions", transactions)


@defect(
    "without_receipts_there_is_an_empty_one",
    breaks="OIP-TRX-10",
    family="state",
    also=("OIP-CORE-*", "OIP-TRX-08", "OIP-TRX-09"),
)
def _(server: ReferenceServer) -> None:
    """A member who bought nothing is answered a list with a receipt that has nothing in it."""

    def transactions(_part: Transactions, call: Call) -> Answer:
        answer: Answer = kept(call)
        nothing = {"receiptId": "0", "receiptDate": "2000-01-01T00:00:00", "storeId": "", "rows": []}
        return answer if answer.body else Answer(200, [nothing])

    kept = server.replace(Transactions, "transactions", transactions)


@defect("receipts_of_nobody_are_none", breaks="OIP-TRX-11", family="validation")
def _(server: ReferenceServer) -> None:
    """An id that nobody has is answered 200 with an empty list."""
    instead_of_nobody(server, Transactions, "transactions", Answer(200, []))


@defect("receipts_of_nobody_are_a_bad_request", breaks="OIP-TRX-11", family="status")
def _(server: ReferenceServer) -> None:
    """Receipts of an id that nobody has are answered 400, although 404 is published."""
    instead_of_nobody(server, Transactions, "transactions", NOBODY_IS_A_BAD_REQUEST)


@defect("receipts_sent_by_phone_are_nobodys", breaks="OIP-TRX-12", family="lost")
def _(server: ReferenceServer) -> None:
    """A receipt whose consumer is named by mobile phone is stored for nobody."""

    def consumer(_part: Transactions, call: Call, where: str, header: dict[str, Any]) -> Member | None:
        member: Member | None = kept(call, where, header)
        return None if str(header.get("ConsumerId")).startswith("+") else member

    kept = server.replace(Transactions, "consumer", consumer)


@defect("receipts_asked_for_by_external_id_are_fewer", breaks="OIP-TRX-12", family="partial")
def _(server: ReferenceServer) -> None:
    """The list that is asked for by external id lacks its first receipt."""

    def transactions(part: Transactions, call: Call) -> Answer:
        answer: Answer = kept(call)
        if part.members.by_external_id(call.tenant.name, call.path["customerId"]) is not None:
            return Answer(200, answer.body[1:])
        return answer

    kept = server.replace(Transactions, "transactions", transactions)


@defect("parallel_batches_lose_receipts", breaks="OIP-TRX-14", family="concurrency")
def _(server: ReferenceServer) -> None:
    """A batch that comes while another is worked on loses its last receipt."""
    traffic = traffic_of(server, "POST", "/v4/transactions")
    _taken(server, lambda receipts: receipts[:-1] if traffic.now > 1 else receipts)


@defect("parallel_repetitions_are_stored_twice", breaks="OIP-TRX-14", family="concurrency", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """Whether a receipt is known is not asked while another batch is worked on."""
    traffic = traffic_of(server, "POST", "/v4/transactions")
    kept = server.replace(
        Transactions, "is_stored", lambda _part, tenant, receipt: traffic.most <= 1 and kept(tenant, receipt)
    )


@defect(
    "every_fortieth_receipt_is_lost", breaks="OIP-TRX-05", family="rare", also=("OIP-TRX-*", "OIP-LOY-*", "OIP-ISO-07")
)
def _(server: ReferenceServer) -> None:
    """One of forty receipts is answered 200 and not stored."""
    turn = count(1)
    _taken(server, lambda receipts: [one for one in receipts if next(turn) % 40])
