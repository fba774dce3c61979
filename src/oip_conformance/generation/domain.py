"""Where in each operation's requests an existing person, promotion or store is named, and by which reference.

Random ids lead to 404 and no further. So generated requests get references where the contract names things the target
knows, and every phone number that a write could reach becomes one of the profile's synthetic range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote

import orjson

from oip_conformance.contract import Operation
from oip_conformance.generation.case import Case
from oip_conformance.generation.conformity import body_value
from oip_conformance.generation.wire import WireForm

PLACES: Mapping[str, Mapping[str, str]] = {
    "createCart": {"body contactId": "customer.key"},
    "emptyCart": {"body cartId": "cart.id"},
    "getCustomerByMobilePhone": {"query mobilePhone": "customer.mobilePhone"},
    "createMember": {
        "body data.mobilePhone": "new.mobilePhone",
        "body data.externalId": "new.externalId",
        "body data.email": "new.email",
        "body source.storeId": "store.id",
    },
    "updateMember": {
        "body data.id": "changing.id",
        "body data.mobilePhone": "changing.mobilePhone",
        "body data.externalId": "changing.externalId",
        "body data.email": "new.email",
        "body source.storeId": "store.id",
    },
    "updateCustomerByExternalId": {
        "body data.id": "changing.id",
        "body data.mobilePhone": "changing.mobilePhone",
        "body data.externalId": "changing.externalId",
        "body data.email": "new.email",
        "body source.storeId": "store.id",
    },
    "getCustomerById": {"path id": "customer.id"},
    "getCustomerByExternalId": {"path externalId": "customer.externalId"},
    "customerFunction": {"path functionName": "function.customer"},
    "enrichMember": {"path id": "customer.key"},
    "lookupMobilePhone": {"path mobilePhone": "lookup.mobilePhone"},
    "lookupSsn": {"path ssn": "lookup.ssn"},
    "getBonusCampaignsForMember": {"path id": "customer.key"},
    "bonusImport": {"body externalId": "customer.key", "body activity": "activity.id"},
    "bonusAddRewardPoints": {
        "body externalId": "customer.key",
        "body customerId": "customer.key",
        "body extendedProperties.externalId": "customer.key",
    },
    "transferClips": {
        "body fromCustomerId": "customer.key",
        "body toCustomerId": "changing.key",
        "body loyaltycardId": "card.id",
    },
    "stampCard1": {"path customerId": "customer.key"},
    "addClips": {"body id": "card.id", "body memberId": "customer.key", "body storeId": "store.id"},
    "getBonusTransactions": {"path customerId": "customer.key"},
    "sendSms": {"body phoneNumber": "recipient.mobilePhone"},
    "sendSmsCode": {"path phoneNumber": "recipient.mobilePhone"},
    "addPaymentToken": {"body memberId": "changing.key", "body token": "new.token"},
    "getMemberByPaymentToken": {"path token": "payment.token"},
    "getPaymentCards": {"path memberId": "customer.key"},
    "registerPaymentCard": {"body data.mobilePhone": "recipient.mobilePhone", "body data.email": "new.email"},
    "calculatePrice": {"body cartId": "cart.id"},
    "calculatePriceFor": {"path calculation": "calculation.name", "body cartId": "cart.id"},
    "getPromotions": {"path id": "customer.key"},
    "getCouponsByMobilePhone": {"query mobilePhone": "customer.mobilePhone"},
    "redeemPromotion": {
        "body id": "promotion.id",
        "body storeId": "store.id",
        "body customerId": "customer.key",
    },
    "getRedeemedPromotions": {"path id": "customer.key"},
    "getCartPromotions": {"body customerId": "customer.key", "body storeId": "store.id"},
    "promotionsFunction": {"path functionName": "function.promotions"},
    "enableUse": {"query id": "promotion.id", "query customerId": "changing.key"},
    "disableUse": {"query id": "promotion.id", "query customerId": "changing.key"},
    "report1": {"path reportType": "report.type"},
    "getTransactions": {"path customerId": "customer.key"},
    "addTransactions": {
        "body ReceiptRequests.*.Header.ConsumerId": "customer.key",
        "body ReceiptRequests.*.Header.StoreId": "store.id",
    },
    "triggerAutomation": {"path triggerId": "trigger.id"},
    "triggerAutomationForIdentifier": {"path triggerId": "trigger.id", "path identifier": "customer.key"},
    "vippsRecruit": {"body mobilePhone": "new.nationalPhone", "body storeId": "store.id"},
    "addBonusPointsByActivity": {"path activityId": "activity.id", "path customerId": "customer.key"},
    "triggerSmsAutomation": {"path customerId": "customer.key", "path id": "message.id"},
    "updateAchivement": {"body id": "card.id", "body customerId": "changing.key", "body storeId": "store.id"},
}
"""By operation: where (`path`, `query` or `body`, then the name or the way to it) and which reference stands there."""

OFF = ("acceptsEmail", "acceptsSms")
"""Consents that a generated request never gives: nobody is written to because of a test."""


def bind(operation: Operation, wire: WireForm, places: Mapping[str, str] | None = None) -> WireForm:
    """The request with references at every place (or the given ones) where it names something; the rest stays as it
    was drawn, but for consents, which are withheld."""
    places = PLACES.get(operation.id, {}) if places is None else places
    here = {kind: _places_of(places, kind) for kind in ("path", "query", "body")}
    bound = wire
    if here["path"]:
        bound = replace(bound, path=_bound_path(operation, bound.path, here["path"]))
    if here["query"]:
        bound = replace(bound, query=_bound_query(bound.query, here["query"]))
    value = body_value(bound.body, bound.media_type)
    if isinstance(value, dict):
        changed = [_put(value, way.split("."), _braced(name)) for way, name in here["body"].items()]
        if any([*changed, _withhold_consents(value)]):
            bound = replace(bound, body=orjson.dumps(value))
    return bound


def must_be_accepted(case: Case) -> bool:
    """Whether a case conforms and names only what exists, so that a refusal needs an explanation."""
    return case.origin == "domain" and case.intent == "valid"


def _places_of(places: Mapping[str, str], kind: str) -> dict[str, str]:
    return {where.partition(" ")[2]: name for where, name in places.items() if where.partition(" ")[0] == kind}


def _braced(name: str) -> str:
    return "{{" + name + "}}"


def _bound_path(operation: Operation, path: str, places: Mapping[str, str]) -> str:
    template, segments = operation.path.split("/"), path.split("/")
    if len(template) != len(segments):
        return path
    return "/".join(
        _braced(places[part[1:-1]]) if part[:1] == "{" and part[1:-1] in places else segment
        for part, segment in zip(template, segments, strict=True)
    )


def _bound_query(query: str, places: Mapping[str, str]) -> str:
    return "&".join(
        f"{quote(name, safe='')}={_braced(places[name]) if name in places else quote(value, safe='')}"
        for name, value in parse_qsl(query, keep_blank_values=True)
    )


def _put(value: Any, way: list[str], reference: str) -> bool:
    """Put a reference where a way leads, if a text stands there that can name something."""
    step, rest = way[0], way[1:]
    if step == "*":
        # Every element gets its reference: a list, so that the first success does not end the search.
        changed = [_put(one, rest, reference) for one in value] if isinstance(value, list) else []
        return any(changed)
    if not isinstance(value, dict) or step not in value:
        return False
    if rest:
        return _put(value[step], rest, reference)
    if not isinstance(value[step], str):
        return False
    value[step] = reference
    return True


def _withhold_consents(value: dict[str, Any]) -> bool:
    data = value.get("data")
    consents = data.get("consents") if isinstance(data, dict) else None
    if not isinstance(consents, dict):
        return False
    given = [name for name in OFF if consents.get(name) is True]
    consents.update(dict.fromkeys(given, False))
    return bool(given)
