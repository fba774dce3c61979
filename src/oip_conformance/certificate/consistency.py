"""The second question: does everything fit together? Each figure of the results is computed again, none is believed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from oip_conformance.certificate.answer import ODD, Answer, Finding, Found
from oip_conformance.certificate.canonical import as_read_back, canonical
from oip_conformance.certificate.claims import claim_findings
from oip_conformance.certificate.dates import date_findings
from oip_conformance.certificate.issuing import reasons_against, waivers_in
from oip_conformance.certificate.pack import Pack
from oip_conformance.certificate.rejudgement import Rejudged
from oip_conformance.certificate.statement import is_published
from oip_conformance.contract import Contract
from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.evidence import (
    EVIDENCE_NAME,
    EvidenceError,
    EvidenceFile,
    Recording,
    load_recorded_contract,
    load_recording,
)
from oip_conformance.profile import ProfileError
from oip_conformance.verdict.applicability import why_not_at_all, why_not_whole
from oip_conformance.verdict.judging import Scope, judge
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.results import build_results, listed_operations, why_not_complete

QUESTION = "Does everything fit together?"
GOOD = "Digests, counts, requirements, results and dates agree."
OTHER_SUITE = frozenset({"suite-version", "suite-digest"})
"""The findings that say that the run was judged by other tests than those that are here."""

_HIDDEN = re.compile(rb'oip-(?:secret|token)-[0-9a-f]{16}|"\+999\d+"|(?<!\d)99\d{9}(?!\d)|"ssn":"9+"')
"""What redaction leaves of a part of a profile; the digest of the whole cannot be made again then."""


def answer_consistency(
    pack: Pack, requirements: RequirementSet, at: dt.datetime, rejudged: Rejudged | None = None
) -> Answer:
    """Compare certificate, results, recording, register and, where they could be judged again, the exchanges."""
    findings: list[Finding] = []
    try:
        for finding in _findings(pack, requirements, at, rejudged):
            findings.append(finding)
    except EvidenceError as problem:
        findings.append(Finding("unreadable", f"{problem.message} ({problem.code})"))
    except OSError as problem:
        findings.append(Finding("unreadable", f"A file of the run cannot be read ({problem.strerror})."))
    except (*ODD, ProfileError) as problem:
        told = f"{type(problem).__name__}: {problem}"
        findings.append(Finding("form", f"The results or the certificate are not of the form that is issued ({told})."))
    return Answer(QUESTION, GOOD, (*findings, *(rejudged.scan if rejudged else ())))


def _findings(
    pack: Pack, requirements: RequirementSet, at: dt.datetime, rejudged: Rejudged | None
) -> Iterator[Finding]:
    recording, contract = load_recording(pack.directory), load_recorded_contract(pack.directory)
    yield from _results_and_recording(pack.results, recording, contract, requirements)
    yield from _results_and_register(pack.results, recording, contract, requirements)
    digest = rejudged.digest if rejudged else EvidenceFile(pack.directory / EVIDENCE_NAME).digest()
    if digest != pack.results["evidence"]["digest"]:
        yield Finding("evidence-digest", "The evidence is not the one that the results were made from.")
    if not is_published(contract, recording):
        yield Finding(
            "contract-unknown",
            "The contract is not the one that ships with this suite: whether it is the right one cannot be decided here.",
            Found.UNDECIDED,
        )
    if pack.predicate is not None:
        yield from claim_findings(pack, pack.predicate, recording, contract, requirements)
        yield from date_findings(pack.predicate, pack.results["run"], at)
    elif pack.refusal is not None and pack.refusal.get("reasons") != reasons_against(pack.results):
        yield Finding("refusal", "The reasons why there is no certificate are not those that the results give.")


def _results_and_recording(
    results: Mapping[str, Any], recording: Recording, contract: Contract, requirements: RequirementSet
) -> Iterator[Finding]:
    run = results["run"]
    pairs = {
        "target": (results["target"]["url"], recording.url),
        "level": (run["level"], recording.level),
        "seed": (run["seed"], recording.seed),
        "classes": (list(run["classes"]), list(recording.classes)),
        "selection": (list(run["only"]), list(recording.only)),
        "profile": (results["profile"]["digest"], recording.profile_digest),
        "contract": (results["contract"]["digest"], contract.digest),
        "register": (results["requirements"]["digest"], requirements.digest),
        "host": (results["target"]["host"], urlsplit(recording.url).netloc),
        "embedded": (results["target"]["embedded"], recording.embedded),
        "profile-name": (results["profile"]["name"], recording.profile["name"]),
        "title": (results["contract"]["title"], contract.title),
        "version": (results["contract"]["version"], contract.version),
        "overlays": (list(results["contract"]["overlays"]), list(recording.profile["contract"]["overlays"])),
        "operations": (results["operations"], listed_operations(contract, recording.load_profile())),
    }
    for name, (said, found) in pairs.items():
        if said != found:
            where = "this suite's" if name == "register" else "the recording's"
            shown = "" if name == "operations" else f": {str(said)[:160]!r}, not {str(found)[:160]!r}"
            yield Finding(f"results-{name}", f"The results name another {name} than {where}{shown}.")
    if results["target"]["deviations"] and not recording.embedded:
        yield Finding("results-deviations", "The results name deviations of a server that the suite did not start.")
    if not _HIDDEN.search(canonical(recording.profile)) and recording.load_profile().digest != recording.profile_digest:
        yield Finding(
            "profile-digest", "The profile that is shown hides nothing, and has another digest than the run's."
        )


def _results_and_register(
    results: Mapping[str, Any], recording: Recording, contract: Contract, requirements: RequirementSet
) -> Iterator[Finding]:
    """The results, added up again from their own outcomes with the requirements that ship."""
    shown = results["requirement_results"]
    ids = [one["id"] for one in shown]
    unknown = sorted({name for name in ids if name not in requirements})
    if unknown:
        yield Finding("requirement-unknown", f"The register has no requirement {', '.join(map(str, unknown[:5]))}.")
    if len(set(ids)) != len(ids):
        yield Finding("requirement-twice", "A requirement stands twice in the results.")
    waived = bool(waivers_in(results))
    outcomes = [Outcome.from_json(one) for each in shown for one in each["outcomes"]]
    profile = recording.load_profile()
    asked = [requirements[name] for name in dict.fromkeys(ids) if name in requirements]
    scope = Scope(
        frozenset(ids),
        {one.id: reason for one in asked if (reason := why_not_whole(one, profile, contract))},
        {one.id: reason for one in asked if (reason := why_not_at_all(one, profile, contract))},
    )
    verdict = judge(outcomes, requirements, scope, interrupted=why_not_complete(results))
    again = build_results(verdict, {}, lambda _name: None)
    by_id = {one["id"]: one for one in again["requirement_results"]}
    for one in shown:
        expected = by_id.get(one["id"])
        if expected is not None and (
            wrong := [name for name in expected if one.get(name) != as_read_back(expected[name])]
        ):
            named = f"{wrong[0]} {one.get(wrong[0])!r}, not {expected[wrong[0]]!r}"
            yield Finding("requirement-result", f"{one['id']} is not what its outcomes and the register say: {named}.")
    if results["verdict"]["counts"] != again["verdict"]["counts"] or results["verdict"]["total"] != len(by_id):
        yield Finding("counts", "The counts are not those of the requirements that are listed.")
    if results["verdict"]["state"] != again["verdict"]["state"]:
        said, found = results["verdict"]["state"], again["verdict"]["state"]
        yield Finding("verdict", f"The results say {said}; their requirements add up to {found}.")
    elif not waived and any(results["verdict"][name] != again["verdict"][name] for name in ("sentence", "exit_code")):
        yield Finding("verdict-sentence", "The verdict's sentence or exit code is not the one that its counts make.")
    if results["classes"] != as_read_back(again["classes"]):
        yield Finding("classes", "The verdicts of the classes are not those of their requirements.")
    if [_bare(one) for one in results["failures"]] != [_bare(one) for one in as_read_back(again["failures"])]:
        yield Finding("failures", "The list of distinct failures is not the one that the outcomes make.")


def _bare(failure: Mapping[str, Any]) -> dict[str, Any]:
    """A distinct failure without what its outcomes do not say: the curl line, and who answers for it until when."""
    return {name: value for name, value in failure.items() if name not in ("curl", "waived")}
