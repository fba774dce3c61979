"""Defects of what earns points: rules, campaigns, purchases, and the bonus transactions that explain a balance."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oip_reference.bonus_rules import BonusRules
from oip_reference.campaigns import Campaigns
from oip_reference.defects.registration import defect
from oip_reference.earnings import Earnings
from oip_reference.http.answer import Answer, Refused
from oip_reference.points import Points
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer
from oip_reference.stamp_cards import StampCards
from oip_reference.storage.point_records import PointRecords
from oip_reference.transactions import Transactions

if TYPE_CHECKING:
    from datetime import datetime

    from oip_reference.domain import Domain
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member
    from oip_reference.storage.point_records import Booking, Entry
    from oip_reference.storage.receipt_records import Receipt
    from oip_reference.tenancy.tenant import Tenant


def instead_of_nobody(server: ReferenceServer, domain: type[Domain], method: str, instead: Answer | Refused) -> None:
    """What a handler answers when nobody has the id that was sent."""

    def handler(_part: Domain, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail != "There is no such member.":
                raise
            if isinstance(instead, Refused):
                raise instead from None
            return instead

    kept = server.replace(domain, method, handler)


NOBODY_IS_A_BAD_REQUEST = Refused(400, "There is no such member.")
NOBODY_IS_NOT_FOUND = Refused(404, "There is no such member.")


def _transactions(server: ReferenceServer, change: Any) -> None:
    """Every bonus transaction is shown as `change(shown, entry)` makes it, in place."""

    def document(_part: Points, member: Member, entry: Entry) -> dict[str, Any]:
        shown: dict[str, Any] = kept(member, entry)
        change(shown, entry)
        return shown

    kept = server.replace(Points, "document", document)


@defect("the_bonus_rules_leave_out_an_activity", breaks="OIP-LOY-10", family="lost")
def _(server: ReferenceServer) -> None:
    """The last activity that can be imported is not among the rules."""
    rewrite(server, "getBonusRules", body=lambda value, _call: value[:-1])


@defect("two_bonus_rules_have_one_id", breaks="OIP-LOY-10", family="duplicated")
def _(server: ReferenceServer) -> None:
    """The rule of a purchase is listed under the id of joining."""
    rewrite(server, "getBonusRules", body=lambda value, _call: [{**value[0], "bonusRuleId": "2"}, *value[1:]])


@defect("the_last_activity_cannot_be_imported", breaks="OIP-LOY-10", family="validation")
def _(server: ReferenceServer) -> None:
    """The last activity among the rules is not known to bonusImport."""

    def named(part: BonusRules, tenant: str, rule_id: str) -> dict[str, Any] | None:
        rules = part.rules(tenant)
        return None if rule_id == list(rules)[-1] else rules.get(rule_id)

    server.replace(BonusRules, "named", named)


@defect("a_campaign_that_is_over_is_listed", breaks="OIP-LOY-11", family="stale")
def _(server: ReferenceServer) -> None:
    """Campaigns stay in the list after their end."""
    server.replace(
        Campaigns, "window_is_open", lambda _part, campaign, now: (campaign["validFrom"] or "") <= now.isoformat()
    )


@defect("a_campaign_to_come_is_listed", breaks="OIP-LOY-11", family="boundary")
def _(server: ReferenceServer) -> None:
    """Campaigns are in the list before their beginning."""
    server.replace(
        Campaigns, "window_is_open", lambda _part, campaign, now: (campaign["validTo"] or "9999") >= now.isoformat()
    )


@defect("a_campaign_without_an_end_is_left_out", breaks="OIP-LOY-11", family="boundary", also=("OIP-LOY-12",))
def _(server: ReferenceServer) -> None:
    """A campaign whose window is open at the end counts as over."""
    kept = server.replace(
        Campaigns, "window_is_open", lambda _part, campaign, now: bool(campaign["validTo"]) and kept(campaign, now)
    )


@defect("a_member_has_a_campaign_that_nobody_lists", breaks="OIP-LOY-12", family="state")
def _(server: ReferenceServer) -> None:
    """The campaigns of a member hold one that the list of all does not."""
    rewrite(server, "getBonusCampaignsForMember", body=lambda value, _call: [*value, {**value[0], "id": "SECRET"}])


@defect("a_members_campaign_gives_other_points", breaks="OIP-LOY-12", family="state")
def _(server: ReferenceServer) -> None:
    """The campaigns of a member promise one point more than the same campaigns in the list of all."""
    rewrite(
        server,
        "getBonusCampaignsForMember",
        body=lambda value, _call: [{**one, "points": one["points"] and one["points"] + 1} for one in value],
    )


@defect("campaigns_of_nobody_are_those_of_all", breaks="OIP-LOY-13", family="validation")
def _(server: ReferenceServer) -> None:
    """An id that nobody has is answered the list of all campaigns."""

    def of_member(part: Campaigns, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused:
            return part.all_campaigns(call)

    kept = server.replace(Campaigns, "campaigns_of_member", of_member)


@defect("campaigns_of_nobody_are_a_bad_request", breaks="OIP-LOY-13", family="status")
def _(server: ReferenceServer) -> None:
    """Campaigns for an id that nobody has are answered 400, although 404 is published."""
    instead_of_nobody(server, Campaigns, "campaigns_of_member", NOBODY_IS_A_BAD_REQUEST)


@defect("bonus_transactions_of_all_members_are_listed", breaks="OIP-LOY-27", family="state", also=("OIP-LOY-29",))
def _(server: ReferenceServer) -> None:
    """The list holds the latest bonus transactions of everybody in the account."""

    def entries(part: PointRecords, tenant: str, _member: str) -> list[Entry]:
        rows = part.database.rows("SELECT DISTINCT member FROM booking WHERE tenant=? ORDER BY number DESC", tenant)
        return [entry for (other,) in rows[:20] for entry in kept(tenant, other)]

    kept = server.replace(PointRecords, "entries", entries)


@defect("bonus_transactions_name_another_customer", breaks="OIP-LOY-27", family="state")
def _(server: ReferenceServer) -> None:
    """The bonus transactions of purchases have the id of the store as their customerId."""
    _transactions(server, lambda shown, entry: shown.update(customerId=entry.store or shown["customerId"]))


@defect("bonus_transactions_have_one_id", breaks="OIP-LOY-27", family="duplicated", also=("OIP-LOY-29",))
def _(server: ReferenceServer) -> None:
    """All bonus transactions of one rule have one id."""
    _transactions(server, lambda shown, entry: shown.update(id=int(entry.rule) if entry.rule.isdecimal() else 0))


@defect("bonus_transactions_of_nobody_are_none", breaks="OIP-LOY-28", family="validation")
def _(server: ReferenceServer) -> None:
    """An id that nobody has is answered 200 without bonus transactions."""
    instead_of_nobody(server, Points, "bonus_transactions", Answer(200, {"transactions": []}))


@defect("bonus_transactions_of_nobody_are_not_found", breaks="OIP-LOY-28", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """Bonus transactions of an id that nobody has are answered 404, which is not published."""
    instead_of_nobody(server, Points, "bonus_transactions", NOBODY_IS_NOT_FOUND)


@defect("a_purchase_earns_ten_times_as_much", breaks="OIP-LOY-29", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """A krone earns ten times the points of the rule."""
    kept = server.replace(BonusRules, "purchase_points", lambda _part, tenant, kroner: 10 * kept(tenant, kroner))


@defect("a_purchase_above_five_thousand_earns_nothing_more", breaks="OIP-LOY-29", family="rare")
def _(server: ReferenceServer) -> None:
    """Of a line of more than 5000 kroner only 5000 earn points."""
    kept = server.replace(
        BonusRules, "purchase_points", lambda _part, tenant, kroner: kept(tenant, max(-5000, min(5000, kroner)))
    )


@defect("only_the_first_line_of_a_receipt_earns", breaks="OIP-LOY-29", family="rare")
def _(server: ReferenceServer) -> None:
    """Every line of a receipt after the first earns nothing."""

    def book(_part: Earnings, tenant: Tenant, member: Member, receipt: Receipt, now: datetime) -> None:
        kept(tenant, member, receipt._replace(items=receipt.items[:1]), now)

    kept = server.replace(Earnings, "book", book)


@defect("a_bonus_transaction_does_not_name_its_receipt", breaks="OIP-LOY-29", family="partial")
def _(server: ReferenceServer) -> None:
    """The dataId of a bonus transaction is the store's, not the receipt's."""
    _transactions(server, lambda shown, entry: shown.update(dataId=entry.store))


@defect("a_purchase_is_not_in_the_total", breaks="OIP-LOY-29", family="arithmetic", also=("OIP-LOY-01",))
def _(server: ReferenceServer) -> None:
    """What is pending is left out of pointsTotal."""

    def balance(_part: Points, member: Member, now: datetime) -> dict[str, Any]:
        made: dict[str, Any] = kept(member, now)
        return {**made, "pointsTotal": made["pointsTotal"] - made["pointsPending"]}

    kept = server.replace(Points, "balance", balance)


@defect("a_receipt_sent_again_earns_again", breaks="OIP-LOY-29", family="idempotency", also=("OIP-TRX-07",))
def _(server: ReferenceServer) -> None:
    """A receipt that is sent a second time is listed once, and its points are booked again."""

    def store(part: Transactions, tenant: Tenant, member: Member | None, receipt: Receipt, now: datetime) -> None:
        if part.is_stored(tenant, receipt) and member is not None:
            part.earnings.book(tenant, member, receipt, now)
        kept(tenant, member, receipt, now)

    kept = server.replace(Transactions, "store", store)


@defect("every_purchase_line_is_booked_twice_when_points_are_whole", breaks="OIP-LOY-29", family="duplicated")
def _(server: ReferenceServer) -> None:
    """The points of a purchase are booked a second time, under the same receipt, where nothing was rounded."""

    def book(_part: Points, tenant: Tenant, booking: Booking) -> None:
        kept(tenant, booking)
        if booking.receipt is not None and booking.amount % 100 == 0:
            kept(tenant, booking)

    kept = server.replace(Points, "book", book)


@defect("stamp_cards_by_phone_are_empty", breaks="OIP-LOY-30", family="state", also=("OIP-LOY-15",))
def _(server: ReferenceServer) -> None:
    """Stamp cards that are asked for by mobile phone have no clips."""

    def of_member(_part: StampCards, call: Call) -> Answer:
        answer: Answer = kept(call)
        if call.path["customerId"].startswith("+"):
            return Answer(200, [{**card, "count": 0} for card in answer.body])
        return answer

    kept = server.replace(StampCards, "stamp_cards", of_member)


@defect("bonus_transactions_by_external_id_are_others", breaks="OIP-LOY-30", family="state")
def _(server: ReferenceServer) -> None:
    """The latest bonus transaction is missing where they are asked for by external id."""

    def of_member(part: Points, call: Call) -> Answer:
        answer: Answer = kept(call)
        if part.members.by_external_id(call.tenant.name, call.path["customerId"]) is not None:
            answer.body["transactions"].pop()
        return answer

    kept = server.replace(Points, "bonus_transactions", of_member)


@defect("campaigns_by_phone_are_those_of_all", breaks="OIP-LOY-30", family="state")
def _(server: ReferenceServer) -> None:
    """Campaigns that are asked for by mobile phone are all that run."""

    def of_member(part: Campaigns, call: Call) -> Answer:
        answer: Answer = kept(call)
        return part.all_campaigns(call) if call.path["id"].startswith("+") else answer

    kept = server.replace(Campaigns, "campaigns_of_member", of_member)


@defect("a_return_earns_points", breaks="OIP-LOY-31", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """Goods that are brought back earn what they earned when they were bought."""
    server.replace(Earnings, "value", lambda _part, item: float(item.get("GrossAmount", 0)))


@defect("a_return_of_a_single_line_earns_points", breaks="OIP-LOY-31", family="rare")
def _(server: ReferenceServer) -> None:
    """A receipt with one line that brings goods back earns points; one with several takes them back."""

    def book(_part: Earnings, tenant: Tenant, member: Member, receipt: Receipt, now: datetime) -> None:
        items = [{**item, "TransactionType": "PURCHASE"} for item in receipt.items]
        kept(tenant, member, receipt._replace(items=items) if len(items) == 1 else receipt, now)

    kept = server.replace(Earnings, "book", book)


@defect("a_return_raises_the_total", breaks="OIP-LOY-31", family="arithmetic", also=("OIP-LOY-01",))
def _(server: ReferenceServer) -> None:
    """pointsTotal counts the points of goods that were brought back as earned."""

    def balance(part: Points, member: Member, now: datetime) -> dict[str, Any]:
        made: dict[str, Any] = kept(member, now)
        back = sum(-entry.amount for entry in part.records.entries(member.tenant, member.id) if entry.amount < 0)
        return {**made, "pointsTotal": float(Decimal(2 * back) / 100 + Decimal(str(made["pointsTotal"])))}

    kept = server.replace(Points, "balance", balance)


@defect("lists_ten_bonus_transactions", breaks="OIP-LOY-29", family="limits")
def _(server: ReferenceServer) -> None:
    """Of the bonus transactions of a customer the latest ten are listed."""
    kept = server.replace(Points, "listed", lambda _part, member: kept(member)[-10:])
