"""A profile says where a target has an operation; matching finds the operation that a request means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oip_conformance.contract import Binding, Contract, ContractError, OperationMissing, load_contract
from oip_conformance.contract.validation import validate_contract

from .documents import Write, document, operation


def _bound(**bindings: Binding) -> Contract:
    return load_contract(bindings=bindings)


def test_an_operation_is_moved_with_all_that_belongs_to_it(standard: Contract) -> None:
    contract = _bound(sendSms=Binding("PUT", "/sms"), getPromotions=Binding(path="/promotions/id/{id}"))
    assert (contract.operation("sendSms").method, contract.operation("sendSms").path) == ("PUT", "/sms")
    assert contract.operation("getPromotions").path == "/promotions/id/{id}"
    assert contract.match("PUT", "/sms")[0].id == "sendSms"  # type: ignore[index]
    assert contract.match("POST", "/messaging/sms") is None
    assert contract.operation("sendSms").effect == "external"
    assert len(contract.operations) == len(standard.operations)
    validate_contract(contract)


def test_the_contract_as_published_is_not_changed_by_a_binding(standard: Contract) -> None:
    assert _bound(getHealth=Binding(path="/status")).published == standard.published


def test_two_operations_may_change_places() -> None:
    contract = _bound(
        enableUse=Binding(path="/promotions/disableUse"), disableUse=Binding(path="/promotions/enableUse")
    )
    assert contract.operation("enableUse").path == "/promotions/disableUse"
    assert contract.operation("disableUse").path == "/promotions/enableUse"


@pytest.mark.parametrize(
    ("name", "binding", "code", "says"),
    [
        ("getHelth", Binding(path="/x"), "CON-07", "getHealth"),
        ("getHealth", Binding(path="/stores"), "CON-08", "taken by getStores"),
        ("getCustomerById", Binding(path="/customers/externalId/{id}"), "CON-08", "taken by getCustomerByExternalId"),
        ("getCustomerById", Binding(path="/customers/{key}"), "CON-08", "other parameters"),
        ("getCustomerById", Binding(path="/customers"), "CON-08", "other parameters"),
        ("createMember", Binding(method="PUT"), "CON-08", "taken by updateMember"),
    ],
)
def test_a_binding_that_does_not_fit_is_refused(name: str, binding: Binding, code: str, says: str) -> None:
    with pytest.raises(ContractError) as caught:
        _bound(**{name: binding})
    assert caught.value.code == code
    assert says in f"{caught.value.message} {caught.value.hint}"


def test_an_operation_of_another_contract_gets_the_name_that_the_suite_knows(write: Write) -> None:
    shared = [{"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}]
    links = {"again": {"operationId": "fetch", "parameters": {"key": "$request.path.key"}}}
    fetch = operation("fetch", responses={"200": {"description": "OK", "links": links}})
    paths = {"/members/{key}": {"parameters": shared, "get": fetch, "delete": operation("drop")}}
    file = write("theirs.json", document(paths))
    contract = load_contract(file, bindings={"getCustomerById": Binding(path="/members/{id}")})
    validate_contract(contract)
    one = contract.operation("getCustomerById")
    assert (one.method, one.path, [each.name for each in one.parameters]) == ("GET", "/members/{id}", ["id"])
    assert one.conformance_class == "customers"
    link = contract.document["paths"]["/members/{id}"]["get"]["responses"]["200"]["links"]["again"]
    assert link == {"operationId": "getCustomerById", "parameters": {"id": "$request.path.id"}}
    assert contract.operation("drop").path == "/members/{key}"
    assert contract.match("GET", "/members/a%2Fb") == (one, {"id": "a/b"})


def test_a_place_that_another_contract_does_not_have_is_refused(
    write: Write, refused: Callable[..., ContractError]
) -> None:
    file = write("theirs.json", document({"/members": {"post": operation("make")}}))
    problem = refused(file, bindings={"createMember": Binding("PUT", "/members")})
    assert problem.code == "CON-08"
    assert "/members" in problem.hint


@pytest.mark.parametrize(
    ("method", "path", "name", "values"),
    [
        ("GET", "/promotions/mobilePhone", "getCouponsByMobilePhone", {}),
        ("GET", "/promotions/A1", "getPromotions", {"id": "A1"}),
        ("GET", "/promotions/redeemed/A1", "getRedeemedPromotions", {"id": "A1"}),
        ("GET", "/customers/id/%2B47%2F1", "getCustomerById", {"id": "+47/1"}),
        (
            "POST",
            "/triggers/welcome/%C3%A5",
            "triggerAutomationForIdentifier",
            {"triggerId": "welcome", "identifier": "å"},
        ),
        ("GET", "/customers/changed", "getChangedCustomersListSinceLastDay", {}),
        ("DELETE", "/customers", None, {}),
        ("GET", "/customers/id/", None, {}),
        ("GET", "/customers/id/a/b", None, {}),
        ("GET", "/Customers", None, {}),
    ],
)
def test_matching(standard: Contract, method: str, path: str, name: str | None, values: dict[str, Any]) -> None:
    found = standard.match(method, path)
    assert (found[0].id if found else None, found[1] if found else {}) == (name, values)


def test_the_methods_of_a_path(standard: Contract) -> None:
    assert standard.methods_of("/customers") == {"GET", "POST", "PUT"}
    assert standard.methods_of("/promotions/mobilePhone") == {"GET"}
    assert standard.methods_of("/nowhere/at/all") == frozenset()


def test_an_unknown_name_is_refused_with_what_is_near(standard: Contract) -> None:
    with pytest.raises(OperationMissing) as caught:
        standard.operation("getStore")
    assert caught.value.code == "CON-07"
    assert "getStores" in caught.value.hint
