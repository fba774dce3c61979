"""Whether a profile and its contract speak of the same things: every name, claim and recipient is looked up."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from oip_conformance.profile.model import CLASSES, Profile
from oip_conformance.profile.places import line_of
from oip_conformance.profile.problems import Problem


class Offered(Protocol):
    """An operation of the contract, as far as a profile speaks of it."""

    @property
    def id(self) -> str: ...

    @property
    def conformance_class(self) -> str: ...

    @property
    def effect(self) -> str: ...


def check_against(
    profile: Profile, operations: Mapping[str, Offered], classes: Collection[str] = CLASSES
) -> list[Problem]:
    """What a profile says that its contract does not bear out."""
    found = [
        *_unknown(profile, operations, classes),
        *_unclaimed(profile, operations),
        *_without_effect(profile, operations),
    ]
    text = profile._text
    return [
        Problem(code, place, message, line_of(text, place.partition(":")[0], value), hint)
        for code, place, message, value, hint in found
    ]


Found = Iterator[tuple[str, str, str, str, str]]


def _unknown(profile: Profile, operations: Mapping[str, Offered], classes: Collection[str]) -> Found:
    claims = profile.claims
    activated = () if claims.activated == "all" else claims.activated
    named = [("claims.activated", name) for name in activated]
    named += [("claims.not_activated", name) for name in claims.not_activated]
    named += [(f"operations.{name}", name) for name in profile.operations]
    named += [(f"safety.external.{name}", name) for name in profile.safety.external]
    for place, name in named:
        if name not in operations:
            yield "CFG-20", place, f"the contract has no operation {name!r}.", name, _close(name, operations)
    known = {*classes, *(one.conformance_class for one in operations.values())}
    for name in () if claims.classes == "all" else claims.classes:
        if name not in known:
            yield "CFG-21", "claims.classes", f"there is no class {name!r}.", name, _close(name, known)


def _unclaimed(profile: Profile, operations: Mapping[str, Offered]) -> Found:
    claims = profile.claims
    if claims.activated == "all" or claims.classes == "all":
        return
    for name in claims.activated:
        found = operations.get(name)
        if found is not None and found.conformance_class not in claims.classes:
            message = f"{name} belongs to {found.conformance_class}, which is not claimed."
            yield "CFG-23", "claims.activated", message, name, ""


def _without_effect(profile: Profile, operations: Mapping[str, Offered]) -> Found:
    for name in profile.safety.external:
        found = operations.get(name)
        if found is not None and found.effect != "external":
            yield "CFG-26", f"safety.external.{name}", f"{name} only {found.effect}s.", name, ""


def _close(name: str, names: Collection[str]) -> str:
    close = difflib.get_close_matches(name, list(names), 1)
    return f"Did you mean {close[0]!r}?" if close else ""
