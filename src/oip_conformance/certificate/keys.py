"""Ed25519 keys: made in pairs, read from a file or from the environment, named by the digest of the public one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from oip_conformance.certificate.errors import CertificateError

SIGNING_KEY_VARIABLE = "OIP_SIGNING_KEY"
"""The environment variable with the signing key: the path of a PEM file, PEM text, or either in base64."""

_LARGEST = 64 * 1024


def generate_keys(file: Path) -> tuple[Path, Path, str]:
    """Make a pair: the private key in `file`, for its owner alone, the public one beside it; returns both and the key id.

    Raises CertificateError VER-08 rather than replace a file.
    """
    private = Ed25519PrivateKey.generate()
    public_file = file.with_name(f"{file.stem}.pub{file.suffix or '.pem'}")
    try:
        if public_file.exists():
            raise FileExistsError(17, "it exists", str(public_file))
        _write(file, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
        _write(public_file, private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    except OSError as problem:
        raise CertificateError(
            "VER-08",
            f"{problem.filename or file} cannot be written ({problem.strerror or problem}).",
            "Name a new file with -o; a key that exists is never replaced.",
        ) from problem
    return file, public_file, key_id(private.public_key())


def key_id(key: Ed25519PublicKey) -> str:
    """sha256 over the public key (SubjectPublicKeyInfo)."""
    return f"sha256:{hashlib.sha256(spki(key)).hexdigest()}"


def spki(key: Ed25519PublicKey) -> bytes:
    """The public key as SubjectPublicKeyInfo, DER."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def load_signing_key(value: str) -> Ed25519PrivateKey:
    """The private key in a file, in PEM, or in base64. Raises CertificateError VER-07, which never repeats the value."""
    content = _content(value)
    try:
        if len(content) == 32:
            return Ed25519PrivateKey.from_private_bytes(content)
        key = (
            load_pem_private_key(content, None)
            if content.lstrip().startswith(b"-----")
            else load_der_private_key(content, None)
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise CertificateError(
            "VER-07",
            f"{SIGNING_KEY_VARIABLE} holds no Ed25519 private key that can be read without a passphrase.",
            "Make one with `oip-conformance keygen`, and give its path, its PEM text, or that in base64.",
        )
    return key


def load_public_key(value: str) -> Ed25519PublicKey:
    """The public key in a file, in PEM, or in base64. Raises CertificateError VER-06."""
    return public_key_from(_content(value))


def public_key_from(content: bytes) -> Ed25519PublicKey:
    """The public key in PEM, in DER, or as its 32 bytes. Raises CertificateError VER-06."""
    try:
        if len(content) == 32:
            return Ed25519PublicKey.from_public_bytes(content)
        key = load_pem_public_key(content) if content.lstrip().startswith(b"-----") else load_der_public_key(content)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise CertificateError(
            "VER-06", "the key given is no Ed25519 public key.", "Give the .pub.pem file that `keygen` wrote."
        )
    return key


def _content(value: str) -> bytes:
    text = value.strip()
    if text.startswith("-----"):
        return text.replace("\\n", "\n").encode()
    try:
        path = Path(text).expanduser()
        if path.is_file() and path.stat().st_size <= _LARGEST:
            return path.read_bytes()
    except (OSError, ValueError, RuntimeError):
        pass
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
