"""What a client may set of a customer, and how an update is laid over what is stored. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from oip_reference.clock import iso_seconds

PLAIN_FIELDS: Final = (
    "email",
    "firstName",
    "lastName",
    "address",
    "zip",
    "city",
    "country",
    "birthDate",
    "gender",
    "interests",
)
CONSENT_FLAGS: Final = ("acceptsTerms", "acceptsEmail", "acceptsSms")


def laid_over(stored: Mapping[str, Any], data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The stored profile with `data` over it: absent fields stay, null clears, arrays are replaced as a whole,
    `extendedProperties` and the consent flags key by key. Fields no client may set are left out."""
    profile = dict(stored)
    for name in PLAIN_FIELDS:
        if name in data:
            _put(profile, name, data[name])
    if isinstance(profile.get("zip"), int | float):
        profile["zip"] = str(profile["zip"])
    for spelling in ("favoriteStores", "favouriteStores"):
        if spelling in data:
            _put(profile, "favoriteStores", data[spelling])
    if "extendedProperties" in data:
        _put(profile, "extendedProperties", _merged(profile.get("extendedProperties"), data["extendedProperties"]))
    profile["consents"] = _consents(profile.get("consents") or {}, data, now)
    return profile


def _put(profile: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        profile.pop(name, None)
    else:
        profile[name] = value


def _merged(stored: Mapping[str, Any] | None, given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    merged = {**(stored or {}), **given}
    return {key: value for key, value in merged.items() if value is not None}


def _consents(stored: Mapping[str, Any], data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    given = data.get("consents") or {}
    consents = {flag: bool(given.get(flag, stored.get(flag))) for flag in CONSENT_FLAGS}
    extended = given.get("extendedConsents", data.get("extendedConsents"))
    kept = stored.get("extendedConsents", [])
    return {**consents, "extendedConsents": kept if extended is None else _dated(kept, extended, now)}


def _dated(stored: list[dict[str, Any]], given: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The given consents, each with the date on which its value was first given; the last of a repeated id counts."""
    dates = {(consent["id"], consent["value"]): consent["consentDate"] for consent in stored}
    return [
        {"id": identifier, "value": value, "consentDate": dates.get((identifier, value), iso_seconds(now))}
        for identifier, value in {consent["id"]: bool(consent.get("value")) for consent in given}.items()
    ]
