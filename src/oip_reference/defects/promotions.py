"""Defects of what a member's promotions look like, and of the switch that enables their use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from oip_reference.cart_promotions import CartPromotions
from oip_reference.customer_documents import CustomerDocuments
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.promotions import Promotions
from oip_reference.rewriting import promotions_in, rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from datetime import datetime

    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member


def _each(server: ReferenceServer, *operations: str, change: Callable[[dict[str, Any]], Any]) -> None:
    def body(value: Any, _call: Call) -> None:
        for promotion in promotions_in(value):
            change(promotion)

    rewrite(server, *operations, body=body)


@defect("lists_a_promotion_twice", breaks="OIP-PROMO-01", family="duplicated")
def _(server: ReferenceServer) -> None:
    """The first promotion of a member is listed twice."""
    rewrite(server, "getPromotions", "getCouponsByMobilePhone", body=lambda value, _call: [*value, value[0]])


@defect("leaves_out_a_promotion", breaks="OIP-PROMO-01", family="partial", also=("OIP-PROMO-*", "OIP-ISO-05"))
def _(server: ReferenceServer) -> None:
    """The first promotion of every member is missing in the list."""
    rewrite(server, "getPromotions", body=lambda value, _call: value[1:])


@defect("the_list_by_phone_is_older", breaks="OIP-PROMO-02", family="stale")
def _(server: ReferenceServer) -> None:
    """The list by phone number shows counts as they were before the last redemption."""
    _each(
        server,
        "getCouponsByMobilePhone",
        change=lambda one: one.update(redemptionCount=max(0, one["redemptionCount"] - 1)),
    )


@defect("the_list_by_phone_is_shorter", breaks="OIP-PROMO-02", family="partial")
def _(server: ReferenceServer) -> None:
    """The list by phone number leaves out promotions for tills."""

    def body(value: Any, _call: Call) -> Any:
        return [one for one in value if not one["redemptionChannels"]]

    rewrite(server, "getCouponsByMobilePhone", body=body)


@defect("the_customer_shows_no_promotions", breaks="OIP-PROMO-03", family="partial")
def _(server: ReferenceServer) -> None:
    """`data.promotions` of a customer is always empty."""

    def data(_part: CustomerDocuments, member: Member, now: datetime) -> dict[str, Any]:
        return {**kept(member, now), "promotions": []}

    kept = server.replace(CustomerDocuments, "data", data)


@defect("the_customer_shows_old_counts", breaks="OIP-PROMO-03", family="stale")
def _(server: ReferenceServer) -> None:
    """`data.promotions` of a customer shows every promotion as unused."""
    _each(server, "getCustomerById", change=lambda one: one.update(redemptionCount=0, redemptionHistory=[]))


@defect("the_customer_shows_a_used_promotion_as_available", breaks="OIP-PROMO-03", family="stale")
def _(server: ReferenceServer) -> None:
    """`data.promotions` of a customer shows a used-up promotion as available."""
    _each(
        server,
        "getCustomerById",
        change=lambda one: one.update(available=one["available"] or one["redemptionCount"] > 0),
    )


def _switched(
    server: ReferenceServer, method: str, act: Callable[[Promotions, Call, Callable[[Call], Answer]], Answer]
) -> None:
    kept: Callable[[Call], Answer] = server.replace(Promotions, method, lambda part, call: act(part, call, kept))


@defect(
    "enabling_does_nothing", breaks="OIP-PROMO-16", family="lost", also=("OIP-PROMO-14", "OIP-PROMO-17", "OIP-PROMO-32")
)
def _(server: ReferenceServer) -> None:
    """enableUse answers 200, but the promotion stays disabled."""
    _switched(server, "enable_use", lambda _part, _call, _kept: Answer(200))


@defect("enabling_starts_the_count_again", breaks="OIP-PROMO-16", family="state", also=("OIP-PROMO-14",))
def _(server: ReferenceServer) -> None:
    """enableUse sets the count of the promotion back to zero."""

    def act(part: Promotions, call: Call, kept: Callable[[Call], Answer]) -> Answer:
        answer = kept(call)
        member = part.members.named(call, call.query["customerId"])
        server.database.write(
            "UPDATE assignment SET count=0 WHERE tenant=? AND member=? AND promotion=?",
            member.tenant,
            member.id,
            call.query["id"],
        )
        return answer

    _switched(server, "enable_use", act)


@defect("disabling_twice_enables", breaks="OIP-PROMO-17", family="idempotency")
def _(server: ReferenceServer) -> None:
    """disableUse turns the switch, so that a second one enables the promotion again."""

    def act(part: Promotions, call: Call, kept: Callable[[Call], Answer]) -> Answer:
        member = part.members.named(call, call.query["customerId"])
        assignment = part.assigned_one(member, call.query["id"])
        return part.enable_use(call) if assignment is not None and not assignment.enabled else kept(call)

    _switched(server, "disable_use", act)


@defect(
    "enabling_what_is_enabled_is_refused",
    breaks="OIP-PROMO-17",
    family="idempotency",
    also=("OIP-PROMO-32", "OIP-POS-01"),
)
def _(server: ReferenceServer) -> None:
    """enableUse of a promotion that is enabled is answered 400."""

    def act(part: Promotions, call: Call, kept: Callable[[Call], Answer]) -> Answer:
        member = part.members.named(call, call.query["customerId"])
        assignment = part.assigned_one(member, call.query["id"])
        if assignment is not None and assignment.enabled:
            raise Refused(400, "The promotion is enabled.")
        return kept(call)

    _switched(server, "enable_use", act)


@defect(
    "disables_a_promotion_for_everybody",
    breaks="OIP-PROMO-18",
    family="state",
    also=("OIP-PROMO-*", "OIP-POS-*", "OIP-ISO-05"),
)
def _(server: ReferenceServer) -> None:
    """disableUse for one customer disables the promotion for the customer created after as well."""

    def switched(part: Promotions, member: Member, promotion_id: str, enabled: bool) -> None:
        kept(member, promotion_id, enabled)
        row = server.database.row(
            "SELECT id FROM member WHERE tenant=? AND created>? ORDER BY created", member.tenant, member.created
        )
        if row is not None:
            part.records.set_enabled(member.tenant, row[0], promotion_id, enabled)

    kept = server.replace(Promotions, "set_enabled", switched)


@defect(
    "disables_all_promotions_of_the_customer",
    breaks="OIP-PROMO-18",
    family="state",
    also=("OIP-PROMO-14", "OIP-PROMO-16"),
)
def _(server: ReferenceServer) -> None:
    """disableUse of one promotion disables all of the customer's."""

    def switched(part: Promotions, member: Member, _promotion_id: str, enabled: bool) -> None:
        for promotion_id in part.assigned(member):
            kept(member, promotion_id, enabled)

    kept = server.replace(Promotions, "set_enabled", switched)


@defect("a_new_member_has_to_be_enabled", breaks="OIP-PROMO-19", family="state", also=("OIP-*",))
def _(server: ReferenceServer) -> None:
    """Promotions of a new member are disabled until they are enabled."""

    def use_is_enabled(_part: Promotions, assignment: Any) -> bool:
        return assignment.enabled and assignment.promotion in switched

    switched: set[str] = set()

    def set_enabled(_part: Promotions, member: Member, promotion_id: str, enabled: bool) -> None:
        switched.add(promotion_id)
        kept(member, promotion_id, enabled)

    kept = server.replace(Promotions, "set_enabled", set_enabled)
    server.replace(Promotions, "use_is_enabled", use_is_enabled)


@defect("no_promotions_is_an_empty_list", breaks="OIP-PROMO-29", family="status", also=("OIP-ISO-05", "OIP-NEG-10"))
def _(server: ReferenceServer) -> None:
    """getPromotions of nobody answers 200 with an empty list although 404 is published."""

    def listed(_part: Promotions, call: Call, member: Member | None) -> Answer:
        return Answer(200, []) if member is None else kept(call, member)

    kept = server.replace(Promotions, "_list", listed)


@defect("no_number_is_an_empty_list", breaks="OIP-PROMO-29", family="status", also=("OIP-ISO-05",))
def _(server: ReferenceServer) -> None:
    """getCouponsByMobilePhone of a number that nobody has answers 200 with an empty list."""

    def listed(part: Promotions, call: Call) -> Answer:
        found = part.members.by_mobile_phone(call.tenant.name, call.query["mobilePhone"])
        return Answer(200, []) if found is None else kept(call)

    kept = server.replace(Promotions, "promotions_by_mobile_phone", listed)


@defect(
    "counts_more_than_the_history_holds",
    breaks="OIP-PROMO-30",
    family="arithmetic",
    also=("OIP-PROMO-*", "OIP-ISO-05", "OIP-NEG-05"),
)
def _(server: ReferenceServer) -> None:
    """redemptionCount of an unlimited promotion is one too many once it was used."""
    kept = server.replace(Promotions, "document", lambda _part, *rest: _one_more(kept(*rest)))


def _one_more(document: dict[str, Any]) -> dict[str, Any]:
    more = 1 if document["unlimitedRedemption"] and document["redemptionCount"] else 0
    return {**document, "redemptionCount": document["redemptionCount"] + more}


@defect(
    "spells_windows_without_a_zone", breaks="OIP-PROMO-31", family="encoding", also=("OIP-PROMO-19", "OIP-PROMO-2*")
)
def _(server: ReferenceServer) -> None:
    """validFrom and validTo have no time zone."""

    def change(one: dict[str, Any]) -> None:
        one.update({name: one[name].removesuffix("Z") for name in ("validFrom", "validTo")})

    _each(server, "getPromotions", "getCouponsByMobilePhone", change=change)


@defect(
    "spells_windows_as_days",
    breaks="OIP-PROMO-31",
    family="encoding",
    also=("OIP-PROMO-19", "OIP-PROMO-2*", "OIP-PROMO-02"),
)
def _(server: ReferenceServer) -> None:
    """validFrom and validTo are days without a time."""

    def change(one: dict[str, Any]) -> None:
        one.update({name: one[name][:10] for name in ("validFrom", "validTo")})

    _each(server, "getPromotions", change=change)


@defect(
    "a_window_ends_before_it_begins",
    breaks="OIP-PROMO-31",
    family="arithmetic",
    also=("OIP-PROMO-19", "OIP-PROMO-2*", "OIP-PROMO-02"),
)
def _(server: ReferenceServer) -> None:
    """validFrom and validTo of the last promotion listed change places."""

    def body(value: Any, _call: Call) -> None:
        last = value[-1]
        last.update(validFrom=last["validTo"], validTo=last["validFrom"])

    rewrite(server, "getPromotions", body=body)


@defect("switching_nothing_succeeds", breaks="OIP-PROMO-32", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """enableUse and disableUse of a promotion that does not exist answer 200."""

    def act(_part: Promotions, call: Call, kept: Callable[[Call], Answer]) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail == "The member has no such promotion.":
                return Answer(200)
            raise

    _switched(server, "enable_use", act)
    _switched(server, "disable_use", act)


@defect("switching_for_nobody_is_404", breaks="OIP-PROMO-32", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """disableUse for a customer that nobody is answers 404, which is not published for it."""

    def act(part: Promotions, call: Call, kept: Callable[[Call], Answer]) -> Answer:
        if part.members.find(call.tenant, call.query["customerId"]) is None:
            raise Refused(404, "There is no such member.")
        return kept(call)

    _switched(server, "disable_use", act)


@defect("offers_a_cart_promotions_of_others", breaks="OIP-PROMO-39", family="isolation")
def _(server: ReferenceServer) -> None:
    """A cart is offered a promotion that is not the member's."""

    def applicable(part: CartPromotions, call: Call, member: Member) -> list[dict[str, Any]]:
        foreign = [
            {**promotion.document, "available": True, "redemptionCount": 0, "redemptionHistory": []}
            for promotion in part.records.definitions(member.tenant).values()
            if not promotion.standing
        ]
        return [*kept(call, member), *foreign]

    kept = server.replace(CartPromotions, "applicable", applicable)


@defect("asking_for_a_cart_redeems", breaks="OIP-PROMO-40", family="state", also=("OIP-PROMO-39",))
def _(server: ReferenceServer) -> None:
    """getCartPromotions counts the first promotion that it offers as used."""

    def applicable(part: CartPromotions, call: Call, member: Member) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = kept(call, member)
        if found:
            part.records.count_up(member.tenant, member.id, found[0]["id"])
        return found

    kept = server.replace(CartPromotions, "applicable", applicable)


@defect("a_cart_of_nobody_gets_offers", breaks="OIP-PROMO-41", family="validation", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """getCartPromotions for a customer that nobody is answers 200."""

    def offered(part: CartPromotions, call: Call) -> Answer:
        named = call.body.get("customerId")
        if named is not None and part.members.find(call.tenant, named) is None:
            call.body = {name: value for name, value in call.body.items() if name != "customerId"}
        return kept(call)

    kept = server.replace(CartPromotions, "promotions_for_cart", offered)


@defect("no_promotion_left_is_an_empty_list", breaks="OIP-PROMO-42", family="status")
def _(server: ReferenceServer) -> None:
    """What cannot be used is not listed, and where nothing is left the answer is 200."""

    def listed(_part: Promotions, call: Call, member: Member | None) -> Answer:
        answer: Answer = kept(call, member)
        return Answer(200, [one for one in answer.body if one["available"]])

    kept = server.replace(Promotions, "_list", listed)
