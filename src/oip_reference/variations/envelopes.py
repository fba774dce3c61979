"""Variations of the error envelope."""

from __future__ import annotations

from typing import Any

from oip_reference.http.answer import Envelope
from oip_reference.server import ReferenceServer
from oip_reference.variations.registration import variation


@variation("details_errors_as_an_object", family="envelope")
def _(server: ReferenceServer) -> None:
    """`detailedErrorMessage` is an object instead of a text or a list."""

    def document(_part: Envelope, status: int, detail: Any) -> dict[str, Any]:
        shown: dict[str, Any] = kept(status, detail)
        if not isinstance(detail, dict):
            shown["detailedErrorMessage"] = {"errors": detail if isinstance(detail, list) else [detail]}
        return shown

    kept = server.replace(Envelope, "document", document)
