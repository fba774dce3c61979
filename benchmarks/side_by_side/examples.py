"""The contract's examples, pointed at records that the reference server is seeded with.

The published examples name members and promotions that no server has. A user of any of the tools would first put ids of
the own test system there, so every tool gets the contract with that done. The id of the member, which differs with each
start of the server, is filled into the finished text.
"""

from __future__ import annotations

from typing import Any

MEMBER = "2457B03E-9925-45E9-B551-25F10D7BD4F2"
"""The published id, in whose place the seeded member's goes."""

MEMBER_PHONE = "+4740000101"
_EXTERNAL_ID = "SEED-0001"
_PROMOTION = "A0000003-52A1-4E0B-9D5C-0F1E2D3C4B03"

_SEEDED = {
    "3477B4C3-5E2E-4007-9C26-41E60FECB016": MEMBER,
    "15BE85AB-CD61-4A23-8C22-0981AD35DBD1S2010": MEMBER,
    "F68438A9-800B-457D-81D5-952FCEB63D8C": MEMBER,
    "9ae37ad3-8a55-4bb5-81fd-b08f00b684ed": MEMBER,
    "71E8AC01-152D-4B2E-956A-3656CD3396AE": _PROMOTION,
    "B9012E40-1B08-4DC5-84F9-BB8E2653B2A6": _EXTERNAL_ID,
    "952841C1-4385-40B3-8B30-A65AAC66108E": "4",
    "100001111": _EXTERNAL_ID,
    "15076500565": "01819090013",
    "STORE001": "STORE-001",
    "001": "STORE-001",
    "+4712345678": MEMBER_PHONE,
}
"""Published value -> what stands for it on the reference server."""

_NEW = ("NewCustomer", "MinimalCustomer", "CardRegistration", "Recruitment")
"""Examples of somebody who is to be created: not to be pointed at somebody who exists."""

_PARAMETERS = {
    ("/lookup/mobilePhone/{mobilePhone}", "mobilePhone"): "+4740000011",
    ("/promotions/enableUse", "id"): _PROMOTION,
    ("/promotions/disableUse", "id"): _PROMOTION,
}
_FIELDS = {("CustomerChange", "externalId"): _EXTERNAL_ID}


def pointed_at_seeded_records(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of an OpenAPI document in which examples of parameters and bodies name records that exist."""
    paths = {path: _path(path, item) for path, item in document["paths"].items()}
    named = document.get("components", {}).get("examples", {})
    examples = {name: {**one, "value": _example(name, one.get("value"))} for name, one in named.items()}
    return {**document, "paths": paths, "components": {**document.get("components", {}), "examples": examples}}


def _path(path: str, item: dict[str, Any]) -> dict[str, Any]:
    return {method: _operation(path, one) if isinstance(one, dict) else one for method, one in item.items()}


def _operation(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    if "parameters" not in operation:
        return operation
    return {**operation, "parameters": [_parameter(path, one) for one in operation["parameters"]]}


def _parameter(path: str, parameter: dict[str, Any]) -> dict[str, Any]:
    if "example" not in parameter:
        return parameter
    seeded = _PARAMETERS.get((path, parameter["name"]), _replaced(parameter["example"]))
    return {**parameter, "example": seeded}


def _example(name: str, value: Any) -> Any:
    if name in _NEW:
        return value
    seeded = _replaced(value)
    data = seeded.get("data") if isinstance(seeded, dict) else None
    if isinstance(data, dict):
        data.update({field: new for (example, field), new in _FIELDS.items() if example == name and field in data})
    return seeded


def _replaced(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one) for one in value]
    return _SEEDED.get(value, value) if isinstance(value, str) else value
