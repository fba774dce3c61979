"""Whether the values of a profile make sense, each by itself and together, before any contract or target is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema_rs

from oip_conformance.profile.model import PROMOTION_ROLES, Profile
from oip_conformance.profile.places import line_of
from oip_conformance.profile.problems import Problem
from oip_conformance.resources import spec_directory

E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
COUNTRY_CODE = re.compile(r"\+[1-9]\d{0,2}", re.ASCII)
FEW_NUMBERS = 3000
"""So many numbers a phone range should have: a standard run takes some hundreds, and each run takes fresh ones."""
FEW_REQUESTS = 500
"""Below so many requests no run of any level comes to its end."""

_OURS = frozenset(
    {"x-api-key", "host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"}
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PHONE_OPERATIONS = frozenset({"sendSms", "sendSmsCode", "lookupMobilePhone"})

Found = Iterator[tuple[str, str, str, str | None]]
"""What a sense finds: code, place, message, and the value whose line is wanted."""


def senses(profile: Profile, path: Path, text: str) -> list[Problem]:
    """Everything that makes no sense, in the order of the file's tables."""
    found: list[Problem] = []
    for sense in _SENSES:
        for code, place, message, value in sense(profile):
            found.append(Problem(code, place, message, line_of(text, place, value)))
    for code, place, message, value in _files(profile, path.parent):
        found.append(Problem(code, place, message, line_of(text, place, value)))
    return found


def overlay_file(name: str, folder: Path) -> Path:
    """The file of an overlay: a path relative to the profile, or the short name of one that ships."""
    shipped = spec_directory() / "overlays" / f"{name}.overlay.yaml"
    return shipped if re.fullmatch(r"[\w.-]+", name) and shipped.is_file() else folder / name


def _address(profile: Profile) -> Found:
    url = profile.target.url
    if url is None:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        yield "CFG-40", "target.url", "it is no http(s) address.", None
    elif parts.username or parts.password:
        yield "CFG-06", "target.url", "it carries credentials.", None
    elif parts.query or parts.fragment:
        yield "CFG-40", "target.url", "it carries a query or a fragment.", None


def _headers(profile: Profile) -> Found:
    for name, value in profile.target.headers.items():
        place = f"target.headers.{name}"
        if name.lower() in _OURS:
            yield "CFG-42", place, "the suite sets this header itself.", None
        elif not _TOKEN.fullmatch(name) or not value.isprintable() or not value.isascii():
            yield "CFG-43", place, "it is no header of HTTP.", None


def _networks(profile: Profile) -> Found:
    for network in profile.access.networks:
        try:
            ip_network(network)
        except ValueError as problem:
            yield "CFG-52", "access.networks", f"{problem}.", network


def _claims(profile: Profile) -> Found:
    claims = profile.claims
    for name, value in (("classes", claims.classes), ("activated", claims.activated)):
        if value != "all" and not value:
            yield "CFG-24", f"claims.{name}", "the list is empty.", None
    if claims.activated != "all":
        for operation in sorted(set(claims.activated) & set(claims.not_activated)):
            yield "CFG-22", "claims.not_activated", f"{operation} stands in both lists.", operation


def _identifiers(profile: Profile) -> Found:
    kinds = profile.identifiers.customer
    if not kinds or len(set(kinds)) != len(kinds):
        yield "CFG-73", "identifiers.customer", f"{list(kinds)} is no choice.", None


def _customers(profile: Profile) -> Found:
    for name, schema in profile.customers.extended_properties.items():
        try:
            jsonschema_rs.Draft202012Validator(schema)
        except (jsonschema_rs.ValidationError, ValueError) as problem:
            message = str(problem).partition("\n")[0]
            yield "CFG-71", f"customers.extended_properties.{name}", f"{message}.", None


def _phones(profile: Profile) -> Found:
    code = profile.customers.phone_country_code
    if not COUNTRY_CODE.fullmatch(code):
        yield "CFG-79", "customers.phone_country_code", f"{code!r} is no country code.", None
    place = "data.phone_range"
    first, last = profile.data.phone_range
    if not (E164.fullmatch(first) and E164.fullmatch(last) and len(first) == len(last) and first <= last):
        yield "CFG-60", place, f"{first} to {last} is no range.", None
        return
    if COUNTRY_CODE.fullmatch(code) and not first.startswith(code):
        yield "CFG-63", place, f"{first} does not begin with {code}.", None
    if (size := int(last) - int(first) + 1) < FEW_NUMBERS:
        yield "CFG-64", place, f"it holds {size} numbers.", None


def _data(profile: Profile) -> Found:
    if not re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}", profile.data.email_domain):
        yield "CFG-66", "data.email_domain", f"{profile.data.email_domain!r} is no domain.", None
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", profile.data.external_id_prefix):
        yield "CFG-67", "data.external_id_prefix", f"{profile.data.external_id_prefix!r} does not fit.", None


def _recipients(profile: Profile) -> Found:
    for name, recipients in profile.safety.external.items():
        place = f"safety.external.{name}"
        if not recipients:
            yield "CFG-61", place, "it names no recipient.", None
        for recipient in recipients if name in _PHONE_OPERATIONS else ():
            if not E164.fullmatch(recipient):
                yield "CFG-65", place, f"{recipient!r} is none.", recipient


def _roles(profile: Profile) -> Found:
    for role in profile.fixtures.promotions:
        if role not in PROMOTION_ROLES:
            yield "CFG-72", f"fixtures.promotions.{role}", f"the roles are {', '.join(PROMOTION_ROLES)}.", None


def _limits(profile: Profile) -> Found:
    total = profile.limits.total_requests
    if total is not None and total < FEW_REQUESTS:
        yield "CFG-68", "limits.total_requests", f"{total} requests are fewer than any run needs.", None


def _files(profile: Profile, folder: Path) -> Found:
    if profile.contract.file and not (folder / profile.contract.file).is_file():
        yield "CFG-80", "contract.file", f"there is no {profile.contract.file}.", profile.contract.file
    for name in profile.contract.overlays:
        if not overlay_file(name, folder).is_file():
            yield "CFG-80", "contract.overlays", f"there is no overlay {name}.", name


_SENSES: tuple[Callable[[Profile], Found], ...] = (
    _address,
    _headers,
    _networks,
    _claims,
    _identifiers,
    _customers,
    _roles,
    _phones,
    _data,
    _recipients,
    _limits,
)
