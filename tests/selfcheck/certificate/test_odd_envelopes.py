"""Envelopes and statements that say more than was judged, or two things to two readers: each refused for its own reason."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from corpus import Corpus, Fault
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oip_conformance.certificate import CertificateError, load_public_key, verify
from oip_conformance.certificate.canonical import canonical, digest_of
from oip_conformance.certificate.envelope import Envelope
from oip_conformance.certificate.pack import open_pack
from oip_conformance.certificate.rejudgement import Rejudged

FAULTS = Corpus()
refused_as = FAULTS.refused_as


@refused_as("signatures")
def second_signature_that_is_none(forger: Any) -> None:
    """Beside the good signature stands one that is none, under the same key."""

    def doubled(record: dict[str, Any]) -> None:
        sig = base64.b64encode(bytes(64)).decode()
        record["signatures"].append({**record["signatures"][0], "sig": sig})

    forger.change("certificate.json", doubled)


@refused_as("signatures")
def signed_by_a_second_one(forger: Any) -> None:
    """Somebody put a signature of his own beside the issuer's."""
    envelope = Envelope.from_bytes((forger.directory / "certificate.json").read_bytes())
    forger.write("certificate.json", {**envelope.signed(Ed25519PrivateKey.generate()).to_json(), "label": "signed"})


@refused_as("envelope-form")
def note_in_the_envelope(forger: Any) -> None:
    """The envelope carries a note that nobody signed."""
    forger.change("certificate.json", lambda one: one.update(note="audited by the owner of the API"))


@refused_as("envelope-form")
def certificate_chain_in_the_signature(forger: Any) -> None:
    """The signature carries a certificate of its key that nobody asked for."""
    forger.change("certificate.json", lambda one: one["signatures"][0].update(cert="-----BEGIN CERTIFICATE-----"))


@refused_as("signature-added")
def label_that_is_no_text(forger: Any) -> None:
    """The label is a list."""
    forger.change("certificate.json", lambda one: one.update(label=["signed"]))


@refused_as("issuer")
def key_id_that_lies(forger: Any) -> None:
    """The certificate gives its key the id of another."""
    forger.claim(lambda one: one["predicate"]["issuer"].update(key_id="sha256:" + "0" * 64))


@refused_as("issuer")
def key_in_other_letters(forger: Any) -> None:
    """The issuer's key is spelt in letters that base64 does not have."""
    forger.claim(lambda one: one["predicate"]["issuer"].update(public_key="nøkkel"))


@refused_as("claim-issuer")
def issuer_with_a_name(forger: Any) -> None:
    """The issuer calls himself by the name of somebody whom people trust."""
    forger.claim(lambda one: one["predicate"]["issuer"].update(name="Oculos AS"))


@refused_as("claim-runs")
def runs_known_from_an_audit(forger: Any) -> None:
    """The count of runs is said to come from an audit."""
    forger.claim(lambda one: one["predicate"]["runs"].update(known_from="an audit of all runs ever made"))


@refused_as("claim-runs")
def runs_with_a_remark(forger: Any) -> None:
    """Beside the count of runs stands a remark."""
    forger.claim(lambda one: one["predicate"]["runs"].update(remark="all passed"))


@refused_as("claim-suite")
def suite_of_another_name(forger: Any) -> None:
    """The suite is called by a grander name."""
    forger.claim(lambda one: one["predicate"]["suite"].update(name="The official OIP suite"))


@refused_as("claim-suite")
def other_dependencies(forger: Any) -> None:
    """A dependency has another version than the digest of all was made from."""
    forger.claim(lambda one: one["predicate"]["suite"]["dependencies"]["httpx"].update(version="99.0"))


@refused_as("claim-suite")
def other_python(forger: Any) -> None:
    """The suite ran on another Python by the certificate than by the results."""
    forger.claim(lambda one: one["predicate"]["suite"].update(python="4.0.0"))


@refused_as("claim-form")
def statement_with_a_remark(forger: Any) -> None:
    """The statement says something beside its predicate."""
    forger.claim(lambda one: one.update(remark="valid for every release"))


@refused_as("subjects")
def subject_twice(forger: Any) -> None:
    """The results are bound twice, first by a digest that is not theirs."""

    def doubled(statement: dict[str, Any]) -> None:
        statement["subject"].insert(1, {"name": "results.json", "digest": {"sha256": "0" * 64}})

    forger.claim(doubled)


@refused_as("digest-results.json")
def second_digest(forger: Any) -> None:
    """The results are bound by a second digest of another kind, which is not theirs."""
    forger.claim(lambda one: one["subject"][1]["digest"].update(sha512="0" * 128))


@refused_as("digest-evidence.ndjson.gz")
def subject_with_an_address(forger: Any) -> None:
    """A bound file is said to lie at an address."""
    forger.claim(lambda one: one["subject"][2].update(uri="https://example.com/evidence.ndjson.gz"))


@refused_as("issued-late")
def issued_anew_later(forger: Any) -> None:
    """A certificate over what was seen before was issued anew, to be valid for longer."""
    forger.seal(now=forger.issued + dt.timedelta(days=2))


@refused_as("valid-too-long")
def valid_one_second_too_long(forger: Any) -> None:
    """It is valid one second longer than any."""
    expires = dt.datetime.fromisoformat(forger.predicate["expires"]) + dt.timedelta(seconds=1)
    forger.claim(lambda one: one["predicate"].update(expires=expires.isoformat()))


@refused_as("dates")
def issued_at_the_end_of_time(forger: Any) -> None:
    """It expires beyond the last day that there is."""
    forger.claim(lambda one: one["predicate"].update(expires="9999-12-31T23:59:59-23:00"))


@refused_as("refused-too")
def refused_and_issued(forger: Any) -> None:
    """The run was refused a certificate, and has one."""
    forger.write("certificate-refused.json", {"certificate": None, "reasons": ["the verdict is failed"]})


@refused_as("refusal")
def refusal_for_a_better_reason(forger: Any) -> None:
    """A run without a certificate gives a reason that is none."""
    (forger.directory / "certificate.json").unlink()
    forger.write("certificate-refused.json", {"certificate": None, "reasons": ["there was no key to sign with"]})


@refused_as("refusal")
def refusal_of_another_form(forger: Any) -> None:
    """The reasons why there is no certificate are a number."""
    (forger.directory / "certificate.json").unlink()
    forger.write("certificate-refused.json", {"certificate": None, "reasons": 7})


@pytest.mark.parametrize(("code", "fault"), FAULTS, ids=[fault.__name__ for _, fault in FAULTS])
def test_what_says_more_than_was_judged_is_refused(
    code: str, fault: Fault, forger: Any, sound: Rejudged, keys: tuple[Path, Path]
) -> None:
    fault(forger)
    key = load_public_key(str(keys[1]))
    found = verify(forger.directory, lambda _: sound, key=key, requirements=forger.register)
    codes = [one.code for answer in found.answers for one in answer.findings]
    assert code in codes, (fault.__doc__, codes)
    assert found.exit_code == 1


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old, new, 1)


def with_spare_bits(content: bytes) -> bytes:
    """A signature whose last character has other bits, which decode to nothing."""
    sig = orjson.loads(content)["signatures"][0]["sig"]
    assert sig.endswith("==")
    other = sig[:-3] + chr(ord(sig[-3]) + 1) + "=="
    return content.replace(sig.encode(), other.encode())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (replaced(b'"payload":', b'"payload": "e30=", "payload":'), "VER-03"),
        (replaced(b'"label":', b'"label": "unsigned", "label":'), "VER-03"),
        (replaced(b'"payload": "', b'"payload": " '), "VER-03"),
        (replaced(b'"payload": "', b'"payload": "\\n'), "VER-03"),
        (with_spare_bits, "VER-03"),
        (lambda content: b"\xef\xbb\xbf" + content, "VER-03"),
        (replaced(b'"label": "signed"', b'"label": NaN'), "VER-03"),
        (replaced(b'"label": "signed"', b'"label": ' + b"[" * 990 + b"]" * 990), "VER-03"),
    ],
    ids=["payload twice", "label twice", "space", "line", "spare bits", "byte order mark", "no number", "depth"],
)
def test_an_envelope_that_two_readers_read_differently_is_none(forger: Any, change: Any, code: str) -> None:
    path = forger.directory / "certificate.json"
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before
    with pytest.raises(CertificateError) as told:
        open_pack(forger.directory)
    assert told.value.code == code


def test_a_payload_deeper_than_any_is_no_statement(forger: Any) -> None:
    deep = b'{"_type":"https://in-toto.io/Statement/v1","predicate":' + b"[" * 500 + b"]" * 500 + b"}"
    forger.write("certificate.json", {**Envelope(deep).signed(forger.key).to_json(), "label": "signed"})
    with pytest.raises(CertificateError) as told:
        open_pack(forger.directory)
    assert told.value.code == "VER-04"


def test_base64_of_addresses_is_read_as_the_other(forger: Any, sound: Rejudged, keys: tuple[Path, Path]) -> None:
    """DSSE has whoever verifies take both alphabets."""

    def other(text: str) -> str:
        return text.replace("+", "-").replace("/", "_")

    def spelt(record: dict[str, Any]) -> None:
        record["payload"] = other(record["payload"])
        record["signatures"][0]["sig"] = other(record["signatures"][0]["sig"])

    forger.change("certificate.json", spelt)
    key = load_public_key(str(keys[1]))
    assert verify(forger.directory, lambda _: sound, key=key, requirements=forger.register).exit_code == 0


def test_dates_hold_to_the_second_and_clocks_may_be_five_minutes_apart(
    forger: Any, sound: Rejudged, keys: tuple[Path, Path]
) -> None:
    key = load_public_key(str(keys[1]))
    issued, expires = (dt.datetime.fromisoformat(forger.predicate[name]) for name in ("issued", "expires"))
    for moment, code in (
        (expires, None),
        (expires + dt.timedelta(seconds=1), "expired"),
        (issued - dt.timedelta(minutes=5), None),
        (issued - dt.timedelta(minutes=5, seconds=1), "future-dated"),
        (dt.datetime.max.replace(tzinfo=dt.UTC), "expired"),
        (dt.datetime.min.replace(tzinfo=dt.UTC), "future-dated"),
    ):
        found = verify(forger.directory, lambda _: sound, key=key, at=moment, requirements=forger.register)
        assert [one.code for answer in found.answers for one in answer.findings] == ([code] if code else []), moment


def test_the_digest_of_the_dependencies_is_made_from_them(forger: Any) -> None:
    suite = forger.predicate["suite"]
    assert suite["dependencies_digest"] == digest_of(suite["dependencies"])
    assert canonical(suite)
