"""JSON bodies as real clients send them, by operation, with references where they name something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from oip_conformance.generation.carts import make_cart
from oip_conformance.generation.customers import make_move
from oip_conformance.generation.identifiers import make_guid, make_suffixed_guid
from oip_conformance.generation.people import FIRST_NAMES, GENDERS, HARD_NAMES, LAST_NAMES, make_birth_date
from oip_conformance.generation.promotions import redemption
from oip_conformance.generation.receipts import Kind, batch, make_receipt

Maker = Callable[[Random], Any]

CUSTOMER, CHANGING, STORE, PROMOTION = "{{customer.key}}", "{{changing.key}}", "{{store.id}}", "{{promotion.id}}"
_CONSENTS_OFF = {"acceptsTerms": False, "acceptsEmail": False, "acceptsSms": False}
_SOURCE = {"storeId": STORE, "cashRegisterId": "POS-123", "cashierId": "ID-321", "sourceName": "POS"}


def _new_customer(random: Random, **more: Any) -> dict[str, Any]:
    birth = make_birth_date(random)
    return {
        "data": {
            "mobilePhone": "{{new.mobilePhone}}",
            "externalId": "{{new.externalId}}",
            "email": "{{new.email}}",
            "firstName": random.choice(FIRST_NAMES),
            "lastName": random.choice(LAST_NAMES),
            **make_move(random),
            "country": "NO",
            "birthDate": f"{birth.isoformat()}T00:00:00",
            "gender": random.choice(GENDERS),
            "favoriteStores": [STORE],
            "interests": ["Sport", "Ølbrygging"],
            "consents": _CONSENTS_OFF,
            **more,
        },
        "source": _SOURCE,
    }


def _member(**data: Any) -> Maker:
    return lambda random: _new_customer(random, **data)


def _minimal(_: Random) -> Any:
    return {"data": {"mobilePhone": "{{new.mobilePhone}}"}}


def _change(**data: Any) -> Maker:
    return lambda _: {"data": {"id": "{{changing.id}}", **data}}


def _change_by_external_id(**data: Any) -> Maker:
    return lambda _: {"data": {"externalId": "{{changing.externalId}}", **data}}


def _move(random: Random) -> Any:
    return {"data": {"id": "{{changing.id}}", **make_move(random)}, "source": _SOURCE}


def _cart(items: int) -> Maker:
    return lambda random: make_cart(random, contact_id=CUSTOMER, items=items)


def _receipts(count: int, kind: Kind = "PURCHASE") -> Maker:
    first, last = dt.datetime(2024, 1, 1), dt.datetime(2024, 12, 31)
    return lambda random: batch(
        make_receipt(random, store_id=STORE, customer_id=CUSTOMER, earliest=first, latest=last, kind=kind)
        for _ in range(count)
    )


def _redeem(**more: Any) -> Maker:
    return lambda random: redemption(PROMOTION, STORE, **{"receipt_id": make_guid(random), **more})


def _always(body: Any) -> Maker:
    return lambda _: body


def _points(points: float, description: str = "Ekstra poeng") -> Maker:
    return _always({"points": points, "description": description, "externalId": CUSTOMER})


def _activity(value: int) -> Maker:
    return _always(
        {
            "externalId": CUSTOMER,
            "activity": "{{activity.id}}",
            "activityDate": "2024-02-29",
            "activityValue": value,
        }
    )


def _articles(random: Random) -> Any:
    articles = [{"articleId": str(1001 + n), "price": 10 * n + 9.9, "quantity": n} for n in range(1, 4)]
    return {"customerId": CUSTOMER, "storeId": STORE, "receiptId": make_guid(random), "articles": articles}


def _token(_: Random) -> Any:
    return {"memberId": CHANGING, "token": "{{new.token}}"}


def _transfer(random: Random) -> Any:
    return {
        "fromCustomerId": CUSTOMER,
        "toCustomerId": CHANGING,
        "loyaltycardId": "{{card.id}}",
        "clipCount": 1,
        "extendedProperties": {"reference": make_suffixed_guid(random)},
    }


_CHANGES: tuple[dict[str, Any], ...] = (
    {"firstName": "Åse"},
    {"lastName": "O'Prøve"},
    {"zip": "0010", "city": "Oslo"},
    {"zip": 1010},
    {"gender": "Unknown"},
    {"birthDate": "2000-02-29T00:00:00"},
    {"interests": []},
    {"favouriteStores": [STORE]},
    {"consents": _CONSENTS_OFF},
    {"extendedConsents": [{"id": "acceptsDigital", "value": False}]},
    {"extendedProperties": {"additionalProp1": "🦌"}},
)

_DICTIONARIES = (_always({"data": "test data"}), _always({}), _always({"navn": "Øyvind", "antall": "2"}))

_FREE = (
    _always({"field1": "This is a string", "field2": 123, "field3": "Another string"}),
    _always({}),
    _always({"nested": {"list": [1, "to", None, {"tre": True}]}}),
)

BODIES: Mapping[str, tuple[Maker, ...]] = {
    "createCart": (_cart(2), _cart(0), _cart(1), _cart(40)),
    "emptyCart": (_always({"cartId": "{{cart.id}}"}),),
    "createMember": (
        _minimal,
        _member(),
        _member(zip="0010", city="Oslo"),
        _member(zip=1010),
        _member(birthDate="2000-02-29T00:00:00"),
        _member(extendedProperties={"additionalProp1": "Ærlig"}),
        *(_member(firstName=name, lastName=name) for name in HARD_NAMES.values()),
    ),
    "updateMember": (_move, *(_change(**change) for change in _CHANGES)),
    "updateCustomerByExternalId": tuple(_change_by_external_id(**change) for change in _CHANGES),
    "bonusImport": (_activity(10), _activity(0), _activity(1), _activity(100_000)),
    "bonusAddRewardPoints": (_points(1000), _points(1), _points(0.5), _points(10, "Æøå 🦌")),
    "transferClips": (_transfer,),
    "addClips": tuple(
        _always({"id": "{{card.id}}", "memberId": CUSTOMER, "storeId": STORE, "cashierId": 123, "itemCount": count})
        for count in (1, 2)
    ),
    "sendSms": tuple(
        _always({"phoneNumber": "{{recipient.mobilePhone}}", "message": text, "sender": "Oculos"})
        for text in ("Prøve", "Æøå 🦌", "x" * 160)
    ),
    "addPaymentToken": (_token,),
    "registerPaymentCard": (
        _always(
            {
                "source": "ECOM",
                "provider": "Verifone",
                "data": {
                    "firstName": "Åse",
                    "lastName": "Prøve",
                    "email": "{{new.email}}",
                    "mobilePhone": "{{recipient.mobilePhone}}",
                },
            }
        ),
    ),
    "calculatePrice": (_always({"cartId": "{{cart.id}}"}), *_FREE),
    "calculatePriceFor": (_always({"cartId": "{{cart.id}}"}), *_FREE),
    "redeemPromotion": (
        _redeem(customer_id=CUSTOMER, channel="POS"),
        _redeem(customer_id=CUSTOMER, channel="ECOM"),
        _redeem(channel="POS"),
        _always({"id": PROMOTION, "storeId": STORE}),
    ),
    "getCartPromotions": (_articles,),
    "customerFunction": _FREE,
    "promotionsFunction": _FREE,
    "addTransactions": (
        _receipts(1),
        _receipts(1, "RETURN"),
        _receipts(2),
        _receipts(20),
        _receipts(50),
    ),
    "triggerAutomation": _DICTIONARIES,
    "triggerAutomationForIdentifier": _DICTIONARIES,
    "vippsRecruit": (_always({"mobilePhone": "{{new.nationalPhone}}", "storeId": STORE, "sourceName": "POS"}),),
    "importBody": (_always({"members": [{"name": "Åse Prøve", "age": 30, "city": "Oslo", "zip": "0010"}]}),),
    "updateAchivement": (_always({"id": "{{card.id}}", "customerId": CHANGING, "storeId": STORE}),),
}
"""By operation: makers of bodies, the plainest first."""
