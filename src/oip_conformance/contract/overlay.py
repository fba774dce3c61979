"""OpenAPI Overlay 1.0: a list of changes that turns one contract into another."""

from __future__ import annotations

import copy
from typing import Any

import jsonpath

from oip_conformance.contract.errors import ContractError


def apply_overlay(document: dict[str, Any], overlay: dict[str, Any], *, name: str) -> dict[str, Any]:
    """A copy of `document` with the overlay's actions applied in order. Raises ContractError CON-05 or CON-06."""
    result = copy.deepcopy(document)
    for position, action in enumerate(overlay.get("actions") or []):
        place = f"{name}: /actions/{position}"
        try:
            matches = list(jsonpath.finditer(action["target"], result))
        except (KeyError, TypeError, jsonpath.JSONPathError) as problem:
            raise ContractError(
                "CON-05", "an overlay is broken.", (f"{place}: {problem}",), "Mend the action."
            ) from None
        if not matches:
            raise ContractError(
                "CON-06", "an overlay action matches nothing.", (f"{place}: {action['target']}",), "Mend its target."
            )
        for match in matches:
            if not action.get("remove"):
                _update(match.obj, copy.deepcopy(action.get("update")))
        if action.get("remove"):
            for match in reversed(matches):
                parent: Any = match.parent
                del parent.obj[match.parts[-1]]
    return result


def _update(value: Any, change: Any) -> None:
    if isinstance(value, list):
        value.append(change)
    elif isinstance(value, dict) and isinstance(change, dict):
        for key, part in change.items():
            if isinstance(value.get(key), dict) and isinstance(part, dict):
                _update(value[key], part)
            elif isinstance(value.get(key), list) and isinstance(part, list):
                value[key].extend(part)
            else:
                value[key] = part
