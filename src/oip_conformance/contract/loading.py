"""From a file or an address to a contract.

read -> bring other files in -> overlays -> one form of OpenAPI -> ids and effects -> the profile's bindings -> contract
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from oip_conformance.contract.adoption import Known, adopted, known_in, strangers
from oip_conformance.contract.binding import Binding, bound, named
from oip_conformance.contract.contract import Contract
from oip_conformance.contract.document import Source, name_of, read_document, read_text
from oip_conformance.contract.errors import ContractError
from oip_conformance.contract.overlay import apply_overlay
from oip_conformance.contract.references import bundled
from oip_conformance.contract.remote import is_address
from oip_conformance.contract.specification import SHOWN, dangling_in, placed, specification_mistakes
from oip_conformance.contract.upgrade import upgraded
from oip_conformance.profile import Profile, contract_files
from oip_conformance.profile.senses import overlay_file
from oip_conformance.resources import spec_directory

_Bindings: TypeAlias = tuple[tuple[str, Binding], ...]

_ELSEWHERE = re.compile(r"""\$ref["']?\s*:\s*["']?[^\s"'#]""")
"""A reference that leads out of its file, to one whose text may change too."""


def standard_contract_path() -> Path:
    """The contract of the current release, as it ships."""
    return spec_directory() / "openapi.yaml"


def standard_overlay_path(name: str) -> Path:
    """An overlay that ships, by its short name: "4.3" or "oip-4.3"."""
    stem = name if name.startswith("oip-") or not name[:1].isdigit() else f"oip-{name}"
    return spec_directory() / "overlays" / f"{stem}.overlay.yaml"


@contextmanager
def kept_locally(source: str | None) -> Iterator[Path | None]:
    """A file of the contract at an address, for as long as it is needed: every process of a run reads the same one."""
    if source is None or not is_address(source):
        yield None if source is None else Path(source)
        return
    document = bundled(read_document(source), source)
    with tempfile.TemporaryDirectory(prefix="oip-contract-") as folder:
        file = Path(folder) / f"{Path(name_of(source)).stem or 'contract'}.json"
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        yield file


def overlay_source(name: str) -> Source:
    """An overlay as a person names it: an address, a file, or the short name of one that ships."""
    return name if is_address(name) else overlay_file(name, Path.cwd())


def load_contract(
    source: Source | None = None,
    overlays: Sequence[Source] = (),
    *,
    bindings: Mapping[str, Binding] | None = None,
    strict: bool = False,
) -> Contract:
    """Read a contract (default: the one that ships), apply overlays in order, then bindings. Raises ContractError.

    `strict` refuses an overlay action that selects nothing; otherwise the contract tells them as `idle`. Files that read
    the same are made into one object a process, since every part of a run asks for its contract: change nothing in it.
    """
    place = source or standard_contract_path()
    chosen = tuple((bindings or {}).items())
    files = (place, *overlays)
    texts = () if any(map(is_address, map(str, files))) else tuple(map(read_text, files))
    if texts and not any(map(_ELSEWHERE.search, texts)):
        return _known(place, tuple(overlays), chosen, strict, texts)
    return _made(place, overlays, chosen, strict)


@lru_cache(maxsize=16)
def _known(
    place: Source, overlays: tuple[Source, ...], bindings: _Bindings, strict: bool, _texts: tuple[str, ...]
) -> Contract:
    """A contract that was read before from files with the same texts, or one that is read now."""
    return _made(place, overlays, bindings, strict)


def _made(place: Source, overlays: Sequence[Source], chosen: _Bindings, strict: bool) -> Contract:
    bindings = dict(chosen)
    document = read_document(place)
    _check_kind(document, name_of(place))
    idle: list[str] = []
    published = document
    try:
        published = bundled(document, place)
        for overlay in overlays:
            overlaid = apply_overlay(published, overlay, strict=strict)
            published, idle = overlaid.document, [*idle, *overlaid.idle]
        _check_kind(published, name_of(place))
        if mistakes := dangling_in(published):
            raise _invalid(place, mistakes, overlays)
        document = named(upgraded(published))
        if Path(str(place)) == standard_contract_path():
            document = bound(document, bindings)
        else:
            known = known_operations()
            document = bound(document, bindings, {name: one.spot for name, one in known.items()})
            document = adopted(document, known)
        return Contract(document, published, tuple(idle), source=None if overlays else place)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as problem:
        mistakes = specification_mistakes(published) or [f"/: {type(problem).__name__}: {problem}"]
        raise _invalid(place, mistakes, overlays) from problem


def _invalid(place: Source, mistakes: list[str], overlays: Sequence[Source]) -> ContractError:
    causes = placed(mistakes[:SHOWN], None if overlays else place)
    more = f", {len(mistakes)} mistakes in all" if len(mistakes) > SHOWN else ""
    text = f"{name_of(place)} is not valid OpenAPI{more}."
    return ContractError("CON-04", text, tuple(causes), "Mend each place and try again.")


def contract_for(profile: Profile, file: Source | None = None) -> Contract:
    """The contract that a profile names (or `file`), with the profile's overlays and bindings. Raises ContractError."""
    named_file, overlays = contract_files(profile)
    bindings = {name: Binding(one.method, one.path) for name, one in profile.operations.items()}
    return load_contract(file or named_file, overlays, bindings=bindings, strict=True)


def strangers_in(contract: Contract) -> list[str]:
    """How far a contract is one that the suite knows; nothing to tell of the one that ships."""
    known = known_operations()
    standard = known_in(read_document(standard_contract_path()))
    later = {name: one for name, one in known.items() if name in contract.operations}
    return strangers(contract.document, {**standard, **later})


@cache
def known_operations() -> Mapping[str, Known]:
    """The operations of our own contract, and of the next release."""
    document: dict[str, Any] = read_document(standard_contract_path())
    if (overlay := standard_overlay_path("4.3")).is_file():
        document = apply_overlay(document, overlay).document
    return known_in(document)


def _check_kind(document: Mapping[str, Any], name: str) -> None:
    version = str(document.get("openapi") or document.get("swagger") or "")
    if isinstance(document.get("paths"), dict) and version.startswith(("3.0", "3.1")) and "openapi" in document:
        return
    if version:
        found = "Swagger" if "swagger" in document else "OpenAPI"
        cause = f"it is {found} {version}" + ("" if isinstance(document.get("paths"), dict) else " without /paths")
    else:
        cause = "/openapi and /paths are required"
    raise ContractError(
        "CON-03",
        f"{name} is not an OpenAPI 3.0 or 3.1 document.",
        (cause,),
        "Name the OpenAPI file of the API, version 3.0 or 3.1 (a converter makes one of Swagger 2).",
    )
