"""Bad packs: what anybody may do to a run directory without the issuer's key, each refused for its own reason."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from corpus import Corpus
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oip_conformance.certificate import load_public_key

FAULTS = Corpus()
refused_as = FAULTS.refused_as


def payload(forger: Any, change: Callable[[bytes], bytes]) -> None:
    """Change the payload and leave the signature."""
    forger.change(
        "certificate.json",
        lambda one: one.update(payload=base64.b64encode(change(base64.b64decode(one["payload"]))).decode()),
    )


@refused_as("signature-broken")
def edited_verdict(forger: Any) -> None:
    """The certificate's verdict was edited: more requirements passed than there were."""
    payload(forger, lambda content: content.replace(b'"passed":10', b'"passed":99'))


@refused_as("signature-broken")
def edited_target(forger: Any) -> None:
    """The certificate was rewritten to another target."""
    payload(forger, lambda content: content.replace(b"http://127.0.0.1", b"https://api.oculos.no"))


@refused_as("payload-form")
def payload_with_white_space(forger: Any) -> None:
    """The payload says the same in another spelling."""
    payload(forger, lambda content: orjson.dumps(orjson.loads(content), option=orjson.OPT_INDENT_2))


@refused_as("payload-type")
def other_payload_type(forger: Any) -> None:
    """The envelope declares its payload to be something else."""
    forger.change("certificate.json", lambda one: one.update(payloadType="application/json"))


@refused_as("signature-removed")
def signature_removed(forger: Any) -> None:
    """The signature was taken off."""
    forger.change("certificate.json", lambda one: one.update(signatures=[]))


@refused_as("unsigned")
def signature_removed_and_denied(forger: Any) -> None:
    """The signature was taken off, and the certificate made to say that there never was one."""
    forger.claim(lambda one: one["predicate"].update(signed=False, issuer=None))
    forger.change("certificate.json", lambda one: one.update(signatures=[], label="unsigned"))


@refused_as("signature-added")
def labelled_unsigned(forger: Any) -> None:
    """A signed certificate is labelled unsigned, so that nobody looks."""
    forger.change("certificate.json", lambda one: one.update(label="unsigned"))


@refused_as("key-id")
def other_key_id(forger: Any) -> None:
    """The envelope names a key that did not sign."""
    forger.change("certificate.json", lambda one: one["signatures"][0].update(keyid="sha256:" + "0" * 64))


@refused_as("wrong-key")
def wrong_key(forger: Any) -> None:
    """Somebody else issued a certificate over the same run."""
    forger.seal(key=Ed25519PrivateKey.generate())


@refused_as("issuer")
def issuer_names_a_file(forger: Any) -> None:
    """The issuer's key is given as the path of a file on the verifier's machine."""
    forger.claim(lambda one: one["predicate"]["issuer"].update(public_key="/etc/hostname"))


@refused_as("digest-results.json")
def edited_results(forger: Any) -> None:
    """A sentence in the results was edited after the certificate was issued."""
    forger.change("results.json", lambda one: one["requirement_results"][0].update(reason="all is well"))


@refused_as("digest-evidence.ndjson.gz")
def dropped_exchange(forger: Any) -> None:
    """An exchange was taken out of the evidence."""
    forger.write_evidence(forger.evidence[:-1])


@refused_as("evidence-digest")
def edited_response(forger: Any) -> None:
    """A response in the evidence was edited, and the results left as they were."""
    exchanges = forger.evidence
    exchanges[-1]["response"]["text"] = "{}"
    results = forger.json("results.json")
    forger.write_evidence(exchanges)
    forger.write("results.json", results)


@refused_as("unreadable")
def truncated_evidence(forger: Any) -> None:
    """The evidence ends in the middle."""
    path = forger.directory / "evidence.ndjson.gz"
    path.write_bytes(path.read_bytes()[:-400])


@refused_as("not-rejudged")
def evidence_that_is_none(forger: Any) -> None:
    """The evidence is a file of lines that are no exchanges."""
    (forger.directory / "evidence.ndjson.gz").write_bytes(gzip.compress(b'{"id": 7}\nnothing\n'))


@refused_as("digest-recording.json")
def swapped_profile(forger: Any) -> None:
    """The profile beside the evidence is another one."""
    forger.change("recording.json", lambda one: one["profile"].update(name="Another configuration"))


@refused_as("digest-contract.json")
def other_contract(forger: Any) -> None:
    """The contract beside the evidence asks for less."""
    forger.change("contract.json", lambda one: one["info"].update(title="Another API"))


@refused_as("digest-tests.ndjson")
def forgotten_attempt(forger: Any) -> None:
    """The list of attempts lacks its last one."""
    path = forger.directory / "tests.ndjson"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


@refused_as("readable")
def prettier_text(forger: Any) -> None:
    """The readable text beside the certificate says more than the certificate."""
    path = forger.directory / "certificate.txt"
    path.write_text(path.read_text().replace("smoke", "deep "))


@refused_as("form")
def results_of_another_form(forger: Any) -> None:
    """The results no longer have the form that a run gives them."""
    forger.change("results.json", lambda one: one.update(requirement_results="all passed"))


@refused_as("no-certificate")
def no_certificate(forger: Any) -> None:
    """The certificate was left out."""
    (forger.directory / "certificate.json").unlink()


@pytest.mark.parametrize(("code", "fault"), FAULTS, ids=[fault.__name__ for _, fault in FAULTS])
def test_a_changed_pack_is_refused_for_its_own_reason(code, fault, forger, verified, keys) -> None:
    fault(forger)
    found = verified(forger.directory, key=load_public_key(str(keys[1])))
    codes = [one.code for answer in found.answers for one in answer.findings]
    assert code in codes, (fault.__doc__, codes)
    assert found.exit_code in (1, 3)
    assert found.exit_code == 1 or set(codes) <= {"unsigned", "no-certificate"}, codes


def test_evidence_of_another_run_is_refused(forger, other_run: Path, verified, keys) -> None:
    """The evidence was taken from another run of the same suite against the same server."""
    shutil.copy(other_run / "evidence.ndjson.gz", forger.directory)
    found = verified(forger.directory, key=load_public_key(str(keys[1])))
    codes = [one.code for answer in found.answers for one in answer.findings]
    assert {"digest-evidence.ndjson.gz", "evidence-digest", "other-target", "replay"} <= set(codes)
    assert found.exit_code == 1


def test_it_is_refused_after_its_time(good_run: Path, verified, keys) -> None:
    """A certificate is valid for ninety days."""
    key = load_public_key(str(keys[1]))
    now = dt.datetime.now(dt.UTC)
    for days, exit_code, codes in ((0, 0, []), (89, 0, []), (91, 1, ["expired"]), (-1, 1, ["future-dated"])):
        found = verified(good_run, key=key, at=now + dt.timedelta(days=days))
        assert [one.code for answer in found.answers for one in answer.findings] == codes
        assert found.exit_code == exit_code
