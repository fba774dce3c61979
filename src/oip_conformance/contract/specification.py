"""What the OpenAPI specification itself finds wrong with a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from referencing.exceptions import Unresolvable

from oip_conformance.contract.anatomy import METHODS
from oip_conformance.contract.document import Source, place_in
from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.references import value_at

SHOWN = 10
"""How many causes of a broken contract are named at the most."""

_DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})


def specification_mistakes(document: Mapping[str, Any]) -> list[str]:
    """Each mistake with its place, in the order of the document's own validator."""
    return list(dict.fromkeys([*_by_specification(document), *_identities(document)]))


def placed(mistakes: list[str], source: Source | None) -> list[str]:
    """The mistakes with the line of each place, where the document was read from a file."""
    if source is None:
        return mistakes
    told = [one.partition(": ") for one in mistakes[:SHOWN]]
    return [f"{place_in(source, place.rstrip('/'))}: {what}" for place, _, what in told] + mistakes[SHOWN:]


def dangling_in(document: Mapping[str, Any]) -> list[str]:
    """Each reference inside a document that leads nowhere, with its place."""
    return list(_dangling(document, document, ""))


def _dangling(document: Mapping[str, Any], node: Any, pointer: str) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            try:
                value_at(document, reference[1:], reference)
            except ContractError:
                yield f"{pointer or '/'}: the reference {reference} leads nowhere"
        for name, one in node.items():
            if name not in _DATA and not name.startswith("x-"):
                step = name.replace("~", "~0").replace("/", "~1")
                yield from _dangling(document, one, f"{pointer}/{step}")
    elif isinstance(node, list):
        for position, one in enumerate(node):
            yield from _dangling(document, one, f"{pointer}/{position}")


def _by_specification(document: Mapping[str, Any]) -> list[str]:
    kind = OpenAPIV30SpecValidator if str(document.get("openapi", "")).startswith("3.0") else OpenAPIV31SpecValidator
    found: list[str] = []
    try:
        for error in kind(document).iter_errors():
            found.append(_told(error))
    except RecursionError:
        found.append("/: the validator finds no end to it")
    except (LookupError, TypeError, AttributeError, ValueError, AssertionError, Unresolvable) as problem:
        # It looks first at the form of the document, then walks it; a form that is wrong can make it fall.
        if not found:
            found.append(f"/: the validator cannot read it ({type(problem).__name__}: {problem})")
    return found


def _told(error: Any) -> str:
    """The deepest cause: a part that fits none of several forms is told by the form that it comes nearest to."""
    nearest = error
    while contexts := getattr(nearest, "context", None):
        nearest = max(contexts, key=lambda one: len(one.absolute_path))
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in getattr(nearest, "absolute_path", ())]
    return f"/{'/'.join(steps)}: {str(getattr(nearest, 'message', nearest)).splitlines()[0][:200]}"


def _identities(document: Mapping[str, Any]) -> list[str]:
    paths = document.get("paths")
    names = Counter(
        str(item[method].get("operationId"))
        for item in (paths.values() if isinstance(paths, dict) else ())
        if isinstance(item, dict)
        for method in METHODS
        if isinstance(item.get(method), dict) and item[method].get("operationId")
    )
    return [f"/paths: the operationId {name!r} stands {count} times" for name, count in names.items() if count > 1]
