"""The first question: is the signature good, and whose is it?"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from oip_conformance.certificate.answer import Answer, Finding, Found
from oip_conformance.certificate.canonical import canonical
from oip_conformance.certificate.envelope import PAYLOAD_TYPE
from oip_conformance.certificate.errors import CertificateError
from oip_conformance.certificate.keys import key_id, public_key_from
from oip_conformance.certificate.pack import Pack

QUESTION = "Is the signature good, and whose is it?"


def answer_signature(pack: Pack, key: Ed25519PublicKey | None) -> Answer:
    """Judge the signature with the key of the one who is trusted, or with the key in the certificate when none is given."""
    whose = key_id(key) if key else ""
    return Answer(QUESTION, f"The certificate is signed by {whose}, the key given.", tuple(_findings(pack, key)))


def _findings(pack: Pack, key: Ed25519PublicKey | None) -> Iterator[Finding]:
    envelope, predicate = pack.envelope, pack.predicate
    if envelope is None:
        told = (pack.refusal or {}).get("reasons")
        reasons = "; ".join(str(one).rstrip(".") for one in told) if isinstance(told, list) else ""
        reasons = reasons or "the directory holds none"
        yield Finding("no-certificate", f"There is no certificate: {reasons}.", Found.UNDECIDED)
        return
    if envelope.payload_type != PAYLOAD_TYPE:
        yield Finding("payload-type", f"The payload's type is {envelope.payload_type!r}, not {PAYLOAD_TYPE}.")
        return
    if predicate is None:
        yield Finding("predicate-type", "The statement is none of a conformance certificate.")
        return
    if canonical(pack.statement) != envelope.payload:
        yield Finding("payload-form", "The payload is not canonical JSON, as every issued certificate is.")
    if pack.surplus:
        yield Finding("envelope-form", f"The envelope says more than was signed: {', '.join(pack.surplus)[:200]}.")
    if not envelope.signatures:
        if predicate.get("signed") or pack.label == "signed":
            yield Finding("signature-removed", "The certificate says that it is signed, and carries no signature.")
        else:
            yield Finding("unsigned", "The certificate is unsigned: nobody answers for it.", Found.UNDECIDED)
        return
    if not predicate.get("signed") or pack.label != "signed":
        yield Finding("signature-added", "The certificate calls itself unsigned, and carries a signature.")
    if len(envelope.signatures) > 1:
        yield Finding("signatures", f"The envelope has {len(envelope.signatures)} signatures; a certificate has one.")
    named = _named_key(predicate.get("issuer"))
    if named is None:
        yield Finding("issuer", "The certificate names no key of its issuer that can be read.")
    elif not envelope.is_signed_by(named):
        yield Finding("signature-broken", "The signature does not fit the payload: one of them was changed.")
    elif any(one.keyid != key_id(named) for one in envelope.signatures):
        yield Finding("key-id", "The envelope names another key than the one that signed.")
    elif key is None:
        yield Finding(
            "key-unknown",
            f"The signature is good; whose key {key_id(named)} is remains unknown. Give the issuer's with --key.",
            Found.UNDECIDED,
        )
    if key is not None and not envelope.is_signed_by(key):
        by = f" It was signed with {key_id(named)}." if named else ""
        yield Finding("wrong-key", f"The key given, {key_id(key)}, did not sign this certificate.{by}")


def _named_key(issuer: object) -> Ed25519PublicKey | None:
    if not isinstance(issuer, dict) or not isinstance(issuer.get("public_key"), str):
        return None
    try:
        key = public_key_from(base64.b64decode(issuer["public_key"], validate=True))
    except (CertificateError, ValueError):
        return None
    return key if key_id(key) == issuer.get("key_id") else None
