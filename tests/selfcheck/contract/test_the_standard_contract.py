"""The contract that ships says what the documentation says: operations, statuses, envelopes, fields, samples and links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from oip_conformance.contract import Contract, Operation
from oip_conformance.contract.fields import fields_of
from oip_conformance.contract.validation import samples_that_break_their_schema, validate_contract

BY_STATUS = {
    "200 400 401 403": "createCart emptyCart lookupMobilePhone lookupSsn importBody importForm bonusAddRewardPoints "
    "transferClips getBonusRules getLoyaltyCardProducts getBonusTransactions sendSms sendSmsCode getMemberByPaymentToken "
    "getPaymentCards registerPaymentCard calculatePrice calculatePriceFor enableUse disableUse report1 addTransactions "
    "listConsents",
    "200 400 401 404": "getCustomerByMobilePhone getCustomerById getCustomerByExternalId customerFunction getCartPromotions "
    "promotionsFunction",
    "201 400 401 409": "createMember",
    "200 400 401 409": "updateMember updateCustomerByExternalId getChangedCustomersList getChangedCustomersListSinceLastDay "
    "addClips",
    "302 401 403 404": "enrichMember",
    "202 400 401 403": "importFile",
    "200 400 401 403 404": "getBonusCampaigns getBonusCampaignsForMember bonusImport stampCard1 redeemPromotion "
    "getRedeemedPromotions getTransactions triggerAutomation triggerAutomationForIdentifier",
    "200 400 401 403 409": "addPaymentToken vippsRecruit",
    "200 400 403 404": "getPromotions getCouponsByMobilePhone",
    "200 401": "getStores getHealth",
}
"""The statuses of the published page (of listConsents and getHealth none is published), without 429 and 502."""

DOCUMENTED_PATHS = (
    "createCart getCustomerByMobilePhone createMember updateMember updateCustomerByExternalId getCustomerById "
    "getChangedCustomersList getChangedCustomersListSinceLastDay importFile getBonusCampaigns getBonusCampaignsForMember "
    "bonusImport bonusAddRewardPoints transferClips getBonusRules stampCard1 getCouponsByMobilePhone redeemPromotion report1 "
    "getTransactions addTransactions"
)
ALL = [(name, statuses) for statuses, names in BY_STATUS.items() for name in names.split()]


def test_it_has_each_operation_and_no_other(standard: Contract) -> None:
    assert sorted(standard.operations) == sorted(name for name, _ in ALL)
    assert len(standard.operations) == 52, "50 rows; the two with an optional path parameter are two paths each"


@pytest.mark.parametrize(("name", "statuses"), ALL)
def test_each_operation_documents_the_published_statuses(standard: Contract, name: str, statuses: str) -> None:
    assert sorted(standard.operation(name).responses) == sorted([*statuses.split(), "429", "502"])


def test_each_operation_says_what_it_is(standard: Contract) -> None:
    tags = {tag["name"] for tag in standard.document["tags"]}
    for one in standard.operations.values():
        raw = standard.document["paths"][one.path][one.method.lower()]
        assert one.tag in tags, one.id
        assert one.summary, one.id
        assert len(one.description) > 15, f"{one.id} has no words of its own"
        assert raw["x-oip-effect"] in ("read", "write", "external"), one.id
        assert raw["x-oip-path-source"] == ("documented" if one.id in DOCUMENTED_PATHS.split() else "inferred"), one.id
    assert [one.id for one in standard.operations.values() if one.preview] == ["transferClips"]


def test_what_reaches_a_person_or_another_system_is_external(standard: Contract) -> None:
    external = {one.id for one in standard.operations.values() if one.effect == "external"}
    assert external >= {
        "sendSms",
        "sendSmsCode",
        "vippsRecruit",
        "triggerAutomation",
        "triggerAutomationForIdentifier",
        "lookupMobilePhone",
        "lookupSsn",
        "enrichMember",
        "addPaymentToken",
        "registerPaymentCard",
    }


def test_each_documented_error_carries_the_envelope(standard: Contract) -> None:
    envelope = {"code": "400", "message": "Bad Request", "detailedErrorMessage": ["anything", 1]}
    for one in standard.operations.values():
        for status in (int(name) for name in one.responses if name[0] in "45"):
            assert one.is_response_valid(status, "application/json", envelope), (one.id, status)
            assert not one.is_response_valid(status, "application/json", {**envelope, "code": 400}), (one.id, status)
            assert not one.is_response_valid(status, "application/json", {"code": "400"}), (one.id, status)


def test_servers_and_authentication_are_the_published_ones(standard: Contract) -> None:
    assert standard.servers == ("https://api.oculos.no/v4", "https://api.staging.oculos.no/v4")
    scheme = standard.document["components"]["securitySchemes"]["api_key"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "x-api-key")
    assert standard.document["security"] == [{"api_key": []}]


def test_each_published_sample_conforms_to_its_schema(standard: Contract) -> None:
    assert samples_that_break_their_schema(standard) == []
    shown = [name for one in standard.operations.values() for part in one.content for media in one.content[part]
             for name in one.examples_of(part, media)]  # fmt: skip
    assert len(shown) > 200


def test_each_sample_in_store_is_shown_by_an_operation(standard: Contract) -> None:
    used = set(_references(standard.document["paths"]))
    names = standard.document["components"]["examples"]
    assert [name for name in names if f"#/components/examples/{name}" not in used] == []


def test_every_field_of_a_sample_has_a_type_in_its_schema(standard: Contract) -> None:
    """A field that only the sample shows would be tested by nobody."""
    unknown = []
    for one in standard.operations.values():
        for part, media_type, value in _samples(one):
            known = set(fields_of(one.content[part][media_type].get("schema", {}), one.resolve))
            free = ("/extendedProperties/", "/extendedSourceFields/", "/metaData/*/")
            unknown += [
                (one.id, place)
                for place in _places(value)
                if place not in known
                and not any(part in place for part in free)
                and not _is_free(one, part, media_type)
            ]
    assert unknown == []


@pytest.mark.parametrize(
    ("name", "part", "place"),
    [
        ("createMember", "request", "/data/favoriteStores"),
        ("createMember", "request", "/data/consents/extendedConsents/*/value"),
        ("updateMember", "request", "/data/favouriteStores"),
        ("updateMember", "request", "/data/extendedConsents/*/value"),
        ("updateCustomerByExternalId", "request", "/data/favouriteStores"),
        ("updateCustomerByExternalId", "request", "/data/extendedConsents/*/id"),
        ("getCustomerById", "200", "/data/favoriteStores"),
        ("getCustomerById", "200", "/data/consents/extendedConsents/*/consentDate"),
        ("getCustomerById", "200", "/data/loyalty/loyaltyCards/*/namn"),
        ("getCustomerById", "200", "/metaData/CreatedAt"),
        ("stampCard1", "200", "/*/namn"),
        ("bonusImport", "200", "/*/totaltPoints"),
        ("getBonusTransactions", "200", "/transactions/*/acitvityName"),
        ("transferClips", "request", "/loyaltycardId"),
        ("addTransactions", "request", "/ReceiptRequests/*/Items/*/Ext10"),
        ("report1", "200", "/metaData/activePage"),
    ],
)
def test_fields_are_spelt_and_placed_as_on_the_wire(standard: Contract, name: str, part: str, place: str) -> None:
    one = standard.operation(name)
    assert place in fields_of(one.content[part]["application/json"]["schema"], one.resolve)


def test_objects_take_what_a_configuration_adds(standard: Contract) -> None:
    for one in standard.operations.values():
        for part, content in one.content.items():
            for media_type, each in content.items():
                fields = fields_of(each.get("schema", {}), one.resolve)
                assert not [place for place, field in fields.items() if field.closed], (one.id, part, media_type)


def test_no_format_is_declared_that_a_sample_breaks(standard: Contract) -> None:
    formats = {
        (field.limits["format"])
        for one in standard.operations.values()
        for content in one.content.values()
        for each in content.values()
        for field in fields_of(each.get("schema", {}), one.resolve).values()
        if "format" in field.limits
    }
    assert formats <= {"binary"}, "no published date, id or address keeps to a format throughout"


def test_links_lead_from_a_creation_to_all_that_can_be_done_with_it(standard: Contract, later: Contract) -> None:
    links = {link["operationId"] for link in _links(standard, "createMember", "201")}
    assert links >= {
        "getCustomerById",
        "getCustomerByMobilePhone",
        "getCustomerByExternalId",
        "updateMember",
        "getPromotions",
        "getCouponsByMobilePhone",
        "getRedeemedPromotions",
        "stampCard1",
        "getBonusTransactions",
        "getTransactions",
        "getPaymentCards",
        "enableUse",
        "disableUse",
    }
    assert {"redeemPromotion", "disableUse", "enableUse"} <= {
        link["operationId"] for link in _links(standard, "getPromotions", "200")
    }
    for contract in (standard, later):
        for one in contract.operations.values():
            for status in one.responses:
                for link in _links(contract, one.id, status):
                    target = contract.operation(link["operationId"])
                    assert {*link.get("parameters", {})} <= {each.name for each in target.parameters}, (one.id, link)


def test_it_is_valid(standard: Contract) -> None:
    validate_contract(standard)


def _links(contract: Contract, name: str, status: str) -> list[dict[str, Any]]:
    one = contract.operation(name)
    raw = contract.document["paths"][one.path][one.method.lower()]["responses"][status]
    return [contract.resolve(link) for link in contract.resolve(raw).get("links", {}).values()]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for one in node.values():
            yield from _references(one)
    elif isinstance(node, list):
        for one in node:
            yield from _references(one)


def _samples(one: Operation) -> Iterator[tuple[str, str, Any]]:
    for part, content in one.content.items():
        for media_type in content:
            for value in one.examples_of(part, media_type).values():
                yield part, media_type, value


def _places(value: Any, pointer: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield f"{pointer}/{name}"
            yield from _places(one, f"{pointer}/{name}")
    elif isinstance(value, list):
        for one in value:
            yield from _places(one, f"{pointer}/*")


def _is_free(one: Operation, part: str, media_type: str) -> bool:
    """Whether a body is agreed with each client, so that its sample is an illustration."""
    schema = one.content[part][media_type].get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2] in ("FreeObject", "Dictionary", "Error") or "xml" in media_type \
        or media_type == "application/x-www-form-urlencoded"  # fmt: skip
