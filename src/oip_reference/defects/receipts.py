"""Defects of receipts: what is listed is not what was sent."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from oip_reference.defects.registration import defect
from oip_reference.earnings import Earnings
from oip_reference.server import ReferenceServer
from oip_reference.transactions import Transactions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oip_reference.earnings import Line
    from oip_reference.storage.member_records import Member
    from oip_reference.storage.receipt_records import Receipt
    from oip_reference.tenancy.tenant import Tenant

_AMOUNTS = ("grossAmount", "vat", "netAmount", "discount")
_ROWS = ("OIP-TRX-16", "OIP-TRX-04", "OIP-TRX-06", "OIP-TRX-15")


def _shown(server: ReferenceServer, change: Callable[[dict[str, Any]], None]) -> None:
    """Every receipt that is listed is changed in place."""

    def document(_part: Transactions, tenant: Tenant, receipt: Receipt, earned: Mapping[Line, int]) -> dict[str, Any]:
        made: dict[str, Any] = kept(tenant, receipt, earned)
        change(made)
        return made

    kept = server.replace(Transactions, "document", document)


def _amounts(server: ReferenceServer, change: Callable[[float], float]) -> None:
    """Every amount of a receipt and its rows is what `change` makes of it."""

    def amounts(_part: Transactions, sent: dict[str, Any]) -> dict[str, Any]:
        return {name: change(value) for name, value in kept(sent).items()}

    kept = server.replace(Transactions, "amounts", amounts)


def _rows(server: ReferenceServer, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """The rows of every receipt are what `change` makes of them."""
    _shown(server, lambda made: made.update(rows=change(made["rows"])))


@defect("the_newest_receipt_is_not_listed_yet", breaks="OIP-TRX-01", family="stale", also=("OIP-TRX-*", "OIP-ISO-07"))
def _(server: ReferenceServer) -> None:
    """The receipt that was stored last is missing from the list."""

    def receipts_of(_part: Transactions, member: Member) -> list[Receipt]:
        (number,) = server.database.row("SELECT max(number) FROM receipt") or (None,)
        source = server.database.row("SELECT store, receipt FROM receipt WHERE number=?", number)
        return [one for one in kept(member) if (one.store, one.receipt) != source]

    kept = server.replace(Transactions, "receipts_of", receipts_of)


@defect(
    "a_receipt_is_listed_without_its_store",
    breaks="OIP-TRX-01",
    family="partial",
    also=("OIP-CORE-*", "OIP-TRX-07", "OIP-TRX-15"),
)
def _(server: ReferenceServer) -> None:
    """The store of a listed receipt is empty."""
    _shown(server, lambda made: made.update(storeId=None, storeName=None))


@defect("a_receipt_is_listed_a_day_late", breaks="OIP-TRX-01", family="arithmetic", also=("OIP-TRX-13",))
def _(server: ReferenceServer) -> None:
    """receiptDate is the day after the purchase."""
    _moved(server, lambda at: at + timedelta(days=1))


@defect("amounts_are_rounded_to_kroner", breaks="OIP-TRX-02", family="arithmetic", also=("OIP-TRX-16", "OIP-TRX-04"))
def _(server: ReferenceServer) -> None:
    """Øre are rounded away."""
    _amounts(server, round)


@defect("amounts_are_kept_in_single_precision", breaks="OIP-TRX-02", family="rare", also=("OIP-TRX-16", "OIP-TRX-04"))
def _(server: ReferenceServer) -> None:
    """Amounts lose their øre above a hundred thousand kroner, as a 32 bit number does."""
    _amounts(server, lambda value: struct.unpack("f", struct.pack("f", value))[0])


@defect("the_discount_of_a_receipt_is_lost", breaks="OIP-TRX-02", family="lost")
def _(server: ReferenceServer) -> None:
    """The discount of a receipt is 0; those of its rows are there."""
    _shown(server, lambda made: made.update(discount=0) if "discount" in made else None)


@defect("the_net_amount_of_a_receipt_holds_vat", breaks="OIP-TRX-02", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """netAmount of a receipt is its gross amount."""
    _shown(server, lambda made: made.update(netAmount=made["grossAmount"]) if "netAmount" in made else None)


@defect(
    "a_receipt_over_ten_thousand_loses_a_krone", breaks="OIP-TRX-02", family="rare", also=("OIP-TRX-16", "OIP-TRX-04")
)
def _(server: ReferenceServer) -> None:
    """Amounts above 10 000 kroner are one krone less."""
    _amounts(server, lambda value: value - 1 if value > 10_000 else value)


@defect("only_ten_lines_of_a_receipt_are_kept", breaks="OIP-TRX-16", family="partial", also=("OIP-TRX-04",))
def _(server: ReferenceServer) -> None:
    """The lines of a receipt after the tenth are lost."""
    _rows(server, lambda rows: rows[:10])


@defect("the_twenty_fifth_line_is_lost", breaks="OIP-TRX-16", family="rare")
def _(server: ReferenceServer) -> None:
    """The 25th line of a receipt is missing."""
    _rows(server, lambda rows: rows[:24] + rows[25:])


@defect("lines_of_one_product_are_one", breaks="OIP-TRX-16", family="lost", also=("OIP-TRX-04", "OIP-TRX-06"))
def _(server: ReferenceServer) -> None:
    """Of several lines of one product only the first is kept."""

    def first_of_each(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        seen: dict[Any, dict[str, Any]] = {}
        for position, row in enumerate(rows):
            seen.setdefault(row.get("productId", position), row)
        return list(seen.values())

    _rows(server, first_of_each)


@defect("the_name_of_a_product_loses_its_letters", breaks="OIP-TRX-16", family="encoding")
def _(server: ReferenceServer) -> None:
    """Letters beyond ASCII in the name of a product are question marks."""

    def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named = [row for row in rows if isinstance(row.get("productName"), str)]
        for row in named:
            row["productName"] = row["productName"].encode("ascii", "replace").decode()
        return rows

    _rows(server, plain)


@defect("a_row_shows_its_price_before_the_discount", breaks="OIP-TRX-04", family="arithmetic", also=("OIP-TRX-16",))
def _(server: ReferenceServer) -> None:
    """The gross amount of a row is what it would have cost without its discount."""

    def before(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "grossAmount": round(row.get("grossAmount", 0) + row.get("discount", 0), 2)} for row in rows]

    _rows(server, before)


@defect("a_receipt_leaves_its_last_row_out_of_the_sum", breaks="OIP-TRX-04", family="arithmetic", also=("OIP-TRX-02",))
def _(server: ReferenceServer) -> None:
    """grossAmount of a receipt of more than one row is the sum of all rows but the last."""

    def change(made: dict[str, Any]) -> None:
        if len(made["rows"]) > 1:
            made["grossAmount"] = round(sum(row.get("grossAmount", 0) for row in made["rows"][:-1]), 2)

    _shown(server, change)


@defect("a_return_becomes_a_purchase", breaks="OIP-TRX-06", family="state", also=("OIP-TRX-16",))
def _(server: ReferenceServer) -> None:
    """Every row is shown as a purchase."""
    _rows(server, lambda rows: [{**row, "transactionType": "PURCHASE"} for row in rows])


@defect("the_quantity_of_a_return_is_positive", breaks="OIP-TRX-06", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """The quantity of a row loses its sign."""
    _rows(
        server, lambda rows: [{**row, "quantity": abs(row["quantity"])} if "quantity" in row else row for row in rows]
    )


@defect("all_rows_are_what_the_first_is", breaks="OIP-TRX-06", family="rare")
def _(server: ReferenceServer) -> None:
    """A receipt with purchases and returns shows the type of its first row in every row."""
    _rows(server, lambda rows: [{**row, "transactionType": rows[0]["transactionType"]} for row in rows])


def _moved(server: ReferenceServer, change: Callable[[datetime], datetime]) -> None:
    """The time of every receipt is stored as `change` makes it."""

    def local_time(_part: Transactions, raw: str | None, now: datetime) -> str | None:
        date: str | None = kept(raw, now)
        return date and change(datetime.fromisoformat(date)).isoformat()

    kept = server.replace(Transactions, "local_time", local_time)


@defect("receipts_are_dated_in_utc", breaks="OIP-TRX-13", family="encoding", also=("OIP-TRX-01",))
def _(server: ReferenceServer) -> None:
    """The local time of the till is shown as the time in Greenwich."""
    oslo, utc = ZoneInfo("Europe/Oslo"), ZoneInfo("UTC")
    _moved(server, lambda at: at.replace(tzinfo=oslo).astimezone(utc).replace(tzinfo=None))


@defect("receipts_lose_their_seconds", breaks="OIP-TRX-13", family="partial")
def _(server: ReferenceServer) -> None:
    """The time of a receipt is kept to the minute."""
    _moved(server, lambda at: at.replace(second=0))


@defect("the_last_minute_of_a_day_belongs_to_the_next", breaks="OIP-TRX-13", family="boundary")
def _(server: ReferenceServer) -> None:
    """A receipt of 23:59 is dated midnight of the next day."""
    _moved(server, lambda at: at if (at.hour, at.minute) != (23, 59) else at.replace(second=0) + timedelta(minutes=1))


@defect("the_hour_that_clocks_skip_is_moved", breaks="OIP-TRX-13", family="rare")
def _(server: ReferenceServer) -> None:
    """A time within the hour that does not exist in spring is moved to the next one."""
    oslo, utc = ZoneInfo("Europe/Oslo"), ZoneInfo("UTC")
    _moved(server, lambda at: at.replace(tzinfo=oslo).astimezone(utc).astimezone(oslo).replace(tzinfo=None))


@defect("receipt_ids_lose_their_zeros", breaks="OIP-TRX-15", family="encoding", also=("OIP-TRX-07",))
def _(server: ReferenceServer) -> None:
    """A receipt id of digits is listed as a number, without leading zeros."""
    _shown(
        server,
        lambda made: made.update(receiptId=str(int(made["receiptId"]))) if made["receiptId"].isdecimal() else None,
    )


@defect("product_ids_are_numbers", breaks="OIP-TRX-15", family="encoding", also=("OIP-TRX-16",))
def _(server: ReferenceServer) -> None:
    """A product id that could be a number is shown as one."""

    def as_numbers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for row in rows:
            try:
                row["productId"] = f"{float(row.get('productId', '')):.15g}"
            except ValueError:
                continue
        return rows

    _rows(server, as_numbers)


@defect(
    "store_ids_are_lower_case", breaks="OIP-TRX-15", family="encoding", also=("OIP-TRX-01", "OIP-TRX-07", "OIP-TRX-*")
)
def _(server: ReferenceServer) -> None:
    """The store of a receipt is shown in small letters."""
    _shown(server, lambda made: made.update(storeId=made["storeId"].lower()))


@defect("a_line_number_is_its_position", breaks="OIP-TRX-16", family="state", also=("OIP-LOY-29",))
def _(server: ReferenceServer) -> None:
    """The lines of a receipt are numbered as they are sent, whatever their numbers are."""
    server.replace(Transactions, "in_order", lambda _part, items: items)
    server.replace(Earnings, "line_number", lambda _part, _item, position: str(position))


@defect("a_quantity_is_a_whole_number", breaks="OIP-TRX-16", family="arithmetic", also=("OIP-TRX-06",))
def _(server: ReferenceServer) -> None:
    """Half a kilo is listed as none."""
    _rows(
        server, lambda rows: [{**row, "quantity": int(row["quantity"])} if "quantity" in row else row for row in rows]
    )
