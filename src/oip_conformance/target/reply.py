"""What a test holds after a call: the live answer, and the exchange that was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from oip_conformance.evidence.exchange import Exchange
from oip_conformance.target.transport import WireResponse

BUSY_STATUSES = frozenset({429, 502})
"""Statuses that speak of a system behind OIP: retried with back-off, then inconclusive, never failed."""


@dataclass(frozen=True)
class Reply:
    """The live answer to one call; `exchange` is what evidence keeps of it. `live` is None when no response came."""

    exchange: Exchange
    live: WireResponse | None

    @property
    def status(self) -> int | None:
        """The HTTP status, or None when no response came."""
        return self.live.status if self.live else None

    @property
    def body(self) -> bytes:
        """The body as it came, empty when no response came."""
        return self.live.body if self.live else b""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The body read as JSON. Raises ValueError when it is not JSON."""
        return orjson.loads(self.body)

    @property
    def succeeded(self) -> bool:
        """Whether the answer is a success of HTTP (2xx, or a redirect)."""
        return self.status is not None and 200 <= self.status < 400

    @property
    def busy(self) -> bool:
        """Whether a system behind the target could not answer, even after waiting."""
        return self.status in BUSY_STATUSES

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name, or None."""
        wanted = name.lower().encode()
        headers = self.live.headers if self.live else ()
        return next((value.decode("latin-1") for key, value in headers if key.lower() == wanted), None)
