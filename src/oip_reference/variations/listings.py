"""Variations of lists: what is in them, and in what order, where the documentation leaves it open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.customer_documents import CustomerDocuments
from oip_reference.customers import Customers
from oip_reference.http.answer import Answer
from oip_reference.promotions import Promotions
from oip_reference.redemption import Redemptions
from oip_reference.rewriting import promotions_in, records_in, rewrite
from oip_reference.server import ReferenceServer
from oip_reference.storage.member_records import MemberRecords
from oip_reference.transactions import Transactions
from oip_reference.variations.registration import variation

if TYPE_CHECKING:
    from datetime import datetime

    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member


def _listed(server: ReferenceServer, is_shown: Any) -> None:
    """Shows of a member's promotions those that `is_shown(document)`."""

    def listed(_part: Promotions, member: Member, now: datetime) -> list[dict[str, Any]]:
        return [one for one in kept(member, now) if is_shown(one)]

    kept = server.replace(Promotions, "listed", listed)


@variation("hides_used_up_promotions", family="promotions")
def _(server: ReferenceServer) -> None:
    """A promotion that is used up is no longer listed."""
    _listed(server, lambda one: one["unlimitedRedemption"] or one["redemptionCount"] < one["redemptionLimit"])


@variation("hides_disabled_promotions", family="promotions")
def _(server: ReferenceServer) -> None:
    """A promotion that is disabled or not yet valid is not listed."""
    _listed(server, lambda one: one["available"] or one["redemptionCount"] > 0)


@variation("hides_promotions_to_come", family="promotions")
def _(server: ReferenceServer) -> None:
    """A promotion whose window has not begun is not listed."""
    _listed(server, lambda one: one["available"] or not one["validFrom"].startswith("20") or one["validFrom"] < "2026")


@variation("lists_promotions_in_another_order", family="promotions")
def _(server: ReferenceServer) -> None:
    """A member's promotions are listed the other way round by phone number and in the customer."""

    def body(value: Any, _call: Call) -> Any:
        if isinstance(value, list):
            return value[::-1]
        for record in records_in(value):
            record["promotions"] = record.get("promotions", [])[::-1]
        return None

    rewrite(server, "getCouponsByMobilePhone", "getCustomerById", body=body)


@variation("shows_the_newest_redemption_first", family="promotions")
def _(server: ReferenceServer) -> None:
    """redemptionHistory begins with the newest entry."""

    def body(value: Any, _call: Call) -> None:
        for promotion in promotions_in(value):
            promotion["redemptionHistory"].reverse()

    rewrite(server, body=body)


@variation("answers_nothing_redeemed_with_404", family="statuses")
def _(server: ReferenceServer) -> None:
    """getRedeemedPromotions of a member who redeemed nothing answers 404."""

    def redeemed(_part: Redemptions, call: Call) -> Answer:
        answer: Answer = kept(call)
        if not answer.body:
            raise call.not_found("Nothing was redeemed.")
        return answer

    kept = server.replace(Redemptions, "redeemed", redeemed)


@variation("describes_redeemed_promotions_by_name", family="promotions")
def _(server: ReferenceServer) -> None:
    """Redeemed promotions are described by their names."""

    def redeemed(part: Redemptions, member: Member) -> list[dict[str, Any]]:
        definitions = part.records.definitions(member.tenant)
        return [{**one, "description": definitions[one["couponId"]].document["name"]} for one in kept(member)]

    kept = server.replace(Redemptions, "redeemed_by", redeemed)


@variation("lists_changed_customers_in_full", family="lists")
def _(server: ReferenceServer) -> None:
    """The list of changed customers shows points, promotions and metaData of each."""

    def changed(part: Customers, call: Call, since: datetime) -> Answer:
        members = part.records.changed_since(call.tenant.name, since)
        documents = [{**part.documents.data(one, call.now), **part.documents.meta_data(one)} for one in members]
        return Answer(200, {"data": documents, "metaData": {"count": len(members)}})

    server.replace(Customers, "_changed", changed)


@variation("lists_the_newest_change_first", family="lists")
def _(server: ReferenceServer) -> None:
    """The list of changed customers begins with the newest change."""
    kept = server.replace(MemberRecords, "changed_since", lambda _part, *rest: kept(*rest)[::-1])


@variation("shows_a_single_changed_customer_as_itself", family="lists")
def _(server: ReferenceServer) -> None:
    """When one customer changed, `data` is that customer, as the published sample has it."""

    def body(value: Any, _call: Call) -> Any:
        return {**value, "data": value["data"][0]} if len(value["data"]) == 1 else None

    rewrite(server, "getChangedCustomersList", "getChangedCustomersListSinceLastDay", body=body)


@variation("a_redemption_changes_the_customer", family="state")
def _(server: ReferenceServer) -> None:
    """A redemption moves the customer's UpdatedAt, since it changes what is shown of the customer."""

    def redeem(part: Redemptions, call: Call) -> Answer:
        answer: Answer = kept(call)
        named = call.body.get("customerId")
        member = None if named is None else part.members.find(call.tenant, named)
        if member is not None:
            part.members.records.save(member._replace(updated=int(call.now.timestamp() * 1000)))
        return answer

    kept = server.replace(Redemptions, "redeem", redeem)


@variation("shows_promotions_in_other_words", family="promotions")
def _(server: ReferenceServer) -> None:
    """Promotions in a customer have a shorter form: no products, no history texts, names in capitals."""

    def data(_part: CustomerDocuments, member: Member, now: datetime) -> dict[str, Any]:
        document: dict[str, Any] = kept(member, now)
        listed = _part.promotions.listed(member, now)
        return {**document, "promotions": [{**one, "name": one["name"].upper(), "description": None} for one in listed]}

    kept = server.replace(CustomerDocuments, "data", data)


@variation("lists_lines_as_they_were_sent", family="lists")
def _(server: ReferenceServer) -> None:
    """The rows of a receipt come in the order in which they were sent, whatever their numbers."""
    server.replace(Transactions, "in_order", lambda _part, items: items)


@variation("shows_all_promotions_in_the_customer", family="promotions")
def _(server: ReferenceServer) -> None:
    """A member's list holds what can be used now; the customer holds the others too, as not available."""

    def data(part: CustomerDocuments, member: Member, now: datetime) -> dict[str, Any]:
        promotions = part.promotions
        assigned = promotions.assigned(member)
        ended = [
            promotions.document(one, assigned[one.id], [], now)
            for one in promotions.records.definitions(member.tenant).values()
            if one.id in assigned and promotions.has_ended(one, now)
        ]
        return {**kept(member, now), "promotions": [*promotions.listed(member, now), *ended]}

    def listed(_part: Promotions, call: Call, member: Member | None) -> Answer:
        usable = [one for one in keep(call, member).body if one["available"]]
        if not usable:
            raise call.not_found("There are no promotions for this member.")
        return Answer(200, usable)

    kept = server.replace(CustomerDocuments, "data", data)
    keep = server.replace(Promotions, "_list", listed)
