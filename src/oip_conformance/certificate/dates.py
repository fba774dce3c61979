"""When a certificate was issued, how long it is valid, and whether that fits the run and the day it is looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from oip_conformance.certificate.answer import Finding
from oip_conformance.certificate.errors import CertificateError
from oip_conformance.certificate.statement import VALID_FOR

SKEW = dt.timedelta(minutes=5)
"""So far may the clocks of two machines be apart."""
ISSUED_WITHIN = dt.timedelta(days=1)
"""A certificate is issued when its run ends: what was seen long ago is not issued anew."""


def read_moment(text: object) -> dt.datetime:
    """A moment in ISO 8601; without a zone it is UTC, a date is its first moment. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is no date")
    moment = dt.datetime.fromisoformat(text)
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def moment_given(text: str) -> dt.datetime:
    """The moment that a command was given. Raises CertificateError VER-09."""
    try:
        return read_moment(text)
    except (ValueError, OverflowError):
        raise CertificateError("VER-09", f"{text!r} is no date.", "Give one like 2026-11-25.") from None


def date_findings(predicate: Mapping[str, Any], run: Mapping[str, Any], at: dt.datetime) -> Iterator[Finding]:
    """What is wrong with the dates of a certificate, looked at on a day."""
    try:
        yield from _findings(predicate, run, at)
    except (KeyError, ValueError, OverflowError) as problem:
        yield Finding("dates", f"A date cannot be read or reckoned with ({problem}).")


def _findings(predicate: Mapping[str, Any], run: Mapping[str, Any], at: dt.datetime) -> Iterator[Finding]:
    issued, expires = read_moment(predicate["issued"]), read_moment(predicate["expires"])
    started, ended = read_moment(run["started"]), read_moment(run["ended"])
    if ended < started:
        yield Finding("run-dates", f"The run ends ({run['ended']}) before it starts ({run['started']}).")
    if ended - issued > SKEW:
        yield Finding("issued-early", f"It was issued ({predicate['issued']}) before its run ended ({run['ended']}).")
    if issued - ended > ISSUED_WITHIN:
        yield Finding(
            "issued-late", f"It was issued ({predicate['issued']}) long after its run ended ({run['ended']})."
        )
    if issued - at > SKEW:
        yield Finding("future-dated", f"It is issued at a time to come, {predicate['issued']}.")
    if expires <= issued:
        yield Finding("expires-early", f"It expires ({predicate['expires']}) before it was issued.")
    if expires - issued > VALID_FOR:
        yield Finding("valid-too-long", f"It claims to be valid for longer than {VALID_FOR.days} days.")
    if issued <= expires < at:
        yield Finding("expired", f"It expired at {predicate['expires']}.")
