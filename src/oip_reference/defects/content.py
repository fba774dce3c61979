"""Defects of bodies and the headers that describe them: content types, schemas, encodings."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from oip_reference.defects.registration import defect
from oip_reference.http.answer import NOTHING, Answer, Rendering
from oip_reference.rewriting import promotions_in, records_in, redo, rewrite
from oip_reference.server import ReferenceServer

if TYPE_CHECKING:
    from oip_reference.http.request import Call, Request


@defect("sends_stores_as_text", breaks="OIP-CORE-04", family="headers")
def _(server: ReferenceServer) -> None:
    """getStores sends its JSON as text/plain."""
    redo(server, "getStores", answer=lambda _request, given: replace(given, media_type="text/plain"))


@defect("sends_customers_as_a_vendor_type", breaks="OIP-CORE-04", family="headers")
def _(server: ReferenceServer) -> None:
    """getCustomerById answers with a media type of its own, application/vnd.oip.customer+json."""
    kind = "application/vnd.oip.customer+json"
    redo(server, "getCustomerById", answer=lambda _request, given: replace(given, media_type=kind))


@defect("sends_no_content_type", breaks="OIP-CORE-09", family="headers", also=("OIP-CORE-04",))
def _(server: ReferenceServer) -> None:
    """listConsents answers without a Content-Type."""
    redo(server, "listConsents", answer=lambda _request, given: replace(given, media_type="x-none"))

    def headers(_part: Rendering, answer: Answer, body: bytes) -> list[tuple[bytes, bytes]]:
        return [(name, value) for name, value in kept(answer, body) if value != b"x-none"]

    kept = server.replace(Rendering, "headers", headers)


@defect("redirects_to_nowhere", breaks="OIP-CORE-09", family="headers", also=("OIP-ENR-*",))
def _(server: ReferenceServer) -> None:
    """enrichMember redirects without saying where to."""

    def answer(_request: Request, given: Answer) -> Answer:
        return replace(given, headers=tuple(one for one in given.headers if one[0].lower() != "location"))

    redo(server, "enrichMember", answer=answer)


@defect("adds_a_comment_to_the_stores", breaks="OIP-CORE-06", family="encoding", also=("OIP-STORE-*", "OIP-CORE-12"))
def _(server: ReferenceServer) -> None:
    """A comment of the web server follows the JSON of getStores."""
    rewrite(server, "getStores", body=lambda value, _call: orjson.dumps(value) + b"\n<!-- served by web-3 -->")


@defect(
    "sends_customers_in_latin_1", breaks="OIP-CORE-06", family="encoding", also=("OIP-C*", "OIP-POS-*", "OIP-PROMO-*")
)
def _(server: ReferenceServer) -> None:
    """Customers whose names have æ, ø or å are sent in Latin-1."""

    def body(value: Any, _call: Call) -> Any:
        text = orjson.dumps(value).decode()
        return text.encode("latin-1", "replace") if any(letter in text for letter in "æøåÆØÅ") else None

    rewrite(server, "getCustomerById", body=body)


@defect("puts_a_byte_order_mark_before_the_consents", breaks="OIP-CORE-06", family="encoding", also=("OIP-CONS-*",))
def _(server: ReferenceServer) -> None:
    """The JSON of listConsents begins with a byte order mark."""
    rewrite(server, "listConsents", body=lambda value, _call: b"\xef\xbb\xbf" + orjson.dumps(value))


@defect("writes_not_a_number", breaks="OIP-CORE-06", family="encoding", also=("OIP-C*", "OIP-LOY-*", "OIP-PROMO-03"))
def _(server: ReferenceServer) -> None:
    """Points of which none are pending are written NaN, which is no JSON."""

    def body(value: Any, _call: Call) -> Any:
        text = orjson.dumps(value)
        return re.sub(rb'"pointsPending":0(\.0)?', b'"pointsPending":NaN', text) if records_in(value) else None

    rewrite(server, "getCustomerByExternalId", body=body)


def _without_names(stores: Any, _call: Call) -> None:
    stores[-1].pop("name", None)


@defect("the_last_store_has_no_name", breaks=("OIP-STORE-01", "OIP-CORE-05"), family="schema")
def _(server: ReferenceServer) -> None:
    """The last of the stores is listed without its name."""
    rewrite(server, "getStores", body=_without_names)


def _each_promotion(change: Any) -> Any:
    def body(value: Any, _call: Call) -> None:
        for promotion in promotions_in(value):
            change(promotion)

    return body


@defect("the_limit_of_a_promotion_is_text", breaks="OIP-CORE-05", family="types", also=("OIP-PROMO-*", "OIP-CORE-11"))
def _(server: ReferenceServer) -> None:
    """redemptionLimit is the text "5"."""
    change = _each_promotion(lambda one: one.update(redemptionLimit=str(one["redemptionLimit"])))
    rewrite(server, "getPromotions", body=change)


@defect(
    "available_is_text", breaks=("OIP-PROMO-01", "OIP-CORE-05"), family="types", also=("OIP-PROMO-*", "OIP-CORE-11")
)
def _(server: ReferenceServer) -> None:
    """`available` is the text "true" in the list of a member."""
    rewrite(
        server, "getPromotions", body=_each_promotion(lambda one: one.update(available=str(one["available"]).lower()))
    )


@defect("points_are_text_in_the_customer", breaks="OIP-CORE-05", family="types", also=("OIP-LOY-*", "OIP-CORE-11"))
def _(server: ReferenceServer) -> None:
    """The points of a customer found by phone are the text "0"."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            record["loyalty"]["points"] = str(record["loyalty"]["points"])

    rewrite(server, "getCustomerByMobilePhone", body=body)


@defect("no_interests_are_null", breaks="OIP-CORE-05", family="types", also=("OIP-CORE-11",))
def _(server: ReferenceServer) -> None:
    """A customer without interests has `interests` null where a list is published."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            record.setdefault("interests", None)

    rewrite(server, "getCustomerById", "createMember", body=body)


@defect("metadata_is_a_list", breaks="OIP-CORE-05", family="schema", also=("OIP-CUST-*", "OIP-CORE-16", "OIP-CORE-11"))
def _(server: ReferenceServer) -> None:
    """`metaData` of a customer found by external id is a list of one."""
    rewrite(server, "getCustomerByExternalId", body=lambda value, _call: {**value, "metaData": [value["metaData"]]})


@defect(
    "changed_customers_come_without_data", breaks="OIP-CORE-05", family="schema", also=("OIP-CUST-3*", "OIP-ISO-04")
)
def _(server: ReferenceServer) -> None:
    """The list of changed customers is a bare list, without the member `data`."""
    rewrite(server, "getChangedCustomersList", body=lambda value, _call: value["data"])


@defect("a_redemption_channel_is_a_word", breaks="OIP-CORE-05", family="schema", also=("OIP-PROMO-*", "OIP-CORE-11"))
def _(server: ReferenceServer) -> None:
    """redemptionChannels lists words instead of objects in the list by phone number."""
    change = _each_promotion(
        lambda one: one.update(redemptionChannels=[each["type"] for each in one["redemptionChannels"]])
    )
    rewrite(server, "getCouponsByMobilePhone", body=change)


@defect("an_empty_body_for_a_used_up_member", breaks="OIP-CORE-05", family="schema", also=("OIP-PROMO-*",))
def _(server: ReferenceServer) -> None:
    """A member who redeemed nothing gets 200 with an empty body as redeemed list."""
    redo(
        server,
        "getRedeemedPromotions",
        answer=lambda _request, given: given if given.body else replace(given, body=NOTHING),
    )


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {new if name == old else name: _renamed(part, old, new) for name, part in value.items()}
    return [_renamed(part, old, new) for part in value] if isinstance(value, list) else value


@defect(
    "corrects_the_published_namn",
    breaks="OIP-CORE-11",
    family="schema",
    also=("OIP-CORE-05", "OIP-LOY-*", "OIP-ISO-06"),
)
def _(server: ReferenceServer) -> None:
    """The name of a stamp card is spelt `name` instead of the published `namn`."""
    rewrite(server, "stampCard1", body=lambda value, _call: _renamed(value, "namn", "name"))


@defect(
    "spells_favourite_stores_as_in_updates", breaks="OIP-CORE-11", family="schema", also=("OIP-CUST-*", "OIP-POS-*")
)
def _(server: ReferenceServer) -> None:
    """A customer shows `favouriteStores`, the spelling of updates, instead of `favoriteStores`."""
    rewrite(server, "getCustomerById", body=lambda value, _call: _renamed(value, "favoriteStores", "favouriteStores"))


@defect(
    "offers_to_a_cart_are_of_other_types", breaks="OIP-CORE-11", family="types", also=("OIP-PROMO-39", "OIP-PROMO-40")
)
def _(server: ReferenceServer) -> None:
    """The promotions offered to a cart, a free form, have counts that are texts."""

    def body(value: Any, _call: Call) -> None:
        for offer in value.get("promotions", []):
            offer["redemptionCount"] = str(offer["redemptionCount"])

    rewrite(server, "getCartPromotions", body=body)
