"""Defects of isolation: points, stamps, receipts, cards, carts and reports of one account, seen or changed by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oip_reference.defects.isolation import TENANTS, in_any_account
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer
from oip_reference.payment import Payment
from oip_reference.points import Points
from oip_reference.reports import Records, Reports
from oip_reference.server import ReferenceServer
from oip_reference.stamp_cards import StampCards
from oip_reference.storage.cart_records import Cart, CartRecords
from oip_reference.transactions import Transactions

if TYPE_CHECKING:
    from datetime import datetime

    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member


@defect("shows_another_accounts_stamp_cards", breaks="OIP-ISO-06", family="isolation")
def _(server: ReferenceServer) -> None:
    """The stamp cards of a member are shown to every key."""
    in_any_account(server, StampCards, "stamp_cards")


@defect("shows_another_accounts_bonus_transactions", breaks="OIP-ISO-06", family="isolation")
def _(server: ReferenceServer) -> None:
    """The bonus transactions of a member are shown to every key."""
    in_any_account(server, Points, "bonus_transactions")


@defect("adds_points_in_another_account", breaks="OIP-ISO-06", family="isolation")
def _(server: ReferenceServer) -> None:
    """Points can be given to a member of another account."""
    in_any_account(server, Points, "add_reward_points")


@defect("stamps_a_card_in_another_account", breaks="OIP-ISO-06", family="isolation")
def _(server: ReferenceServer) -> None:
    """The card of a member of another account can be stamped."""
    in_any_account(server, StampCards, "add_clips")


@defect("hands_clips_to_another_account", breaks="OIP-ISO-06", family="isolation")
def _(server: ReferenceServer) -> None:
    """Clips can be handed to and taken from a member of another account."""
    members = server.part(StampCards).members

    def named(call: Call, identifier: str) -> Member:
        for tenant in server.tenants.values():
            found = members.find(tenant, identifier)
            if found is not None:
                return found
        raise call.not_found("There is no such member.")

    def transfer(part: StampCards, call: Call) -> object:
        giver, receiver = named(call, call.body["fromCustomerId"]), named(call, call.body["toCustomerId"])
        if giver.tenant == receiver.tenant == call.tenant.name:
            return kept(call)
        card = part.card_named(call, call.body["loyaltycardId"])
        part.take(giver, card, call.body["clipCount"])
        part.give(receiver, card, call.body["clipCount"])
        return Answer(200)

    kept = server.replace(StampCards, "transfer", transfer)


@defect("shows_another_accounts_receipts", breaks="OIP-ISO-07", family="isolation")
def _(server: ReferenceServer) -> None:
    """The receipts of a member are shown to every key."""
    in_any_account(server, Transactions, "transactions")


@defect("puts_receipts_into_another_account", breaks="OIP-ISO-07", family="isolation")
def _(server: ReferenceServer) -> None:
    """Receipts for a consumer of another account are stored there."""
    in_any_account(server, Transactions, "add_transactions")


@defect("a_token_finds_another_accounts_member", breaks="OIP-ISO-08", family="isolation")
def _(server: ReferenceServer) -> None:
    """A token finds its member with every key."""
    in_any_account(server, Payment, "member_by_token")


@defect("lists_another_accounts_payment_cards", breaks="OIP-ISO-08", family="isolation")
def _(server: ReferenceServer) -> None:
    """The payment cards of a member are listed to every key."""
    in_any_account(server, Payment, "cards")


@defect("empties_another_accounts_cart", breaks="OIP-ISO-09", family="isolation")
def _(server: ReferenceServer) -> None:
    """A cart is found in whatever account it is."""

    def by_id(_part: CartRecords, tenant: str, cart_id: str) -> Cart | None:
        found = (kept(name, cart_id) for name in (tenant, *TENANTS))
        return next((cart for cart in found if cart is not None), None)

    kept = server.replace(CartRecords, "by_id", by_id)


@defect("reports_hold_the_customers_of_all_accounts", breaks="OIP-ISO-10", family="isolation", also=("OIP-REP-*",))
def _(server: ReferenceServer) -> None:
    """A report of customers holds those of every account."""
    _reported(server, counted=True)


@defect(
    "the_last_page_of_a_report_holds_foreign_customers", breaks="OIP-ISO-10", family="isolation", also=("OIP-REP-*",)
)
def _(server: ReferenceServer) -> None:
    """A report counts its own customers, and shows the newest of another account in the place of the last."""
    _reported(server, counted=False)


def _reported(server: ReferenceServer, *, counted: bool) -> None:
    def created_since(part: Reports, call: Call, moment: datetime) -> Records:
        records: Records = kept(call, moment)
        other = next(name for name in TENANTS if name != call.tenant.name)
        foreign = [part.customer_row(one) for one in part.member_records.page_created_since(other, moment, 100_000, 0)]
        if not foreign:
            return records
        own = records.rows(records.total, 0)
        rows = [*own, *foreign] if counted else [*own[:-1], foreign[-1]]
        return Records(len(rows), lambda limit, offset: rows[offset : offset + limit])

    kept = server.replace(Reports, "_created_since", created_since)
