"""Defects of abandoned carts and of their prices."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from oip_reference.carts import Carts
from oip_reference.defects.concurrency import traffic_of
from oip_reference.defects.registration import defect
from oip_reference.http.answer import Answer, Refused
from oip_reference.pricing import Pricing
from oip_reference.redemption import Redemptions
from oip_reference.server import ReferenceServer
from oip_reference.storage.cart_records import Cart, CartRecords

if TYPE_CHECKING:
    from oip_reference.http.request import Call
    from oip_reference.storage.member_records import Member

_PRICES = ("OIP-PRICE-*",)


def _put(server: ReferenceServer, refuses: Any) -> None:
    """A cart is stored unless `refuses(part, call)`."""

    def put(part: Carts, call: Call, contact: Member) -> None:
        refuses(part, call)
        kept(call, contact)

    kept = server.replace(Carts, "put", put)


def _held(part: Carts, call: Call) -> Cart | None:
    return part.records.by_id(call.tenant.name, call.body["cartId"])


@defect("a_cart_of_three_items_is_refused", breaks="OIP-CART-01", family="limits", also=("OIP-CART-06",))
def _(server: ReferenceServer) -> None:
    """A cart has two items at most."""

    def refuses(_part: Carts, call: Call) -> None:
        if len(call.body.get("items", [])) > 2:
            raise call.invalid("/items", "are too many")

    _put(server, refuses)


@defect("the_same_cart_is_a_conflict", breaks="OIP-CART-02", family="state", also=("OIP-CART-03", "OIP-CART-06"))
def _(server: ReferenceServer) -> None:
    """A cart with the id of a stored one is refused."""

    def refuses(part: Carts, call: Call) -> None:
        if _held(part, call) is not None:
            raise call.invalid("/cartId", "is used already")

    _put(server, refuses)


@defect(
    "a_cart_is_not_stored",
    breaks="OIP-CART-03",
    family="lost",
    also=("OIP-CART-*", "OIP-PRICE-*", "OIP-ISO-09", "OIP-POS-01"),
)
def _(server: ReferenceServer) -> None:
    """A cart is answered 200, and is not there when it is to be emptied."""
    server.replace(Carts, "put", lambda *_: None)


@defect("an_emptied_cart_cannot_be_filled", breaks="OIP-CART-03", family="state")
def _(server: ReferenceServer) -> None:
    """A cart that was emptied is closed for good."""

    def refuses(part: Carts, call: Call) -> None:
        held = _held(part, call)
        if held is not None and held.document.get("items") and not held.items:
            raise call.invalid("/cartId", "is closed")

    _put(server, refuses)


@defect("a_cart_is_emptied_once", breaks="OIP-CART-03", family="state", also=("OIP-NEG-*",))
def _(server: ReferenceServer) -> None:
    """A cart id that was emptied before is not found, though it was filled again."""
    emptied: set[tuple[str, str]] = set()

    def take_out(_part: Carts, call: Call, cart: Cart) -> None:
        if (cart.tenant, cart.id) in emptied:
            raise call.not_found("There is no such cart.")
        emptied.add((cart.tenant, cart.id))
        kept(call, cart)

    kept = server.replace(Carts, "take_items_out", take_out)


@defect("a_cart_that_never_was_is_emptied", breaks="OIP-CART-04", family="validation", also=("OIP-ISO-09",))
def _(server: ReferenceServer) -> None:
    """Emptying a cart that was never stored is answered 200."""

    def empty(_part: Carts, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            if refusal.detail != "There is no such cart.":
                raise
            return Answer(200)

    kept = server.replace(Carts, "empty", empty)


@defect("a_cart_that_never_was_is_not_found", breaks="OIP-CART-04", family="status", also=("OIP-CORE-03",))
def _(server: ReferenceServer) -> None:
    """Emptying a cart that was never stored is answered 404, which is not published."""

    def empty(_part: Carts, call: Call) -> Answer:
        try:
            return kept(call)
        except Refused as refusal:
            raise Refused(404, refusal.detail) from None

    kept = server.replace(Carts, "empty", empty)


def _emptied_too(server: ReferenceServer, where: str) -> None:
    """With a cart others are forgotten."""

    def take_out(part: Carts, call: Call, cart: Cart) -> None:
        kept(call, cart)
        part.records.database.write(
            f"DELETE FROM cart WHERE tenant=?1 AND id<>?2 AND {where}", cart.tenant, cart.id, cart.member
        )

    kept = server.replace(Carts, "take_items_out", take_out)


@defect("all_carts_of_a_contact_are_emptied", breaks="OIP-CART-05", family="state")
def _(server: ReferenceServer) -> None:
    """With one cart the other carts of its contact are forgotten."""
    _emptied_too(server, "member=?3")


@defect("all_carts_of_others_are_emptied", breaks="OIP-CART-05", family="state", also=("OIP-PRICE-*",))
def _(server: ReferenceServer) -> None:
    """With one cart the carts of all other contacts are forgotten."""
    _emptied_too(server, "member<>?3")


@defect("parallel_updates_of_a_cart_are_refused", breaks="OIP-CART-06", family="concurrency")
def _(server: ReferenceServer) -> None:
    """A cart is locked while another is stored, and the update is answered 400."""
    traffic = traffic_of(server, "POST", "/v4/abandonedCarts")

    def refuses(part: Carts, call: Call) -> None:
        if traffic.now > 1 and _held(part, call) is not None:
            raise call.invalid("/cartId", "is being changed")

    _put(server, refuses)


@defect("parallel_updates_of_a_cart_lose_it", breaks="OIP-CART-06", family="concurrency")
def _(server: ReferenceServer) -> None:
    """A cart that is stored twice at the same moment is gone afterwards."""
    traffic = traffic_of(server, "POST", "/v4/abandonedCarts")

    lost: set[str] = set()

    def put(_part: Carts, call: Call, contact: Member) -> None:
        kept(call, contact)
        if traffic.now > 1:
            lost.add(call.body["cartId"])

    def by_id(_part: CartRecords, tenant: str, cart_id: str) -> Cart | None:
        return None if cart_id in lost else kept_by_id(tenant, cart_id)

    kept = server.replace(Carts, "put", put)
    kept_by_id = server.replace(CartRecords, "by_id", by_id)


@defect("a_price_of_a_stored_cart_is_not_found", breaks="OIP-PRICE-01", family="lost", also=_PRICES)
def _(server: ReferenceServer) -> None:
    """A cart that is stored has no price."""

    def items(part: Pricing, call: Call) -> list[dict[str, Any]]:
        if part.cart_id(call) is not None:
            raise call.not_found("There is no such cart.")
        return kept(call)

    kept = server.replace(Pricing, "items", items)


@defect("a_kind_of_price_is_unknown", breaks="OIP-PRICE-01", family="validation", also=_PRICES)
def _(server: ReferenceServer) -> None:
    """A kind of calculation that the account has is refused."""

    def check_kind(_part: Pricing, call: Call, kind: str) -> None:
        raise call.not_found(f"There is no calculation {kind}.")

    server.replace(Pricing, "check_kind", check_kind)


@defect(
    "a_price_is_answered_without_a_document",
    breaks="OIP-PRICE-01",
    family="partial",
    also=(*_PRICES, "OIP-CORE-*"),
)
def _(server: ReferenceServer) -> None:
    """The price of a cart is an empty document."""
    server.replace(Pricing, "price", lambda *_: {})


@defect("a_price_rises_when_it_is_asked_for_again", breaks="OIP-PRICE-02", family="state")
def _(server: ReferenceServer) -> None:
    """Every time a price is asked for it is an øre more."""
    turn = count()

    def price(_part: Pricing, call: Call, items: list[dict[str, Any]], kind: str) -> dict[str, Any]:
        made: dict[str, Any] = kept(call, items, kind)
        return {**made, "amount": round(made["amount"] + next(turn) / 100, 2)}

    kept = server.replace(Pricing, "price", price)


@defect("asking_for_a_price_redeems_a_promotion", breaks="OIP-PRICE-02", family="state")
def _(server: ReferenceServer) -> None:
    """The price of a cart counts a use of the first promotion of its contact."""

    def price(part: Pricing, call: Call, items: list[dict[str, Any]], kind: str) -> dict[str, Any]:
        cart_id, redemptions = part.cart_id(call), server.part(Redemptions)
        cart = part.carts.records.by_id(call.tenant.name, cart_id) if isinstance(cart_id, str) else None
        member = cart and redemptions.members.by_id(call.tenant.name, cart.member)
        if member is not None:
            redemptions.count(member, next(iter(redemptions.records.definitions(call.tenant.name).values())))
        return kept(call, items, kind)

    kept = server.replace(Pricing, "price", price)


@defect("a_cart_sent_again_keeps_its_items", breaks="OIP-CART-08", family="state")
def _(server: ReferenceServer) -> None:
    """A cart that is sent again keeps the items it had beside the new ones."""

    def put(part: Carts, call: Call, contact: Member) -> None:
        before = part.records.by_id(call.tenant.name, call.body["cartId"])
        if before is not None:
            call.body = {**call.body, "items": [*before.items, *call.body.get("items", [])]}
        kept(call, contact)

    kept = server.replace(Carts, "put", put)


@defect("an_emptied_cart_is_still_full", breaks="OIP-CART-08", family="lost")
def _(server: ReferenceServer) -> None:
    """emptyCart answers 200 and takes nothing out."""
    server.replace(Carts, "take_items_out", lambda *_: None)
