"""Values for parameters that name nothing the target hands out: timestamps, pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from oip_conformance.generation.dates import TURNING_POINTS, spell

_SINCE = (
    dt.datetime(2024, 1, 1, 22, 10),
    *TURNING_POINTS.values(),
    dt.datetime(2099, 12, 31, 23, 59),
)

SEGMENTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("getChangedCustomersList", "timestamp"): tuple(dict.fromkeys(spell(at, "compact_minute") for at in _SINCE)),
}
"""By operation and path parameter: values that are right whatever the target holds."""

QUERIES: Mapping[str, tuple[str, ...]] = {
    "getCustomerByMobilePhone": ("mobilePhone={{customer.mobilePhone}}",),
    "getCouponsByMobilePhone": ("mobilePhone={{customer.mobilePhone}}",),
    "enableUse": ("id={{promotion.id}}&customerId={{changing.key}}",),
    "disableUse": ("id={{promotion.id}}&customerId={{changing.key}}",),
    "report1": ("", "page=1", "page=1&rowsPage=1", "page=2&rowsPage=1", "rowsPage=25", "page=1&rowsPage=100", "x=1"),
}
"""By operation: query strings that are right whatever the target holds."""
