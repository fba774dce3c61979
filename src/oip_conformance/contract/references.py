"""One document out of several: what a contract refers to in other files is brought into it.

Schemas are gathered in the components, since they may refer to themselves; any other part is put where it is referred to.
Only files in the contract's own folder, or addresses on its own server, are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from oip_conformance.contract.anatomy import Kind, rebuilt
from oip_conformance.contract.document import Source, name_of, read_document
from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.remote import is_address

_SCHEMAS = "#/components/schemas/"
_BUNDLE = "Make one file of it first (`redocly bundle`), or put the file beside the contract."


def bundled(document: dict[str, Any], source: Source) -> dict[str, Any]:
    """A document that refers to nothing outside itself. Raises ContractError CON-04 or CON-09."""
    return _Bundle(document, _absolute(source)).made()


def value_at(document: Any, pointer: str, shown: str) -> Any:
    """What stands at a JSON Pointer. Raises ContractError CON-04 for one that leads nowhere."""
    value = document
    for step in pointer.split("/")[1:]:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, TypeError, ValueError, IndexError):
            raise ContractError(
                "CON-04", f"the reference {shown} leads nowhere.", (shown,), "Mend the reference."
            ) from None
    return value


@dataclass(frozen=True)
class _Place:
    """The document that a part stands in, and the references that led there."""

    source: str
    trail: tuple[tuple[str, str], ...] = ()


@dataclass
class _Bundle:
    document: dict[str, Any]
    root: str
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    gathered: dict[str, Any] = field(default_factory=dict)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)

    def made(self) -> dict[str, Any]:
        made: dict[str, Any] = rebuilt("document", self.document, self._visit, _Place(self.root))
        if self.gathered:
            components = dict(made.get("components") or {})
            components["schemas"] = {**(components.get("schemas") or {}), **self.gathered}
            made["components"] = components
        return made

    def _visit(self, kind: Kind, node: Any, place: _Place) -> tuple[Any, _Place]:
        if kind == "schema" and isinstance(node, dict):
            node = self._mapped(node, place)
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str) or kind in ("document", "components", "operation", "media", "encoding"):
            return node, place
        source, pointer = self._target(reference, place)
        if kind == "schema":
            return {**node, "$ref": self._gathered(reference, source, pointer, place)}, place
        if source == self.root and kind != "path item":
            return {**node, "$ref": f"#{pointer}"}, place
        if (source, pointer) in place.trail:
            raise ContractError("CON-04", "a $ref leads in a circle.", (reference,), "Mend the reference.")
        found = value_at(self._read(source), pointer, reference)
        if kind == "path item" and isinstance(found, dict):
            found = {**found, **{name: value for name, value in node.items() if name != "$ref"}}
        return self._visit(kind, found, _Place(source, (*place.trail, (source, pointer))))

    def _gathered(self, reference: str, source: str, pointer: str, place: _Place) -> str:
        """The reference, inside the one document, to a schema that stands anywhere."""
        if source == self.root and (f"#{pointer}".startswith(_SCHEMAS) or not pointer.startswith("/")):
            return f"#{pointer}"
        key = (source, pointer)
        if key not in self.names:
            name = self.names[key] = self._name(source, pointer)
            found = value_at(self._read(source), pointer, reference)
            self.gathered[name] = True
            self.gathered[name] = rebuilt("schema", found, self._visit, _Place(source))
        return _SCHEMAS + self.names[key]

    def _mapped(self, node: dict[str, Any], place: _Place) -> dict[str, Any]:
        """A schema whose discriminator names schemas of the one document."""
        discriminator = node.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        if not isinstance(mapping, dict):
            return node
        new: dict[str, Any] = {
            key: self._gathered(one, *self._target(one, place), place)
            if isinstance(one, str) and re.search(r"[#/]|\.(ya?ml|json)$", one)
            else one
            for key, one in mapping.items()
        }
        return {**node, "discriminator": {**node["discriminator"], "mapping": new}}

    def _name(self, source: str, pointer: str) -> str:
        last = pointer.rsplit("/", 1)[-1] if pointer.strip("/") else Path(name_of(source)).stem
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", unquote(last).replace("~1", "_")) or "Schema"
        taken = {*((self.document.get("components") or {}).get("schemas") or {}), *self.names.values()}
        return next(
            name for number in range(1, 10_000) if (name := plain if number == 1 else f"{plain}_{number}") not in taken
        )

    def _target(self, reference: str, place: _Place) -> tuple[str, str]:
        """The document and the pointer that a reference means."""
        address, _, pointer = reference.partition("#")
        if not address:
            return place.source, pointer
        if is_address(place.source):
            target = urljoin(place.source, address)
            allowed = urlsplit(target)[:2] == urlsplit(self.root)[:2]
        elif urlsplit(address).scheme in ("http", "https"):
            target, allowed = address, False
        else:
            target = str((Path(place.source).parent / unquote(address)).resolve())
            allowed = Path(target).is_relative_to(Path(self.root).parent)
        if not allowed:
            raise ContractError(
                "CON-09",
                f"{name_of(place.source)} refers to {reference}, which is not beside the contract.",
                (reference,),
                _BUNDLE,
            )
        return target, pointer

    def _read(self, source: str) -> dict[str, Any]:
        if source == self.root:
            return self.document
        if source not in self.others:
            try:
                self.others[source] = read_document(source)
            except ContractError as problem:
                raise ContractError("CON-09", problem.message, problem.causes, _BUNDLE) from None
        return self.others[source]


def _absolute(source: Source) -> str:
    return str(source) if is_address(source) else str(Path(source).resolve())
