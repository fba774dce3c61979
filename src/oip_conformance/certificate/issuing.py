"""Issuing: at the end of a run its certificate, or the reasons why there is none."""

from __future__ import annotations

import base64
import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oip_conformance.certificate.binding import files_of, reports_of
from oip_conformance.certificate.canonical import canonical
from oip_conformance.certificate.envelope import Envelope
from oip_conformance.certificate.keys import SIGNING_KEY_VARIABLE, key_id, load_signing_key, spki
from oip_conformance.certificate.rendering import readable
from oip_conformance.certificate.statement import VALID_FOR, facts_of, make_statement, observed
from oip_conformance.certificate.suite import detection_figures, suite_identity
from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.evidence import RECORDING_NAME, EvidenceError, load_recorded_contract, load_recording
from oip_conformance.verdict.state import State

CERTIFICATE_NAME = "certificate.json"
REFUSED_NAME = "certificate-refused.json"
READABLE_NAME = "certificate.txt"
KNOWN_FROM = "the runs of this profile and target that lay beside this one when it was issued"


@dataclass(frozen=True)
class Issued:
    """What issuing came to: the file, with what the certificate says, or the reasons when it is a refusal."""

    path: Path
    reasons: tuple[str, ...] = ()
    says: Mapping[str, Any] | None = None


Report = Callable[[Issued], object]
"""Writes the reports of a run, which tell what its certificate says, before it is sealed over them."""


def signing_key_from_environment(environment: Mapping[str, str] = os.environ) -> Ed25519PrivateKey | None:
    """The key to sign with, when one is given. Raises CertificateError VER-07."""
    value = environment.get(SIGNING_KEY_VARIABLE)
    return load_signing_key(value) if value else None


def issue(
    directory: Path,
    results: Mapping[str, Any],
    requirements: RequirementSet,
    *,
    key: Ed25519PrivateKey | None = None,
    now: dt.datetime | None = None,
    report: Report = lambda _: None,
) -> Issued:
    """Write the certificate of a run, signed when there is a key, or why there is none.

    results.json and the recording are in the directory already; the reports are written on the way, and bound.
    """
    reasons = reasons_against(results)
    if reasons:
        refusal = {
            "certificate": None,
            "reasons": reasons,
            "run": results["run"]["id"],
            "target": results["target"]["url"],
            "verdict": results["verdict"],
        }
        path = directory / REFUSED_NAME
        path.write_bytes(orjson.dumps(refusal, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        refused = Issued(path, tuple(reasons))
        report(refused)
        return refused
    recording, contract = load_recording(directory), load_recorded_contract(directory)
    facts = facts_of(results, recording, contract, requirements)
    added = _issue(directory, key, now or dt.datetime.now(dt.UTC))
    issued = Issued(directory / CERTIFICATE_NAME, says=orjson.loads(canonical({**facts, **added})))
    report(issued)
    subjects = [observed(facts), *files_of(directory), *reports_of(directory)]
    envelope = Envelope(canonical(make_statement(facts, subjects, added)))
    if key is not None:
        envelope = envelope.signed(key)
    record = {**envelope.to_json(), "label": "signed" if key else "unsigned"}
    issued.path.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    assert issued.says is not None
    (directory / READABLE_NAME).write_text(readable(issued.says), encoding="utf-8")
    return issued


def reasons_against(results: Mapping[str, Any]) -> list[str]:
    """Why a run gets no certificate; nothing when it gets one."""
    reasons = []
    state = State(results["verdict"]["state"])
    if state not in (State.PASSED, State.WARNED):
        reasons.append(f"the verdict is {state}: {results['verdict']['sentence']}")
    if results["run"].get("interrupted"):
        reasons.append("the run is not complete")
    if results["run"].get("only"):
        reasons.append("only some requirements or operations were selected; a class is claimed as a whole")
    waived = waivers_in(results)
    if waived:
        reasons.append(f"{len(waived)} requirements are waived: {', '.join(waived[:5])}")
    return reasons


def waivers_in(results: Mapping[str, Any]) -> list[str]:
    """The requirements over which a waiver was laid."""
    used = [str(one["requirement"]) for one in results.get("waivers") or ()]
    marked = [one["id"] for one in results["requirement_results"] if one.get("waiver") or one.get("waived")]
    return sorted({*used, *marked})


def _issue(directory: Path, key: Ed25519PrivateKey | None, now: dt.datetime) -> dict[str, Any]:
    public = key.public_key() if key else None
    return {
        "suite": suite_identity(),
        "detection": detection_figures(),
        "runs": _runs_beside(directory),
        "signed": key is not None,
        "issuer": {"key_id": key_id(public), "public_key": base64.b64encode(spki(public)).decode()} if public else None,
        "issued": _utc(now),
        "expires": _utc(now + VALID_FOR),
    }


def _runs_beside(directory: Path) -> dict[str, Any]:
    """How many runs were tried, as far as the folder beside this run tells: those of the same profile and target."""
    this = load_recording(directory)
    earlier = []
    for path in sorted(directory.parent.glob(f"*/{RECORDING_NAME}")):
        if path.is_symlink() or path.parent.is_symlink() or path.parent.resolve() == directory.resolve():
            continue
        try:
            other = load_recording(path.parent)
        except EvidenceError:
            continue
        same_target = other.embedded if this.embedded else other.url == this.url
        if same_target and other.profile_digest == this.profile_digest:
            earlier.append(path.parent.name)
    return {
        "tried": len(earlier) + 1,
        "earlier": earlier[-50:],
        "known_from": KNOWN_FROM,
    }


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
