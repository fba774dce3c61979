"""Defects of limits and windows: when, where and how often a promotion may be used."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from oip_reference.cart_promotions import CartPromotions
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.promotions import Promotions
from oip_reference.redemption import Redemptions
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member
    from oip_reference.storage.promotion_records import Assignment, Promotion


@defect(
    "redeems_past_the_limit",
    breaks="OIP-PROMO-04",
    family="limits",
    also=("OIP-PROMO-25", "OIP-PROMO-30", "OIP-PROMO-37"),
)
def _(server: ReferenceServer) -> None:
    """A promotion can be redeemed as often as one likes."""
    server.replace(Promotions, "limit_is_left", lambda *_: True)


@defect(
    "redeems_once_more_than_the_limit", breaks="OIP-PROMO-04", family="boundary", also=("OIP-PROMO-25", "OIP-PROMO-37")
)
def _(server: ReferenceServer) -> None:
    """A promotion with a limit of five can be redeemed six times."""

    def is_left(_part: Promotions, promotion: Promotion, assignment: Assignment) -> bool:
        return promotion.unlimited or assignment.used <= promotion.limit

    server.replace(Promotions, "limit_is_left", is_left)


@defect(
    "only_single_use_has_no_limit",
    breaks="OIP-PROMO-04",
    family="rare",
    also=("OIP-PROMO-25", "OIP-PROMO-30", "OIP-PROMO-37"),
)
def _(server: ReferenceServer) -> None:
    """A limit of one is not kept; greater ones are."""
    kept = server.replace(
        Promotions, "limit_is_left", lambda _part, promotion, used: promotion.limit == 1 or kept(promotion, used)
    )


@defect("accepts_an_expired_promotion", breaks="OIP-PROMO-05", family="limits", also=("OIP-PROMO-24",))
def _(server: ReferenceServer) -> None:
    """A promotion can be redeemed after its window."""
    kept = server.replace(
        Promotions, "window_is_open", lambda _part, promotion, now: promotion.valid_to < now or kept(promotion, now)
    )


@defect(
    "accepts_a_promotion_before_its_time",
    breaks="OIP-PROMO-06",
    family="limits",
    also=("OIP-PROMO-24", "OIP-PROMO-28", "OIP-PROMO-39"),
)
def _(server: ReferenceServer) -> None:
    """A promotion can be redeemed before its window."""
    kept = server.replace(
        Promotions, "window_is_open", lambda _part, promotion, now: promotion.valid_from > now or kept(promotion, now)
    )


@defect("a_promotion_works_in_every_store", breaks="OIP-PROMO-10", family="limits", also=("OIP-PROMO-24",))
def _(server: ReferenceServer) -> None:
    """storesIncluded is not looked at."""
    server.replace(Redemptions, "store_is_included", lambda *_: True)


@defect("a_promotion_works_in_no_store", breaks="OIP-PROMO-11", family="limits", also=("OIP-PROMO-10", "OIP-PROMO-39"))
def _(server: ReferenceServer) -> None:
    """A promotion that is limited to a store is refused there as well."""
    kept = server.replace(
        Redemptions,
        "store_is_included",
        lambda _part, promotion, store: not promotion.stores and kept(promotion, store),
    )


@defect("an_open_promotion_knows_one_store", breaks="OIP-PROMO-11", family="rare")
def _(server: ReferenceServer) -> None:
    """A promotion without stores is refused in the online store."""
    kept = server.replace(
        Redemptions,
        "store_is_included",
        lambda _part, promotion, store: store != "ONLINE-001" and kept(promotion, store),
    )


@defect("a_promotion_works_in_every_channel", breaks="OIP-PROMO-12", family="limits")
def _(server: ReferenceServer) -> None:
    """redemptionChannels are not looked at."""
    server.replace(Redemptions, "channel_is_allowed", lambda *_: True)


@defect("a_till_is_no_channel", breaks="OIP-PROMO-13", family="limits", also=("OIP-PROMO-12", "OIP-PROMO-39"))
def _(server: ReferenceServer) -> None:
    """A redemption with a cash register is not taken for one at a till."""
    server.replace(Redemptions, "channel", lambda *_: "ECOM")


@defect("a_disabled_promotion_can_be_redeemed", breaks="OIP-PROMO-14", family="limits", also=("OIP-PROMO-18",))
def _(server: ReferenceServer) -> None:
    """disableUse hides the promotion, but it can still be redeemed."""

    def check(_part: Redemptions, promotion: Promotion, assignment: Assignment) -> None:
        kept(promotion, assignment._replace(enabled=True))

    kept = server.replace(Redemptions, "check_member", check)


@defect("a_disabled_promotion_looks_available", breaks="OIP-PROMO-15", family="stale", also=("OIP-PROMO-17",))
def _(server: ReferenceServer) -> None:
    """disableUse refuses redemptions, but the promotion is listed as available."""

    def is_available(part: Promotions, promotion: Promotion, assignment: Assignment, now: Any) -> bool:
        return part.window_is_open(promotion, now) and part.limit_is_left(promotion, assignment)

    server.replace(Promotions, "is_available", is_available)


@defect("a_used_up_promotion_looks_available", breaks="OIP-PROMO-25", family="stale")
def _(server: ReferenceServer) -> None:
    """A promotion that is used up is listed as available."""

    def is_available(part: Promotions, promotion: Promotion, assignment: Assignment, now: Any) -> bool:
        return part.window_is_open(promotion, now) and part.use_is_enabled(assignment)

    server.replace(Promotions, "is_available", is_available)


@defect("an_unlimited_promotion_has_a_limit", breaks="OIP-PROMO-26", family="limits", also=("OIP-PROMO-*", "OIP-POS-*"))
def _(server: ReferenceServer) -> None:
    """A promotion without limit is refused at the second use."""

    def is_left(_part: Promotions, promotion: Promotion, assignment: Assignment) -> bool:
        return assignment.used < max(1, promotion.limit)

    server.replace(Promotions, "limit_is_left", is_left)


@defect(
    "an_unlimited_promotion_is_not_counted", breaks="OIP-PROMO-26", family="lost", also=("OIP-PROMO-30", "OIP-PROMO-33")
)
def _(server: ReferenceServer) -> None:
    """Uses of a promotion without limit are not counted."""
    kept = server.replace(
        Redemptions, "count", lambda _part, member, promotion: None if promotion.unlimited else kept(member, promotion)
    )


@defect("lists_ended_promotions", breaks="OIP-PROMO-27", family="limits")
def _(server: ReferenceServer) -> None:
    """Promotions whose window is over are listed."""
    server.replace(Promotions, "has_ended", lambda *_: False)


@defect("a_promotion_looks_available_before_its_time", breaks="OIP-PROMO-28", family="limits", also=("OIP-PROMO-39",))
def _(server: ReferenceServer) -> None:
    """A promotion whose window has not begun is listed as available."""

    def is_available(part: Promotions, promotion: Promotion, assignment: Assignment, now: Any) -> bool:
        later = max(now, promotion.valid_from + timedelta(seconds=1))
        return kept(promotion, assignment, later)

    kept = server.replace(Promotions, "is_available", is_available)


@defect("nobody_is_bound_by_a_window", breaks="OIP-PROMO-24", family="limits")
def _(server: ReferenceServer) -> None:
    """A redemption without a customer is not held to the window."""
    _anonymous_is_free(server)


def _anonymous_is_free(server: ReferenceServer) -> None:
    def check(_part: Redemptions, call: Call, promotion: Promotion) -> None:
        if call.body.get("customerId") is not None:
            kept(call, promotion)

    kept = server.replace(Redemptions, "check_place", check)


@defect("nobody_is_bound_by_a_store", breaks="OIP-PROMO-24", family="limits")
def _(server: ReferenceServer) -> None:
    """A redemption without a customer is taken in every store."""

    def check(part: Redemptions, call: Call, promotion: Promotion) -> None:
        if (
            call.body.get("customerId") is None
            and promotion.stores
            and part.promotions.window_is_open(promotion, call.now)
        ):
            return
        kept(call, promotion)

    kept = server.replace(Redemptions, "check_place", check)


@defect("offers_a_cart_what_it_cannot_use", breaks="OIP-PROMO-39", family="limits")
def _(server: ReferenceServer) -> None:
    """A cart is offered promotions of other stores and times as well."""

    def applicable(part: CartPromotions, call: Call, member: Any) -> list[dict[str, Any]]:
        return part.promotions.listed(member, call.now)

    server.replace(CartPromotions, "applicable", applicable)


@defect("counts_the_uses_of_each_store", breaks="OIP-PROMO-04", family="limits")
def _(server: ReferenceServer) -> None:
    """What a member used up in one store can be used in another once more."""

    def redeem(part: Redemptions, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused:
            member = part.members.find(call.tenant, call.body.get("customerId") or "")
            promotion = part.records.definitions(call.tenant.name).get(call.body["id"])
            if member is None or promotion is None or not _is_used_up_elsewhere(part, member, promotion, call):
                raise
            part.record(call, member, promotion)
            return Answer(200)

    kept = server.replace(Redemptions, "redeem", redeem)


def _is_used_up_elsewhere(part: Redemptions, member: Member, promotion: Promotion, call: Call) -> bool:
    part.check_place(call, promotion)
    stores = [one.store for one in part.records.redemptions(member.tenant, member.id) if one.promotion == promotion.id]
    return len(stores) >= promotion.limit and call.body["storeId"] not in stores


@defect("an_unlimited_promotion_is_used_seven_times", breaks="OIP-PROMO-26", family="limits", also=("OIP-PROMO-3*",))
def _(server: ReferenceServer) -> None:
    """A promotion without limit is used up after the seventh time."""
    kept = server.replace(
        Promotions,
        "limit_is_left",
        lambda _part, promotion, used: used.used < 7 if promotion.unlimited else kept(promotion, used),
    )
