"""Verification: four answers, kept apart. It works offline, trusts no figure it can compute, and writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from oip_conformance.certificate.answer import ODD, Answer, Found, Verification
from oip_conformance.certificate.consistency import OTHER_SUITE, answer_consistency
from oip_conformance.certificate.pack import Pack, open_pack
from oip_conformance.certificate.rejudgement import Rejudged, answer_rejudgement, by_other_tests
from oip_conformance.certificate.rendering import readable
from oip_conformance.certificate.signature import answer_signature
from oip_conformance.certificate.words import NOT_PROVEN
from oip_conformance.contract.requirements import RequirementSet, load_requirements
from oip_conformance.evidence import EvidenceError

Rejudge = Callable[[Path], Rejudged]
"""Judges the run in a directory again from its evidence. Raises EvidenceError."""


def verify(
    directory: Path,
    rejudge: Rejudge,
    *,
    key: Ed25519PublicKey | None = None,
    at: dt.datetime | None = None,
    requirements: RequirementSet | None = None,
) -> Verification:
    """Verify a run directory on a day (default: now), with the register that ships.

    Raises CertificateError when it cannot be read at all.
    """
    pack = open_pack(directory)
    rejudged, problem = None, ""
    try:
        rejudged = rejudge(directory)
    except EvidenceError as unreadable:
        problem = f"{unreadable.message} ({unreadable.code})"
    moment = at or dt.datetime.now(dt.UTC)
    consistency = answer_consistency(pack, requirements or load_requirements(), moment, rejudged)
    again = answer_rejudgement(pack.results, rejudged, problem)
    if rejudged and any(one.code in OTHER_SUITE for one in consistency.findings):
        again = by_other_tests(again)
    return Verification((answer_signature(pack, key), consistency, again), NOT_PROVEN, _readable(pack))


def _readable(pack: Pack) -> str:
    if pack.predicate is None:
        return ""
    try:
        return readable(pack.predicate)
    except ODD:
        return ""


__all__ = ["Answer", "Found", "Rejudge", "Rejudged", "Verification", "verify"]
