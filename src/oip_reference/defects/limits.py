"""Defects of limits and windows."""

from __future__ import annotations

from oip_reference.defects.registration import defect
from oip_reference.promotions import Promotions
from oip_reference.server import ReferenceServer


@defect("accepts_an_expired_promotion", breaks="OIP-PROMO-05", family="limits")
def _(server: ReferenceServer) -> None:
    """A promotion can be redeemed, and is listed as available, before and after its window."""
    server.replace(Promotions, "window_is_open", lambda *_: True)
