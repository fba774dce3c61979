"""What identifies the requests that an operation takes, so that drawn cases can be found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from oip_conformance.contract import Contract, Operation

_ANNOTATIONS = frozenset({"description", "summary", "title", "externalDocs", "deprecated", "$comment"})


def request_digest(contract: Contract, operation: Operation) -> str:
    """What identifies the requests an operation takes: equal digests take the same cases.

    Words for readers and everything about responses are left out, so that they may change without a new drawing.
    """
    item = contract.resolve(contract.document["paths"][operation.path])
    raw = item[operation.method.lower()]
    parts = [item.get("parameters", []), raw.get("parameters", []), raw.get("requestBody", {})]
    meaning = [operation.id, operation.method, operation.path, _expanded(contract, parts, ())]
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, default=str).encode()).hexdigest()


def _expanded(contract: Contract, node: Any, seen: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_expanded(contract, one, seen) for one in node]
    if not isinstance(node, Mapping):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            return reference
        return _expanded(contract, contract.resolve(node), (*seen, reference))
    # A property may be called "title": only annotations, whose values are texts or flags, are left out.
    return {
        name: _expanded(contract, one, seen)
        for name, one in node.items()
        if not (name in _ANNOTATIONS and isinstance(one, str | bool))
    }
