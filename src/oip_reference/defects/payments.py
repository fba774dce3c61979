"""Defects of payment cards: a token finds the wrong one, nobody, or too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oip_reference.defects.bonus import NOBODY_IS_NOT_FOUND, instead_of_nobody
from oip_reference.defects.concurrency import traffic_of
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.payment import Payment
from oip_reference.rewriting import rewrite
from oip_reference.server import ReferenceServer
from oip_reference.storage.card_records import Card, CardRecords

if TYPE_CHECKING:
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member

_FOUND = ("OIP-PAY-0*", "OIP-ISO-08")


@defect("a_token_is_not_kept", breaks="OIP-PAY-01", family="lost", also=_FOUND)
def _(server: ReferenceServer) -> None:
    """addPaymentToken is answered 200 and nothing is stored."""
    server.replace(Payment, "attach", lambda *_: None)


@defect("a_token_finds_the_oldest_member", breaks="OIP-PAY-01", family="state", also=_FOUND)
def _(server: ReferenceServer) -> None:
    """A token finds whoever joined first."""

    def holder(part: Payment, call: Call, token: str) -> Member:
        kept(call, token)
        row = server.database.row("SELECT id FROM member WHERE tenant=? ORDER BY created LIMIT 1", call.tenant.name)
        found = part.people.by_id(call.tenant.name, row[0] if row else "")
        assert found is not None
        return found

    kept = server.replace(Payment, "holder", holder)


@defect("a_token_goes_to_whoever_asks_last", breaks="OIP-PAY-02", family="state", also=("OIP-PAY-09",))
def _(server: ReferenceServer) -> None:
    """A token that another member has is taken away from that member."""

    def check_holder(_part: Payment, card: Card, member: Member) -> None:
        server.database.write(
            "UPDATE payment_card SET member=? WHERE tenant=? AND token=?", member.id, card.tenant, card.token
        )

    server.replace(Payment, "check_holder", check_holder)


@defect("a_token_is_taken_away_by_a_refused_call", breaks="OIP-PAY-02", family="partial", also=("OIP-PAY-09",))
def _(server: ReferenceServer) -> None:
    """Adding a token that another member has is answered 409, and that member does not have it any more."""

    def check_holder(_part: Payment, card: Card, member: Member) -> None:
        if card.member != member.id:
            server.database.write("DELETE FROM payment_card WHERE tenant=? AND token=?", card.tenant, card.token)
            server.database.keep()
        kept(card, member)

    kept = server.replace(Payment, "check_holder", check_holder)


@defect("a_token_that_is_taken_is_a_bad_request", breaks="OIP-PAY-02", family="status", also=("OIP-PAY-09",))
def _(server: ReferenceServer) -> None:
    """Adding a token that another member has is answered 400, although 409 is published."""

    def check_holder(_part: Payment, card: Card, member: Member) -> None:
        try:
            kept(card, member)
        except Refused as refusal:
            raise Refused(400, refusal.detail) from None

    kept = server.replace(Payment, "check_holder", check_holder)


@defect("a_token_for_nobody_is_taken", breaks="OIP-PAY-03", family="validation")
def _(server: ReferenceServer) -> None:
    """A token for a member that nobody is is answered 200."""
    instead_of_nobody(server, Payment, "add_token", Answer(200))


@defect("a_token_for_nobody_is_not_found", breaks="OIP-PAY-03", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """A token for a member that nobody is is answered 404, which is not published."""
    instead_of_nobody(server, Payment, "add_token", NOBODY_IS_NOT_FOUND)


@defect("a_token_is_found_by_its_beginning", breaks="OIP-PAY-04", family="state")
def _(server: ReferenceServer) -> None:
    """A part of a token finds the member who has the whole."""

    def holder(part: Payment, call: Call, token: str) -> Member:
        row = server.database.row(
            "SELECT token FROM payment_card WHERE tenant=? AND substr(token, 1, ?)=? ORDER BY token",
            call.tenant.name,
            len(token),
            token,
        )
        return kept(call, row[0] if row else token)

    kept = server.replace(Payment, "holder", holder)


@defect("only_the_beginning_of_a_token_counts", breaks="OIP-PAY-04", family="state")
def _(server: ReferenceServer) -> None:
    """A token with something after it finds the member who has it."""

    def holder(_part: Payment, call: Call, token: str) -> Member:
        try:
            return kept(call, token)
        except Refused:
            return kept(call, token[:-1])

    kept = server.replace(Payment, "holder", holder)


@defect("an_unknown_token_is_not_found", breaks="OIP-PAY-04", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """A token that was never added is answered 404, which is not published."""

    def holder(_part: Payment, call: Call, token: str) -> Member:
        try:
            return kept(call, token)
        except Refused as refusal:
            raise Refused(404, refusal.detail) from None

    kept = server.replace(Payment, "holder", holder)


@defect("without_cards_there_is_no_list", breaks="OIP-PAY-05", family="status", also=("OIP-PAY-06",))
def _(server: ReferenceServer) -> None:
    """The cards of a member who has none are answered 400."""

    def cards(_part: Payment, call: Call) -> Answer:
        answer: Answer = kept(call)
        if not answer.body["data"]:
            raise call.not_found("There are no cards.")
        return answer

    kept = server.replace(Payment, "cards", cards)


@defect(
    "without_cards_there_is_a_blank_one",
    breaks="OIP-PAY-05",
    family="state",
    also=(
        "OIP-CORE-*",
        "OIP-PAY-06",
    ),
)
def _(server: ReferenceServer) -> None:
    """A member without cards has one that says nothing."""
    rewrite(server, "getPaymentCards", body=lambda value, _call: value if value["data"] else {**value, "data": [{}]})


@defect("the_cards_of_all_members_are_listed", breaks="OIP-PAY-06", family="state", also=("OIP-PAY-05",))
def _(server: ReferenceServer) -> None:
    """Every card of the account is listed, whoever is asked about."""

    def of_member(part: CardRecords, tenant: str, _member: str) -> list[Card]:
        rows = part.database.rows("SELECT token FROM payment_card WHERE tenant=? ORDER BY number", tenant)
        return [card for (token,) in rows if (card := part.by_token(tenant, token)) is not None]

    server.replace(CardRecords, "of_member", of_member)


@defect("a_member_has_one_card", breaks="OIP-PAY-06", family="lost")
def _(server: ReferenceServer) -> None:
    """Only the latest card of a member is listed."""
    kept = server.replace(CardRecords, "of_member", lambda _part, tenant, member: kept(tenant, member)[-1:])


@defect("a_card_shows_half_of_its_token", breaks="OIP-PAY-06", family="partial")
def _(server: ReferenceServer) -> None:
    """The token of a listed card is cut."""
    _listed(server, lambda card: {**card, "token": card["token"][: len(card["token"]) // 2]})


def _listed(server: ReferenceServer, change: Any) -> None:
    rewrite(server, "getPaymentCards", body=lambda value, _call: {**value, "data": list(map(change, value["data"]))})


@defect("the_member_by_token_has_no_loyalty", breaks="OIP-PAY-07", family="partial", also=("OIP-LOY-01",))
def _(server: ReferenceServer) -> None:
    """The customer that a token finds has no points."""

    def change(value: Any, _call: Call) -> None:
        value["data"]["loyalty"] = {**value["data"]["loyalty"], "points": 0}

    rewrite(server, "getMemberByPaymentToken", body=change)


@defect("the_member_by_token_is_as_first_registered", breaks="OIP-PAY-07", family="stale")
def _(server: ReferenceServer) -> None:
    """The customer that a token finds is shown without the external id."""

    def change(value: Any, _call: Call) -> None:
        value["data"].pop("externalId", None)

    rewrite(server, "getMemberByPaymentToken", body=change)


@defect("a_card_registration_is_empty", breaks="OIP-PAY-08", family="partial")
def _(server: ReferenceServer) -> None:
    """The payload for registering a card has nothing in it."""
    rewrite(server, "registerPaymentCard", body=lambda _value, _call: {})


@defect("a_token_claimed_twice_at_once_has_two_owners", breaks="OIP-PAY-09", family="concurrency")
def _(server: ReferenceServer) -> None:
    """Whether a token is taken is not asked while another is added."""
    traffic = traffic_of(server, "POST", "/v4/payment/token")
    kept = server.replace(
        Payment, "check_holder", lambda _part, card, member: None if traffic.most > 1 else kept(card, member)
    )


@defect("a_token_claimed_twice_at_once_has_no_owner", breaks="OIP-PAY-09", family="concurrency")
def _(server: ReferenceServer) -> None:
    """A token that two members are given at the same moment is refused to both, with 409."""
    traffic = traffic_of(server, "POST", "/v4/payment/token")

    def attach(_part: Payment, call: Call, token: str, member: Member) -> None:
        if traffic.most > 1:
            raise Refused(409, "The token is being claimed.")
        kept(call, token, member)

    kept = server.replace(Payment, "attach", attach)


@defect("shows_the_whole_card_number", breaks="OIP-PAY-10", family="secrets")
def _(server: ReferenceServer) -> None:
    """maskedCardNo of a listed card has all its digits."""

    def body(value: Any, _call: Call) -> None:
        for card in value["data"]:
            card["maskedCardNo"] = "4925 0000 0000 0004"

    rewrite(server, "getPaymentCards", body=body)


@defect("a_token_conflict_names_the_holder", breaks="OIP-ERR-08", family="secrets")
def _(server: ReferenceServer) -> None:
    """The 409 for a token that is another member's says whose it is."""

    def check(_part: Payment, card: Card, member: Member) -> None:
        try:
            kept(card, member)
        except Refused as refusal:
            raise Refused(refusal.status, f"The token belongs to {card.member}.") from None

    kept = server.replace(Payment, "check_holder", check)
