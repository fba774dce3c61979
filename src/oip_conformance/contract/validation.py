"""The gate before every run: a contract that is not valid OpenAPI stops it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from oip_conformance.contract.contract import METHODS, Contract
from oip_conformance.contract.errors import ContractError

SHOWN = 10
"""How many causes of a broken contract are named at the most."""


def validate_contract(contract: Contract) -> None:
    """Raise ContractError CON-04 with each place where the contract is not valid OpenAPI."""
    causes = [*_specification(contract.document), *_identities(contract.document)]
    if causes:
        more = f" (and {len(causes) - SHOWN} more)" if len(causes) > SHOWN else ""
        raise ContractError(
            "CON-04",
            f"the contract is not valid OpenAPI: {len(causes)} mistakes{more}.",
            tuple(causes[:SHOWN]),
            "Mend them and run `oip-conformance contract validate` again.",
        )


def _specification(document: dict[str, Any]) -> list[str]:
    kind = OpenAPIV30SpecValidator if str(document.get("openapi", "")).startswith("3.0") else OpenAPIV31SpecValidator
    try:
        return [_told(error) for error in kind(document).iter_errors()]
    except (KeyError, TypeError, AttributeError, RecursionError) as problem:
        return [f"/: the validator cannot read it ({type(problem).__name__}: {problem})"]


def _told(error: Any) -> str:
    place = "/" + "/".join(str(step) for step in getattr(error, "absolute_path", ()))
    return f"{place}: {str(getattr(error, 'message', error))[:200]}"


def _identities(document: dict[str, Any]) -> list[str]:
    names = Counter(
        item[method].get("operationId")
        for item in document.get("paths", {}).values()
        if isinstance(item, dict)
        for method in METHODS
        if isinstance(item.get(method), dict)
    )
    return [
        f"/paths: the operationId {name!r} stands {count} times" for name, count in names.items() if name and count > 1
    ]
