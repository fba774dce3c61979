"""Defects of stamp cards: clips that are added, handed on, listed."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.defects.concurrency import traffic_of
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.loyalty import Loyalty
from oip_reference.members import Members
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer
from oip_reference.stamp_cards import StampCards

if TYPE_CHECKING:
    from collections.abc import Callable

    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member

_ADDED = ("OIP-LOY-17", "OIP-LOY-18", "OIP-LOY-25")
_MOVED = ("OIP-LOY-18", "OIP-LOY-20", "OIP-LOY-24", "OIP-LOY-25")
_ALL = (*_ADDED, *_MOVED, "OIP-LOY-14", "OIP-LOY-16", "OIP-LOY-2*", "OIP-LOY-30", "OIP-ISO-06")


def _after(server: ReferenceServer, operation: str, then: Callable[[StampCards, Call], None]) -> None:
    """Something more that a handler does once it has done its work."""

    def handler(part: StampCards, call: Call) -> Answer:
        answer: Answer = kept(call)
        then(part, call)
        return answer

    kept = server.replace(StampCards, operation, handler)


@defect("a_card_is_listed_twice", breaks="OIP-LOY-14", family="duplicated")
def _(server: ReferenceServer) -> None:
    """The first stamp card is listed a second time at the end."""
    rewrite(server, "stampCard1", body=lambda value, _call: [*value, *value[:1]])


@defect("more_clips_are_stamped_than_fit", breaks="OIP-LOY-14", family="boundary")
def _(server: ReferenceServer) -> None:
    """A card is stamped beyond its total."""
    server.replace(StampCards, "has_room", lambda *_: True)


@defect("stamp_cards_of_nobody_are_empty", breaks="OIP-LOY-15", family="validation", also=("OIP-ISO-06",))
def _(server: ReferenceServer) -> None:
    """A customer that nobody is has an empty list of stamp cards."""
    _instead_of_nobody(server, "stamp_cards", Answer(200, []))


@defect("stamp_cards_of_nobody_are_a_bad_request", breaks="OIP-LOY-15", family="status", also=("OIP-ISO-06",))
def _(server: ReferenceServer) -> None:
    """Stamp cards of a customer that nobody is are answered 400, although 404 is published."""
    _instead_of_nobody(server, "stamp_cards", Refused(400, "There is no such member."))


def _instead_of_nobody(server: ReferenceServer, operation: str, instead: Answer | Refused) -> None:
    def handler(_part: StampCards, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail != "There is no such member.":
                raise
            if isinstance(instead, Refused):
                raise instead from None
            return instead

    kept = server.replace(StampCards, operation, handler)


@defect("a_customer_shows_empty_stamp_cards", breaks="OIP-LOY-16", family="stale")
def _(server: ReferenceServer) -> None:
    """In the customer every stamp card has no clips."""
    kept: Callable[[Member], list[dict[str, Any]]] = server.replace(
        Loyalty, "cards", lambda _part, member: [{**card, "count": 0} for card in kept(member)]
    )


@defect("a_customer_lacks_the_last_stamp_card", breaks="OIP-LOY-16", family="partial")
def _(server: ReferenceServer) -> None:
    """In the customer the last stamp card is missing."""
    kept: Callable[[Member], list[dict[str, Any]]] = server.replace(
        Loyalty, "cards", lambda _part, member: kept(member)[:-1]
    )


@defect("one_clip_is_added_whatever_the_number", breaks="OIP-LOY-17", family="partial", also=_ALL)
def _(server: ReferenceServer) -> None:
    """addClips adds one clip, whatever itemCount says."""
    kept = server.replace(StampCards, "change", lambda _part, call, member, card, _clips: kept(call, member, card, 1))


@defect("the_last_place_of_a_card_is_refused", breaks="OIP-LOY-17", family="boundary", also=("OIP-LOY-14",))
def _(server: ReferenceServer) -> None:
    """A clip for the last place of a card is taken not to fit."""
    kept: Callable[..., bool] = server.replace(
        StampCards, "has_room", lambda _part, member, card, clips: kept(member, card, clips + 1)
    )


@defect("clips_named_by_external_id_are_lost", breaks="OIP-LOY-17", family="lost")
def _(server: ReferenceServer) -> None:
    """Clips for a member who is named by external id are answered 200 and lost."""

    def add(_part: StampCards, call: Call) -> Answer:
        answer: Answer = kept(call)
        if server.part(Members).by_external_id(call.tenant.name, call.body["memberId"]) is not None:
            server.database.undo()
        return answer

    kept = server.replace(StampCards, "add_clips", add)


@defect("a_second_clip_counts_double", breaks="OIP-LOY-17", family="arithmetic", also=_ALL)
def _(server: ReferenceServer) -> None:
    """A clip for a card that has clips already counts two."""

    def give(part: StampCards, member: Member, card: dict[str, Any], clips: int) -> None:
        kept(member, card, clips + 1 if clips == 1 and part.clips_left(member, card) > 0 else clips)

    kept = server.replace(StampCards, "give", give)


@defect("clips_go_to_all_cards_of_a_member", breaks="OIP-LOY-18", family="state", also=("OIP-LOY-20",))
def _(server: ReferenceServer) -> None:
    """Clips are added to every card of the member."""

    def change(part: StampCards, call: Call, member: Member, _card: dict[str, Any], clips: int) -> None:
        for one in part.cards(member.tenant).values():
            kept(call, member, one, clips)

    kept = server.replace(StampCards, "change", change)


@defect("clips_also_go_to_whoever_was_stamped_last", breaks="OIP-LOY-18", family="state", also=_ALL)
def _(server: ReferenceServer) -> None:
    """Clips are added to the member named, and to the one who was named before."""
    latest: list[Member] = []

    def change(part: StampCards, call: Call, member: Member, card: dict[str, Any], clips: int) -> None:
        kept(call, member, card, clips)
        if latest and latest[0].id != member.id and latest[0].tenant == member.tenant:
            part.give(latest[0], card, clips)
        latest[:] = [member]

    kept = server.replace(StampCards, "change", change)


@defect("clips_for_an_unknown_card_are_swallowed", breaks="OIP-LOY-19", family="validation", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """Clips for a card that does not exist are answered 200."""

    def add(_part: StampCards, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail == "There is no such card.":
                return Answer(200)
            raise

    kept = server.replace(StampCards, "add_clips", add)


@defect("clips_for_an_unknown_card_go_to_the_first", breaks="OIP-LOY-19", family="state")
def _(server: ReferenceServer) -> None:
    """Clips for a card that does not exist are refused, but the member's first card has them."""

    def add(part: StampCards, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused:
            member = part.members.find(call.tenant, call.body["memberId"])
            if member is not None and call.body["id"] not in part.cards(call.tenant.name):
                part.give(member, next(iter(part.cards(call.tenant.name).values())), 1)
                server.database.keep()
            raise

    kept = server.replace(StampCards, "add_clips", add)


@defect("clips_for_nobody_are_swallowed", breaks="OIP-LOY-19", family="validation", also=("OIP-ISO-06",))
def _(server: ReferenceServer) -> None:
    """Clips for a member that nobody is are answered 200."""
    _instead_of_nobody(server, "add_clips", Answer(200))


@defect("a_transfer_only_gives", breaks="OIP-LOY-20", family="partial", also=("OIP-LOY-2*",))
def _(server: ReferenceServer) -> None:
    """The receiver of a transfer gets the clips, and the giver keeps them."""
    server.replace(StampCards, "take", lambda *_: None)


@defect("a_transfer_only_takes", breaks="OIP-LOY-20", family="partial", also=("OIP-LOY-2*",))
def _(server: ReferenceServer) -> None:
    """The giver of a transfer loses the clips, and the receiver does not get them."""

    def transfer(part: StampCards, call: Call) -> Answer:
        answer: Answer = kept(call)
        receiver = part.members.named(call, call.body["toCustomerId"])
        part.take(receiver, part.card_named(call, call.body["loyaltycardId"]), call.body["clipCount"])
        return answer

    kept = server.replace(StampCards, "transfer", transfer)


@defect("a_transfer_goes_the_wrong_way", breaks="OIP-LOY-20", family="state", also=("OIP-LOY-2*", "OIP-ISO-06"))
def _(server: ReferenceServer) -> None:
    """transferClips takes from toCustomerId and gives to fromCustomerId."""

    def transfer(_part: StampCards, call: Call) -> Answer:
        call.body = {
            **call.body,
            "fromCustomerId": call.body["toCustomerId"],
            "toCustomerId": call.body["fromCustomerId"],
        }
        return kept(call)

    kept = server.replace(StampCards, "transfer", transfer)


@defect("a_transfer_of_two_clips_gives_one", breaks="OIP-LOY-20", family="arithmetic", also=("OIP-LOY-25",))
def _(server: ReferenceServer) -> None:
    """Of two or more clips that are handed on the receiver gets one less."""

    def less(part: StampCards, call: Call) -> None:
        if call.body["clipCount"] >= 2:
            receiver = part.members.named(call, call.body["toCustomerId"])
            part.take(receiver, part.card_named(call, call.body["loyaltycardId"]), 1)

    _after(server, "transfer", less)


@defect(
    "more_clips_are_handed_on_than_there_are", breaks="OIP-LOY-21", family="limits", also=("OIP-LOY-24", "OIP-LOY-25")
)
def _(server: ReferenceServer) -> None:
    """A giver's card may fall below zero."""
    server.replace(StampCards, "has_enough", lambda *_: True)


@defect("the_last_clip_cannot_be_given", breaks="OIP-LOY-21", family="boundary", also=("OIP-LOY-2*",))
def _(server: ReferenceServer) -> None:
    """A giver has to keep one clip."""

    def transfer(part: StampCards, call: Call) -> Answer:
        giver = part.members.named(call, call.body["fromCustomerId"])
        if part.clips_left(giver, part.card_named(call, call.body["loyaltycardId"])) == call.body["clipCount"]:
            raise call.invalid("/clipCount", "leaves nothing")
        return kept(call)

    kept = server.replace(StampCards, "transfer", transfer)


@defect("a_transfer_of_too_many_moves_what_there_is", breaks="OIP-LOY-21", family="partial", also=("OIP-LOY-25",))
def _(server: ReferenceServer) -> None:
    """Of more clips than the giver has, those that there are change hands, and the answer is 400."""

    def transfer(part: StampCards, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if "more than the giver has" in str(refusal.detail):
                giver, receiver = (
                    part.members.named(call, call.body[name]) for name in ("fromCustomerId", "toCustomerId")
                )
                card = part.card_named(call, call.body["loyaltycardId"])
                there = part.clips_left(giver, card)
                part.take(giver, card, there)
                part.give(receiver, card, there)
                server.database.keep()
            raise

    kept = server.replace(StampCards, "transfer", transfer)


@defect("a_transfer_of_none_is_taken", breaks="OIP-LOY-22", family="boundary")
def _(server: ReferenceServer) -> None:
    """A transfer of no clips is answered 200."""
    server.replace(StampCards, "is_some", lambda _part, clips: clips >= 0)


@defect("a_transfer_below_none_takes_from_the_receiver", breaks="OIP-LOY-22", family="boundary")
def _(server: ReferenceServer) -> None:
    """A transfer of -1 clips takes one from the receiver and gives it to the giver."""
    server.replace(StampCards, "is_some", lambda _part, clips: clips != 0)


@defect("clips_for_nobody_are_lost", breaks="OIP-LOY-23", family="lost", also=("OIP-ISO-06",))
def _(server: ReferenceServer) -> None:
    """Clips that are handed to a customer that nobody is are taken from the giver; the answer is 400."""

    def transfer(part: StampCards, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused:
            giver, receiver = (
                part.members.find(call.tenant, call.body[name]) for name in ("fromCustomerId", "toCustomerId")
            )
            card = part.cards(call.tenant.name).get(call.body["loyaltycardId"])
            if giver is not None and receiver is None and card is not None and part.clips_left(giver, card):
                part.take(giver, card, 1)
                server.database.keep()
            raise

    kept = server.replace(StampCards, "transfer", transfer)


@defect("nobody_hands_on_clips", breaks="OIP-LOY-23", family="validation", also=("OIP-ISO-06",))
def _(server: ReferenceServer) -> None:
    """Clips from a customer that nobody is are given to the receiver out of nothing."""

    def transfer(part: StampCards, call: Call) -> Answer:
        if part.members.find(call.tenant, call.body["fromCustomerId"]) is not None:
            return kept(call)
        card = part.card_named(call, call.body["loyaltycardId"])
        part.give(part.members.named(call, call.body["toCustomerId"]), card, call.body["clipCount"])
        return Answer(200)

    kept = server.replace(StampCards, "transfer", transfer)


@defect("a_transfer_on_an_unknown_card_is_taken", breaks="OIP-LOY-23", family="validation")
def _(server: ReferenceServer) -> None:
    """A transfer of clips of a card that does not exist is answered 200."""

    def transfer(part: StampCards, call: Call) -> Answer:
        if call.body["loyaltycardId"] in part.cards(call.tenant.name):
            return kept(call)
        return Answer(200)

    kept = server.replace(StampCards, "transfer", transfer)


@defect("a_transfer_to_oneself_makes_clips", breaks="OIP-LOY-24", family="arithmetic")
def _(server: ReferenceServer) -> None:
    """A transfer from a member to the same one reads the count once, and writes what the receiver has last."""

    def transfer(part: StampCards, call: Call) -> Answer:
        giver = part.members.named(call, call.body["fromCustomerId"])
        if giver.id != part.members.named(call, call.body["toCustomerId"]).id:
            answer: Answer = kept(call)
            return answer
        part.give(giver, part.card_named(call, call.body["loyaltycardId"]), call.body["clipCount"])
        return Answer(200)

    kept = server.replace(StampCards, "transfer", transfer)


@defect("parallel_transfers_lose_clips", breaks="OIP-LOY-24", family="concurrency")
def _(server: ReferenceServer) -> None:
    """Of transfers at the same moment some receivers do not get what was taken."""
    traffic = traffic_of(server, "POST", "/v4/loyalty/loyalty-cards/transfer-clips")
    turn = count()

    def give(_part: StampCards, member: Member, card: dict[str, Any], clips: int) -> None:
        if traffic.now <= 1 or next(turn) % 2:
            kept(member, card, clips)

    kept = server.replace(StampCards, "give", give)


@defect("parallel_transfers_give_one_clip_twice", breaks="OIP-LOY-24", family="concurrency")
def _(server: ReferenceServer) -> None:
    """Transfers at the same moment all see the clips that the giver had before, and write what is left of them."""
    traffic = traffic_of(server, "POST", "/v4/loyalty/loyalty-cards/transfer-clips")
    had: dict[str, bool] = {}

    def has_enough(_part: StampCards, member: Member, card: dict[str, Any], clips: int) -> bool:
        if traffic.now <= 1:
            had.clear()
        had[member.id] = enough = had.get(member.id, False) or kept(member, card, clips)
        return enough

    def take(part: StampCards, member: Member, card: dict[str, Any], clips: int) -> None:
        if part.clips_left(member, card) >= clips:
            kept_take(member, card, clips)

    kept = server.replace(StampCards, "has_enough", has_enough)
    kept_take = server.replace(StampCards, "take", take)


@defect("a_clip_after_a_transfer_counts_double", breaks="OIP-LOY-25", family="rare", also=("OIP-LOY-2*",))
def _(server: ReferenceServer) -> None:
    """The first clips that a member gets at a till after handing some on count twice."""
    givers: set[str] = set()

    def take(_part: StampCards, member: Member, card: dict[str, Any], clips: int) -> None:
        kept_take(member, card, clips)
        givers.add(member.id)

    def change(part: StampCards, call: Call, member: Member, card: dict[str, Any], clips: int) -> None:
        kept(call, member, card, clips)
        if member.id in givers:
            givers.remove(member.id)
            part.give(member, card, clips)

    kept_take = server.replace(StampCards, "take", take)
    kept = server.replace(StampCards, "change", change)


@defect("a_product_counts_on_a_card_that_is_gone", breaks="OIP-LOY-26", family="stale")
def _(server: ReferenceServer) -> None:
    """The products of a card that ended are still listed."""
    gone = {"productId": "VR-OLD", "stampCardId": "CARD-OVER", "stampCard": "Last year", "stampCardType": "COFFEE"}
    rewrite(server, "getLoyaltyCardProducts", body=lambda value, _call: [*value, gone])


@defect("a_product_of_a_card_has_no_id", breaks="OIP-LOY-26", family="partial", also=("OIP-CORE-*",))
def _(server: ReferenceServer) -> None:
    """The last product that counts on a card has an empty productId."""
    rewrite(server, "getLoyaltyCardProducts", body=lambda value, _call: [*value[:-1], {**value[-1], "productId": ""}])


@defect("an_achievement_of_no_amount_is_none", breaks="OIP-LOY-25", family="arithmetic", profile="full-platform")
def _(server: ReferenceServer) -> None:
    """An achievement without adjustmentAmount gives no stamp; published is one."""
    _adjusted(server, lambda body: {"adjustmentAmount": 0, **body})


@defect("an_achievement_takes_nothing_away", breaks="OIP-LOY-25", family="arithmetic", profile="full-platform")
def _(server: ReferenceServer) -> None:
    """An adjustment below zero adds its stamps instead of taking them away."""
    _adjusted(server, lambda body: {**body, "adjustmentAmount": abs(body.get("adjustmentAmount", 1))})


def _adjusted(server: ReferenceServer, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    def adjust(_part: StampCards, call: Call) -> Answer:
        call.body = change(call.body)
        return kept(call)

    kept = server.replace(StampCards, "adjust", adjust)


@defect("an_achievement_takes_what_is_not_there", breaks="OIP-LOY-25", family="boundary", profile="full-platform")
def _(server: ReferenceServer) -> None:
    """An adjustment may leave fewer clips than none on a card."""

    def adjust(part: StampCards, call: Call) -> Answer:
        member = part.members.named(call, call.body["customerId"])
        part.give(member, part.card_named(call, call.body["id"]), call.body.get("adjustmentAmount", 1))
        return Answer(200)

    server.replace(StampCards, "adjust", adjust)
