"""Variations of bodies: what stands in them besides, in what order, and how JSON spells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from oip_reference.http.answer import NOTHING, Answer, Rendering
from oip_reference.promotions import Promotions
from oip_reference.redemption import Redemptions
from oip_reference.rewriting import promotions_in, records_in, rewrite
from oip_reference.server import ReferenceServer
from oip_reference.variations.registration import variation

if TYPE_CHECKING:
    from oip_reference.http.request import Call


def _spelt(server: ReferenceServer, spell: Callable[[Any], bytes]) -> None:
    """Puts every JSON body into the bytes that `spell` makes of it."""

    def body(_part: Rendering, answer: Answer) -> bytes:
        if answer.body is NOTHING or isinstance(answer.body, bytes):
            return kept(answer)
        return spell(orjson.loads(kept(answer)))

    kept = server.replace(Rendering, "body", body)


def _everywhere(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(value, dict):
        return change({name: _everywhere(part, change) for name, part in value.items()})
    return [_everywhere(part, change) for part in value] if isinstance(value, list) else value


def _changed(server: ReferenceServer, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Changes every object of every success."""
    rewrite(server, body=lambda value, _call: _everywhere(value, change) if isinstance(value, dict | list) else None)


@variation("turns_the_order_of_members", family="json")
def _(server: ReferenceServer) -> None:
    """The members of every object come in the opposite order."""
    _spelt(server, lambda value: orjson.dumps(_everywhere(value, lambda one: dict(reversed(list(one.items()))))))


@variation("sorts_members", family="json")
def _(server: ReferenceServer) -> None:
    """The members of every object are sorted."""
    _spelt(server, lambda value: orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


@variation("indents_its_json", family="json")
def _(server: ReferenceServer) -> None:
    """JSON is indented and ends with a line break."""
    _spelt(server, lambda value: json.dumps(value, ensure_ascii=False, indent=4).encode() + b"\r\n")


@variation("escapes_letters_beyond_ascii", family="json")
def _(server: ReferenceServer) -> None:
    """JSON is pure ASCII; other letters are escapes."""
    _spelt(server, lambda value: json.dumps(value, ensure_ascii=True, separators=(", ", " : ")).encode())


@variation("escapes_slashes", family="json")
def _(server: ReferenceServer) -> None:
    """Slashes, angle brackets and ampersands in JSON are escaped, as PHP and .NET do."""
    escapes = {b"/": b"\\/", b"<": b"\\u003C", b">": b"\\u003E", b"&": b"\\u0026", b"'": b"\\u0027"}

    def spell(value: Any) -> bytes:
        text = orjson.dumps(value)
        for plain, escaped in escapes.items():
            text = text.replace(plain, escaped)
        return text

    _spelt(server, spell)


@variation("writes_whole_numbers_with_a_fraction", family="json")
def _(server: ReferenceServer) -> None:
    """Whole numbers are written 38.0, which JSON Schema takes for an integer."""

    def change(one: dict[str, Any]) -> dict[str, Any]:
        return {name: float(part) if type(part) is int and name != "zip" else part for name, part in one.items()}

    _changed(server, change)


@variation("adds_fields_to_everything", family="fields")
def _(server: ReferenceServer) -> None:
    """Every object has members that are not published."""
    _changed(server, lambda one: {"_self": None, **one, "x": {"a": [1, None]}, "etag": 'W/"3"'} if one else one)


@variation("adds_fields_to_customers", family="fields")
def _(server: ReferenceServer) -> None:
    """A customer has fields of another release: tags, age, a nested membership."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            record |= {"tags": ["vip"], "age": 34, "membership": {"level": "Gold", "since": None}, "deleted": False}

    rewrite(server, body=body)


_OPTIONAL = ("externalId", "email", "firstName", "lastName", "address", "zip", "city", "country", "birthDate", "gender")


@variation("shows_absent_fields_as_null", family="fields")
def _(server: ReferenceServer) -> None:
    """Fields that a customer does not have are shown as null."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            for name in (*_OPTIONAL, "extendedProperties"):
                record.setdefault(name, None)

    rewrite(server, body=body)


@variation("shows_absent_texts_as_empty", family="fields")
def _(server: ReferenceServer) -> None:
    """Texts that a customer does not have are shown empty."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            for name in ("email", "firstName", "lastName", "address", "city"):
                record.setdefault(name, "")

    rewrite(server, body=body)


@variation("leaves_out_empty_lists", family="fields")
def _(server: ReferenceServer) -> None:
    """Empty lists are left out of customers and promotions."""

    def without(one: dict[str, Any]) -> dict[str, Any]:
        return {
            name: part
            for name, part in one.items()
            if part != [] or name in ("data", "rows", "transactions", "promotions")
        }

    _changed(server, without)


@variation("leaves_out_what_is_null", family="fields")
def _(server: ReferenceServer) -> None:
    """Members that would be null are left out."""
    _changed(server, lambda one: {name: part for name, part in one.items() if part is not None})


@variation("shows_no_receipt_as_null", family="fields")
def _(server: ReferenceServer) -> None:
    """An entry of the history without a receipt has receiptId null."""
    kept = server.replace(Promotions, "history_entry", lambda _part, one: {"receiptId": None, **kept(one)})


@variation("shows_little_of_a_promotion", family="fields")
def _(server: ReferenceServer) -> None:
    """Promotions are shown without type, link and products, which nothing requires."""

    def body(value: Any, _call: Call) -> None:
        for promotion in promotions_in(value):
            for name in ("type", "urlLink", "productsIncluded", "productsExcluded"):
                promotion.pop(name, None)

    rewrite(server, body=body)


@variation("fills_in_what_was_not_said", family="fields")
def _(server: ReferenceServer) -> None:
    """A customer who said nothing of gender and country has the account's defaults."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            record.setdefault("gender", "Unknown")
            record.setdefault("country", "NO")

    rewrite(server, body=body)


@variation("redeeming_answers_a_document", family="documents")
def _(server: ReferenceServer) -> None:
    """Redeeming answers 200 with a document, of which nothing is published."""

    def redeem(_part: Redemptions, call: Call) -> Answer:
        kept(call)
        return Answer(200, {"status": "OK", "id": call.body["id"]})

    kept = server.replace(Redemptions, "redeem", redeem)


@variation("health_is_richer", family="documents")
def _(server: ReferenceServer) -> None:
    """getHealth tells of each dependency."""
    rewrite(
        server,
        "getHealth",
        body=lambda _value, _call: {"status": "Healthy", "results": {"db": {"status": "Healthy", "ms": 3}}},
    )


@variation("richer_reports", family="documents")
def _(server: ReferenceServer) -> None:
    """Reports have more in their metaData, and more columns."""

    def body(value: Any, _call: Call) -> None:
        if isinstance(value, dict) and isinstance(value.get("metaData"), dict):
            value["metaData"] |= {"generated": "2024-11-19T10:00:00Z", "rowsPage": 25, "columns": ["id"]}

    rewrite(server, "report1", body=body)


@variation("stores_are_plain", family="documents")
def _(server: ReferenceServer) -> None:
    """Stores have id and name and nothing else."""
    rewrite(server, "getStores", body=lambda value, _call: [{"name": one["name"], "id": one["id"]} for one in value])


@variation("consents_have_no_texts", family="documents")
def _(server: ReferenceServer) -> None:
    """The consents of the account have ids and null texts."""
    rewrite(
        server,
        "listConsents",
        body=lambda value, _call: [
            {"id": one["id"], "name": None, "description": None, "value": None} for one in value
        ],
    )


@variation("links_customers_to_themselves", family="json")
def _(server: ReferenceServer) -> None:
    """Every customer has links that hold its id, and a number of its own."""

    def body(value: Any, _call: Call) -> None:
        for record in records_in(value):
            own = sum(record["id"].encode())
            record["_links"] = {"self": {"href": f"/customers/id/{record['id']}"}, "card": f"card-{own}"}
            record["memberNumber"] = own

    rewrite(server, body=body)
