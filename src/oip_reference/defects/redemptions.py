"""Defects of redeeming: what is counted, recorded and listed."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.promotions import Promotions
from oip_reference.redemption import Redemptions
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer
from oip_reference.storage.promotion_records import PromotionRecords

if TYPE_CHECKING:
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member
    from oip_reference.storage.promotion_records import Assignment, Promotion, Redemption

_COUNTS = ("OIP-PROMO-04", "OIP-PROMO-25", "OIP-PROMO-26", "OIP-PROMO-30", "OIP-PROMO-33", "OIP-PROMO-37")


@defect(
    "counts_a_redemption_twice",
    breaks="OIP-PROMO-07",
    family="duplicated",
    also=(*_COUNTS, "OIP-PROMO-1*", "OIP-ISO-05"),
)
def _(server: ReferenceServer) -> None:
    """A redemption raises the count by two."""

    def counted(_part: Redemptions, member: Member, promotion: Promotion) -> None:
        kept(member, promotion)
        kept(member, promotion)

    kept = server.replace(Redemptions, "count", counted)


@defect("does_not_count_the_second_redemption", breaks="OIP-PROMO-07", family="lost", also=(*_COUNTS, "OIP-PROMO-1*"))
def _(server: ReferenceServer) -> None:
    """The second redemption of a promotion by a member is answered, but not counted."""

    def counted(part: Redemptions, member: Member, promotion: Promotion) -> None:
        assignment = part.promotions.assigned_one(member, promotion.id)
        done = len([one for one in part.records.redemptions(member.tenant, member.id) if one.promotion == promotion.id])
        if assignment is None or done != 1:
            kept(member, promotion)

    kept = server.replace(Redemptions, "count", counted)


def _recorded(server: ReferenceServer, change: Any) -> None:
    def record(_part: PromotionRecords, tenant: str, redemption: Redemption) -> None:
        changed = change(redemption)
        if changed is not None:
            kept(tenant, changed)

    kept = server.replace(PromotionRecords, "record", record)


@defect("a_redemption_is_not_in_the_history", breaks="OIP-PROMO-08", family="lost", also=("OIP-PROMO-30",))
def _(server: ReferenceServer) -> None:
    """A redemption is counted, but its history stays empty."""
    kept = server.replace(Promotions, "document", lambda _part, *rest: {**kept(*rest), "redemptionHistory": []})


@defect("the_history_forgets_the_receipt", breaks="OIP-PROMO-08", family="partial")
def _(server: ReferenceServer) -> None:
    """The history shows no receipt."""
    _recorded(server, lambda redemption: redemption._replace(receipt=None))


@defect("the_history_shows_another_store", breaks="OIP-PROMO-08", family="state")
def _(server: ReferenceServer) -> None:
    """The history shows the online store, wherever the promotion was redeemed."""
    _recorded(server, lambda redemption: redemption._replace(store="ONLINE-001"))


@defect("the_history_is_a_day_behind", breaks="OIP-PROMO-08", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """The history shows the day before the redemption."""
    _recorded(server, lambda redemption: redemption._replace(redeemed=redemption.redeemed - timedelta(days=1)))


@defect(
    "redeemed_promotions_are_not_listed", breaks="OIP-PROMO-09", family="lost", also=("OIP-PROMO-13", "OIP-PROMO-33")
)
def _(server: ReferenceServer) -> None:
    """getRedeemedPromotions lists nothing, whatever was redeemed."""
    server.replace(Redemptions, "redeemed_by", lambda *_: [])


@defect("redeemed_promotions_have_no_description", breaks="OIP-PROMO-09", family="partial")
def _(server: ReferenceServer) -> None:
    """Redeemed promotions are listed with an empty description."""
    rewrite(server, "getRedeemedPromotions", body=lambda value, _call: [{**one, "description": ""} for one in value])


@defect("lists_what_was_not_redeemed", breaks="OIP-PROMO-09", family="state", also=("OIP-PROMO-35", "OIP-PROMO-23"))
def _(server: ReferenceServer) -> None:
    """Every promotion of a member is in the redeemed list once one was redeemed."""

    def redeemed(part: Redemptions, member: Member) -> list[dict[str, Any]]:
        if not kept(member):
            return []
        return [
            {"couponId": promotion.id, "description": promotion.document["description"]}
            for promotion in part.records.definitions(member.tenant).values()
        ]

    kept = server.replace(Redemptions, "redeemed_by", redeemed)


@defect(
    "an_unknown_promotion_is_redeemed", breaks="OIP-PROMO-20", family="validation", also=("OIP-NEG-*", "OIP-PROMO-38")
)
def _(server: ReferenceServer) -> None:
    """Redeeming a promotion that does not exist is answered 200."""

    def redeem(_part: Redemptions, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail == "There is no such promotion.":
                return Answer(200)
            raise

    kept = server.replace(Redemptions, "redeem", redeem)


@defect("an_unknown_promotion_is_a_bad_request", breaks="OIP-PROMO-20", family="status")
def _(server: ReferenceServer) -> None:
    """Redeeming a promotion that does not exist is answered 400 although 404 is published."""

    def named(_part: Redemptions, call: Call, promotion_id: str) -> Promotion:
        try:
            return kept(call, promotion_id)
        except Refused:
            raise Refused(400, "There is no such promotion.") from None

    kept = server.replace(Redemptions, "promotion_named", named)


@defect("takes_an_unknown_member_for_nobody", breaks="OIP-PROMO-21", family="validation", also=("OIP-ISO-05",))
def _(server: ReferenceServer) -> None:
    """A redemption for a member that nobody is counts as anonymous."""

    def redeem(part: Redemptions, call: Call) -> Answer:
        named = call.body.get("customerId")
        if named is not None and part.members.find(call.tenant, named) is None:
            call.body = {name: value for name, value in call.body.items() if name != "customerId"}
        return kept(call)

    kept = server.replace(Redemptions, "redeem", redeem)


@defect("redeems_what_was_not_assigned", breaks="OIP-PROMO-22", family="validation")
def _(server: ReferenceServer) -> None:
    """A member can redeem a promotion of others."""

    def assignment(part: Redemptions, call: Call, member: Member, promotion: Promotion) -> Assignment:
        part.records.assign(member.tenant, member.id, promotion.id)
        return kept(call, member, promotion)

    kept = server.replace(Redemptions, "assignment_of", assignment)


@defect(
    "an_anonymous_redemption_is_refused", breaks="OIP-PROMO-23", family="validation", also=("OIP-PROMO-24", "OIP-POS-*")
)
def _(server: ReferenceServer) -> None:
    """A redemption without a customer is refused."""

    def redeem(_part: Redemptions, call: Call) -> Answer:
        if call.body.get("customerId") is None:
            raise Refused(400, [{"field": "/customerId", "message": "is required"}])
        return kept(call)

    kept = server.replace(Redemptions, "redeem", redeem)


@defect(
    "an_anonymous_redemption_counts_for_the_last_member", breaks="OIP-PROMO-23", family="state", also=("OIP-PROMO-24",)
)
def _(server: ReferenceServer) -> None:
    """A redemption without a customer counts for whoever registered last."""

    def redeem(part: Redemptions, call: Call) -> Answer:
        if call.body.get("customerId") is None:
            row = server.database.row("SELECT id FROM member WHERE tenant=? ORDER BY created DESC", call.tenant.name)
            member = None if row is None else part.members.by_id(call.tenant.name, row[0])
            promotion = part.records.definitions(call.tenant.name).get(call.body["id"])
            if member is not None and promotion is not None:
                answer: Answer = kept(call)
                part.count(member, promotion)
                return answer
        return kept(call)

    kept = server.replace(Redemptions, "redeem", redeem)


@defect("counts_for_all_members", breaks="OIP-PROMO-34", family="state", also=("OIP-PROMO-*", "OIP-ISO-05"))
def _(server: ReferenceServer) -> None:
    """A redemption raises the count of the promotion for the member who was created before as well."""

    def counted(part: Redemptions, member: Member, promotion: Promotion) -> None:
        kept(member, promotion)
        row = server.database.row(
            "SELECT id FROM member WHERE tenant=? AND created>? ORDER BY created", member.tenant, member.created
        )
        if row is not None:
            part.records.count_up(member.tenant, row[0], promotion.id)

    kept = server.replace(Redemptions, "count", counted)


@defect("a_redemption_uses_up_the_others", breaks="OIP-PROMO-34", family="state", also=("OIP-PROMO-*", "OIP-POS-*"))
def _(server: ReferenceServer) -> None:
    """Redeeming one promotion disables the member's next one."""

    def counted(part: Redemptions, member: Member, promotion: Promotion) -> None:
        kept(member, promotion)
        ids = list(part.records.definitions(member.tenant))
        after = ids[(ids.index(promotion.id) + 1) % len(ids)]
        part.promotions.set_enabled(member, after, False)

    kept = server.replace(Redemptions, "count", counted)


@defect(
    "the_redeemed_list_of_nobody_is_empty", breaks="OIP-PROMO-36", family="status", also=("OIP-ISO-05", "OIP-NEG-10")
)
def _(server: ReferenceServer) -> None:
    """getRedeemedPromotions for a member that nobody is answers 200 with an empty list."""

    def redeemed(part: Redemptions, call: Call) -> Answer:
        if part.members.find(call.tenant, call.path["id"]) is None:
            return Answer(200, [])
        return kept(call)

    kept = server.replace(Redemptions, "redeemed", redeemed)


@defect("nothing_redeemed_is_refused", breaks="OIP-PROMO-35", family="status", also=("OIP-PROMO-34",))
def _(server: ReferenceServer) -> None:
    """getRedeemedPromotions for a member who redeemed nothing answers 400."""

    def redeemed(_part: Redemptions, call: Call) -> Answer:
        answer: Answer = kept(call)
        if not answer.body:
            raise Refused(400, "Nothing was redeemed.")
        return answer

    kept = server.replace(Redemptions, "redeemed", redeemed)


@defect("a_phone_number_has_redemptions_of_its_own", breaks="OIP-PROMO-33", family="state")
def _(server: ReferenceServer) -> None:
    """Redemptions for a member named by phone are not counted for the member."""

    def redeem(_part: Redemptions, call: Call) -> Answer:
        if str(call.body.get("customerId", "")).startswith("+"):
            kept(call)
            server.database.undo()
            return Answer(200)
        return kept(call)

    kept = server.replace(Redemptions, "redeem", redeem)


@defect("a_member_is_not_named_by_external_id", breaks="OIP-PROMO-33", family="validation", also=("OIP-POS-01",))
def _(server: ReferenceServer) -> None:
    """The promotions of a member cannot be listed by external id although the account accepts it."""

    def listed(part: Promotions, call: Call) -> Answer:
        if part.members.by_external_id(call.tenant.name, call.path["id"]) is not None:
            raise call.not_found("There are no promotions for this member.")
        return kept(call)

    kept = server.replace(Promotions, "promotions_by_id", listed)


@defect("forgets_every_seventh_redemption", breaks="OIP-PROMO-38", family="rare", also=("OIP-PROMO-*", "OIP-ISO-05"))
def _(server: ReferenceServer) -> None:
    """Of every seven redemptions one is answered as done, but neither counted nor recorded."""
    turn = count(1)

    def redeem(_part: Redemptions, call: Call) -> Answer:
        answer: Answer = kept(call)
        if next(turn) % 7 == 0:
            server.database.undo()
        return answer

    kept = server.replace(Redemptions, "redeem", redeem)


@defect("disabling_forgets_the_count", breaks="OIP-PROMO-38", family="lost", also=("OIP-PROMO-14", "OIP-PROMO-16"))
def _(server: ReferenceServer) -> None:
    """disableUse sets the count of a promotion that was used twice or more back to zero."""

    def switched(part: Promotions, member: Member, promotion_id: str, enabled: bool) -> None:
        kept(member, promotion_id, enabled)
        if not enabled:
            server.database.write(
                "UPDATE assignment SET count=0 WHERE tenant=? AND member=? AND promotion=? AND count>1",
                member.tenant,
                member.id,
                promotion_id,
            )

    kept = server.replace(Promotions, "set_enabled", switched)


@defect("redeems_into_the_void", breaks="OIP-PROMO-07", family="lost", also=("OIP-PROMO-*", "OIP-ISO-05"))
def _(server: ReferenceServer) -> None:
    """A redemption is answered 200, and nothing else happens."""

    def redeem(_part: Redemptions, call: Call) -> Answer:
        answer: Answer = kept(call)
        server.database.undo()
        return answer

    kept = server.replace(Redemptions, "redeem", redeem)
