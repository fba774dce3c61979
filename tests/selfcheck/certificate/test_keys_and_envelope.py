"""Keys and envelopes: what DSSE says is signed, what `keygen` writes, and garbage that is told by its code."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_other_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.certificate import CertificateError, generate_keys, key_id, load_public_key, load_signing_key
from oip_conformance.certificate.canonical import canonical, digest_of
from oip_conformance.certificate.envelope import LARGEST, PAYLOAD_TYPE, Envelope, encoding
from oip_conformance.certificate.issuing import signing_key_from_environment


def test_what_is_signed_is_the_encoding_of_the_dsse_specification() -> None:
    """The example of the specification's protocol page."""
    assert encoding("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(payload=st.binary(max_size=200), other=st.binary(max_size=200))
def test_a_signature_fits_its_payload_and_type_alone(payload: bytes, other: bytes) -> None:
    key = Ed25519PrivateKey.generate()
    signed = Envelope(payload).signed(key)
    assert Envelope.from_bytes(json.dumps(signed.to_json()).encode()) == signed
    assert signed.is_signed_by(key.public_key())
    assert not signed.is_signed_by(Ed25519PrivateKey.generate().public_key())
    assert Envelope(other, PAYLOAD_TYPE, signed.signatures).is_signed_by(key.public_key()) == (other == payload)
    assert not Envelope(payload, "text/plain", signed.signatures).is_signed_by(key.public_key())


def test_any_of_several_signatures_may_be_the_one_that_is_trusted() -> None:
    first, second = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    envelope = Envelope(b"x").signed(first).signed(second)
    assert envelope.is_signed_by(first.public_key())
    assert envelope.is_signed_by(second.public_key())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"payload": 1, "payloadType": "x", "signatures": []}',
        b'{"payload": "?", "payloadType": "x", "signatures": []}',
        b'{"payload": "eA==", "payloadType": "x", "signatures": [7]}',
        b'{"payload": "eA==", "payloadType": "x", "signatures": {"keyid": "a"}}',
        b'{"payload": "eA==", "payloadType": "x", "signatures": [{"keyid": "a", "sig": "!"}]}',
        b"[" * 100_000,
    ],
    ids=range(11),
)
def test_what_is_no_envelope_is_told_so(content: bytes) -> None:
    with pytest.raises(CertificateError) as told:
        Envelope.from_bytes(content)
    assert told.value.code == "VER-03"
    assert told.value.hint


def test_a_huge_envelope_is_not_read() -> None:
    with pytest.raises(CertificateError) as told:
        Envelope.from_bytes(b" " * (LARGEST + 1))
    assert told.value.code == "VER-05"


def test_a_key_pair_is_for_its_owner_and_is_never_replaced(tmp_path: Path) -> None:
    private, public, name = generate_keys(tmp_path / "mine.pem")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert public.name == "mine.pub.pem"
    assert name == key_id(load_signing_key(str(private)).public_key()) == key_id(load_public_key(str(public)))
    before = private.read_bytes()
    with pytest.raises(CertificateError) as told:
        generate_keys(tmp_path / "mine.pem")
    assert told.value.code == "VER-08"
    private.unlink()
    with pytest.raises(CertificateError):
        generate_keys(tmp_path / "mine.pem")
    assert not private.exists()
    assert before.startswith(b"-----BEGIN PRIVATE KEY-----")
    with pytest.raises(CertificateError):
        generate_keys(tmp_path / "nowhere" / "mine.pem")


def test_a_key_is_read_in_every_spelling(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    file = tmp_path / "key"
    file.write_bytes(pem)
    spellings = [str(file), pem.decode(), pem.decode().replace("\n", "\\n")]
    spellings += [base64.b64encode(form).decode() for form in (pem, der, raw)]
    assert {key_id(load_signing_key(one).public_key()) for one in spellings} == {key_id(key.public_key())}
    public = key.public_key()
    forms = [public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)]
    forms += [public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)]
    forms += [public.public_bytes(Encoding.Raw, PublicFormat.Raw)]
    assert {key_id(load_public_key(base64.b64encode(form).decode())) for form in forms} == {key_id(public)}


@pytest.mark.parametrize(
    "value", ["", "nothing", "-----BEGIN PRIVATE KEY-----\nxx", "AAAA", "\0", "x" * 5000], ids=range(6)
)
def test_what_is_no_key_is_told_so_without_being_repeated(value: str) -> None:
    for load, code in ((load_signing_key, "VER-07"), (load_public_key, "VER-06")):
        with pytest.raises(CertificateError) as told:
            load(value)
        assert told.value.code == code
        assert len(value) < 7 or value not in str(told.value)


def test_keys_of_another_kind_or_behind_a_passphrase_are_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption

    other = generate_other_key(SECP256R1())
    locked = Ed25519PrivateKey.generate()
    forms = [
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        locked.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
    ]
    for form in forms:
        with pytest.raises(CertificateError):
            load_signing_key(form.decode())
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(CertificateError):
        load_public_key(public.decode())


def test_without_a_key_in_the_environment_nothing_is_signed() -> None:
    assert signing_key_from_environment({}) is None
    assert signing_key_from_environment({"OIP_SIGNING_KEY": ""}) is None
    with pytest.raises(CertificateError):
        signing_key_from_environment({"OIP_SIGNING_KEY": "/no/such/file"})


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 9) | st.lists(st.booleans(), max_size=2), max_size=5))
def test_equal_values_have_one_canonical_form(value: dict[str, object]) -> None:
    turned = dict(reversed(list(value.items())))
    assert canonical(turned) == canonical(value)
    assert digest_of(turned) == digest_of(value)
    assert json.loads(canonical(value)) == value
