"""The reference server as an object: its contract, its storage, its tenants and its replaceable parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from inspect import signature
from types import MethodType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from oip_reference.parts import Part

if TYPE_CHECKING:
    from oip_conformance.contract import Contract
    from oip_reference.http.answer import Answer
    from oip_reference.http.request import Call, Request
    from oip_reference.storage.database import Database
    from oip_reference.tenancy.tenant import Tenant

P = TypeVar("P", bound=Part)
R = TypeVar("R")

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Exchange: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
Shaper: TypeAlias = "Callable[[Request, Call | None, Answer], Answer]"


class UnknownPoint(Exception):
    """A replacement names a part or a method that the server does not have, so it would change nothing."""


class Collision(Exception):
    """Two deviations replace the same method, so that the first of them would change nothing."""


class ReferenceServer:
    """An OIP implementation with real state; `oip_reference.http.asgi.Application` puts it on the wire."""

    def __init__(self, contract: Contract, database: Database, tenants: Mapping[str, Tenant]) -> None:
        self.contract = contract
        self.database = database
        self.tenants = tenants
        self.shapers: list[Shaper] = []
        self.wrappers: list[Callable[[Exchange], Exchange]] = []
        self.replaced: set[type[Part]] = set()
        self.speaks = b"HTTP/1.1"
        self.applying = ""
        self._parts: dict[type[Part], Part] = {}
        self._owners: dict[tuple[type[Part], str], str] = {}

    @property
    def deviates(self) -> bool:
        """Whether anything was replaced, reshaped or wrapped, so that no shortcut may stand in for a rule."""
        return bool(self.replaced or self.shapers or self.wrappers)

    def part(self, kind: type[P]) -> P:
        """The server's one object of class `kind`, made when first asked for."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind(self)
        return found  # type: ignore[return-value]  # the mapping pairs a class with its own instance

    def replace(self, kind: type[Part], name: str, function: Callable[..., R]) -> Callable[..., R]:
        """Puts `function(part, ...)` in the place of a method and returns the method that stood there.

        Raises `UnknownPoint` when the server has no such part, the part no such method, or the method other parameters,
        and `Collision` when another deviation than the one that is `applying` stands there already.
        """
        owner = self._owners.setdefault((kind, name), self.applying)
        if owner != self.applying:
            raise Collision(f"{owner} and {self.applying} both replace {kind.__name__}.{name}")
        part = self._parts.get(kind)
        if part is None:
            raise UnknownPoint(f"the server has no part {kind.__name__}")
        kept = getattr(part, name, None)
        if not callable(kept):
            raise UnknownPoint(f"{kind.__name__} has no method {name}")
        replacement = MethodType(function, part)
        if not _takes_the_same(kept, replacement):
            raise UnknownPoint(f"{kind.__name__}.{name} has other parameters: {signature(kept)}")
        setattr(part, name, replacement)
        self.replaced.add(kind)
        return kept  # type: ignore[no-any-return]  # a bound method of unknown signature

    def shape(self, shaper: Shaper) -> None:
        """Passes every answer, refusals included, through `shaper` before it is put into bytes."""
        self.shapers.append(shaper)

    def wrap(self, wrapper: Callable[[Exchange], Exchange]) -> None:
        """Puts `wrapper` around the whole exchange: it may delay, cut or rewrite bytes, headers and status."""
        self.wrappers.append(wrapper)


def _takes_the_same(kept: Callable[..., Any], replacement: Callable[..., Any]) -> bool:
    """Whether a replacement can be called as the method that stands there is."""
    parameters = signature(kept).parameters.values()
    placed = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    named = {one.name: None for one in parameters if one.kind is one.KEYWORD_ONLY}
    try:
        signature(replacement).bind(*placed, **named)
    except TypeError:
        return False
    return True
