"""The certificate: the signed statement of a verdict, bound by digests to contract, profile, suite and evidence."""

from __future__ import annotations

from oip_conformance.certificate.errors import CertificateError
from oip_conformance.certificate.issuing import (
    CERTIFICATE_NAME,
    READABLE_NAME,
    REFUSED_NAME,
    Issued,
    issue,
    signing_key_from_environment,
)
from oip_conformance.certificate.keys import generate_keys, key_id, load_public_key, load_signing_key
from oip_conformance.certificate.verification import Answer, Verification, verify

__all__ = [
    "CERTIFICATE_NAME",
    "READABLE_NAME",
    "REFUSED_NAME",
    "Answer",
    "CertificateError",
    "Issued",
    "Verification",
    "generate_keys",
    "issue",
    "key_id",
    "load_public_key",
    "load_signing_key",
    "signing_key_from_environment",
    "verify",
]
