"""The DSSE envelope: a payload, its type, and signatures over both (Dead Simple Signing Envelope, version 1)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from oip_conformance.certificate.errors import CertificateError
from oip_conformance.certificate.keys import key_id

PAYLOAD_TYPE = "application/vnd.in-toto+json"
LARGEST = 16 * 1024**2


@dataclass(frozen=True)
class Signature:
    """One signature, and the id of the key that made it, as the envelope claims it."""

    keyid: str
    sig: bytes


@dataclass(frozen=True)
class Envelope:
    """A payload with its signatures; none when it is unsigned."""

    payload: bytes
    payload_type: str = PAYLOAD_TYPE
    signatures: tuple[Signature, ...] = ()

    def signed(self, key: Ed25519PrivateKey) -> Envelope:
        """The same envelope with one more signature."""
        made = Signature(key_id(key.public_key()), key.sign(encoding(self.payload_type, self.payload)))
        return Envelope(self.payload, self.payload_type, (*self.signatures, made))

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether one of the signatures is this key's; the ids that the envelope claims are no evidence."""
        message = encoding(self.payload_type, self.payload)
        for signature in self.signatures:
            try:
                key.verify(signature.sig, message)
            except InvalidSignature:
                continue
            return True
        return False

    def to_json(self) -> dict[str, Any]:
        """The envelope as it is written."""
        return {
            "payloadType": self.payload_type,
            "payload": base64.b64encode(self.payload).decode(),
            "signatures": [{"keyid": one.keyid, "sig": base64.b64encode(one.sig).decode()} for one in self.signatures],
        }

    @classmethod
    def from_bytes(cls, content: bytes) -> Envelope:
        """The envelope in a file. Raises CertificateError VER-03 or VER-05."""
        if len(content) > LARGEST:
            raise CertificateError("VER-05", "the certificate is larger than any is.", _TAKE_IT_AGAIN)
        try:
            record = orjson.loads(content)
            json.loads(content.decode(), object_pairs_hook=_once_each)
            signatures = tuple(Signature(_text(one, "keyid"), _bytes(one, "sig")) for one in record["signatures"])
            return cls(_bytes(record, "payload"), _text(record, "payloadType"), signatures)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
            raise CertificateError(
                "VER-03", f"the certificate is no DSSE envelope ({type(problem).__name__}: {problem}).", _TAKE_IT_AGAIN
            ) from problem


_TAKE_IT_AGAIN = "Take the run directory from whoever issued it again."


def encoding(payload_type: str, payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding (PAE) of type and payload."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value


def _bytes(record: Mapping[str, Any], name: str) -> bytes:
    text = _text(record, name).replace("-", "+").replace("_", "/")
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        raise ValueError(f"{name} is no base64") from problem
    if base64.b64encode(content).decode() != text:
        raise ValueError(f"{name} is not spelt as base64 spells it")
    return content


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a member that stands there twice would be another one for another reader."""
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member stands there twice")
    return found
