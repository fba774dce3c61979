"""What may be sent to somebody's real system: the gate every request passes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from oip_conformance.target.transport import is_loopback

PRODUCTION_HOSTS = frozenset({"api.oculos.no"})

Effect = Literal["read", "write", "external"]


class NotAllowed(Exception):
    """The profile does not allow this request; the message names what would allow it."""


@dataclass(frozen=True)
class SafetyGate:
    """Decides by host and profile what may be sent: loopback everything, other hosts reads unless writes are allowed.

    `external` holds the operations with effects outside OIP that the profile names one by one.
    """

    url: str
    writes: bool = False
    external: Collection[str] = ()
    production: bool = False

    @property
    def everything(self) -> bool:
        """Whether the target is on this machine, where nothing is held back."""
        return is_loopback(self.url)

    @property
    def is_production(self) -> bool:
        """Whether the host is the production system."""
        return (urlsplit(self.url).hostname or "").rstrip(".").lower() in PRODUCTION_HOSTS

    def refusal(self, operation: str | None, effect: Effect) -> str | None:
        """Why a request with this effect may not be sent, or None when it may."""
        if self.is_production and not self.production:
            return "the target is the production system and --i-know-this-is-production was not given"
        if self.everything or effect == "read":
            return None
        if effect == "external":
            if operation in self.external:
                return None
            return f"{operation} reaches outside OIP and [safety.external] of the profile does not name it"
        return None if self.writes else "writes are off: [safety] writes = true in the profile allows them"

    def check(self, operation: str | None, effect: Effect) -> None:
        """Raise NotAllowed when a request with this effect may not be sent."""
        reason = self.refusal(operation, effect)
        if reason is not None:
            raise NotAllowed(reason)
