"""What of a contract's components a schema refers to, directly or by others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

_COMPONENTS = "#/components/"


def components_for(schema: Any, components: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The components that a schema refers to, and those that these refer to; None when it refers to nothing.

    A validator keeps a copy of all that it is given, and there are hundreds. Where a reference leads anywhere but to a
    component, all of them are given.
    """
    references = list(_references(schema))
    if not references:
        return None
    needed: dict[str, dict[str, Any]] = {}
    while references:
        reference = references.pop()
        kind, _, rest = reference.removeprefix(_COMPONENTS).partition("/")
        name = unquote(rest.partition("/")[0]).replace("~1", "/").replace("~0", "~")
        found = components.get(kind)
        if not reference.startswith(_COMPONENTS) or not isinstance(found, Mapping) or name not in found:
            return components
        if name not in needed.setdefault(kind, {}):
            needed[kind][name] = found[name]
            references += _references(found[name])
    return needed


def _references(value: Any) -> Iterator[str]:
    """Each reference within a value, by any of the keywords that refer."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name in ("$ref", "$dynamicRef", "$recursiveRef") and isinstance(part, str):
                yield part
            else:
                yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)
