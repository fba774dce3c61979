"""The second question: does everything fit together? Each figure of the certificate is computed again, none is believed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from oip_conformance import __version__
from oip_conformance.certificate.answer import Answer, Finding, Found
from oip_conformance.certificate.dates import date_findings
from oip_conformance.certificate.issuing import reasons_against, waivers_in
from oip_conformance.certificate.pack import Pack
from oip_conformance.certificate.rejudgement import Rejudged
from oip_conformance.certificate.rendering import readable
from oip_conformance.certificate.statement import SUBJECT_FILES, facts_of, is_published, subjects_of
from oip_conformance.certificate.suite import code_digest, detection_figures, tests_digest
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
from oip_conformance.verdict.results import build_results, why_not_complete

QUESTION = "Does everything fit together?"
GOOD = "Digests, counts, requirements, results and dates agree."
OTHER_SUITE = frozenset({"suite-version", "suite-digest"})
"""The findings that say that the run was judged by other tests than those that are here."""

_ADDED_WHEN_ISSUED = frozenset({"suite", "detection", "runs", "signed", "issuer", "issued", "expires"})


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
    except (TypeError, ValueError, AttributeError, LookupError, ProfileError) as problem:
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
        yield from _certificate(pack, pack.predicate, recording, contract, requirements)
        yield from date_findings(pack.predicate, pack.results["run"], at)


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
    }
    for name, (said, found) in pairs.items():
        if said != found:
            where = "this suite's" if name == "register" else "the recording's"
            yield Finding(f"results-{name}", f"The results name another {name} than {where}: {said!r}, not {found!r}.")


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
    if waivers_in(results):
        return
    outcomes = [Outcome.from_json(one) for each in shown for one in each["outcomes"]]
    profile = recording.load_profile()
    asked = [requirements[name] for name in dict.fromkeys(ids) if name in requirements]
    scope = Scope(
        frozenset(ids),
        {one.id: reason for one in asked if (reason := why_not_whole(one, profile, contract))},
        {one.id: reason for one in asked if (reason := why_not_at_all(one, profile, contract))},
    )
    verdict = judge(outcomes, requirements, scope, interrupted=why_not_complete(results))
    again = build_results(verdict, {}, {})
    by_id = {one["id"]: one for one in again["requirement_results"]}
    for one in shown:
        expected = by_id.get(one["id"])
        if expected is not None and (wrong := [name for name in expected if one.get(name) != _plain(expected[name])]):
            named = f"{wrong[0]} {one.get(wrong[0])!r}, not {expected[wrong[0]]!r}"
            yield Finding("requirement-result", f"{one['id']} is not what its outcomes and the register say: {named}.")
    if results["verdict"]["counts"] != again["verdict"]["counts"] or results["verdict"]["total"] != len(by_id):
        yield Finding("counts", "The counts are not those of the requirements that are listed.")
    if results["verdict"]["state"] != again["verdict"]["state"]:
        said, found = results["verdict"]["state"], again["verdict"]["state"]
        yield Finding("verdict", f"The results say {said}; their requirements add up to {found}.")
    elif results["verdict"]["sentence"] != again["verdict"]["sentence"]:
        yield Finding("verdict-sentence", "The verdict's sentence is not the one that its counts make.")
    if results["classes"] != _plain(again["classes"]):
        yield Finding("classes", "The verdicts of the classes are not those of their requirements.")


def _certificate(
    pack: Pack, predicate: Mapping[str, Any], recording: Recording, contract: Contract, requirements: RequirementSet
) -> Iterator[Finding]:
    reasons = reasons_against(pack.results)
    if reasons:
        yield Finding("not-certifiable", f"No certificate is issued over this run: {reasons[0]}.")
    assert pack.statement is not None
    facts = facts_of(pack.results, recording, contract, requirements)
    yield from _subjects(pack, facts)
    for name, value in facts.items():
        said = predicate.get(name)
        if said != _plain(value):
            yield Finding(
                f"claim-{name.replace('_', '-')}", f"The certificate says of {name}: {_difference(said, value)}."
            )
    surplus = sorted(set(predicate) - set(facts) - _ADDED_WHEN_ISSUED)
    if surplus or _ADDED_WHEN_ISSUED - set(predicate):
        yield Finding("claim-form", f"The certificate has other claims than one of this suite ({', '.join(surplus)}).")
        return
    yield from _suite(predicate)
    runs = predicate["runs"]
    if not isinstance(runs["tried"], int) or runs["tried"] <= len(runs["earlier"]) or not runs["known_from"]:
        yield Finding("claim-runs", "The certificate does not say how many runs were tried, this one among them.")
    if pack.readable is not None and pack.readable != readable(predicate):
        yield Finding("readable", "The readable text beside the certificate does not say what the certificate says.")


def _subjects(pack: Pack, facts: Mapping[str, Any]) -> Iterator[Finding]:
    said = {one["name"]: one["digest"]["sha256"] for one in pack.statement["subject"]}  # type: ignore[index]  # asked only where there is a statement
    found = {one["name"]: one["digest"]["sha256"] for one in subjects_of(pack.directory, facts)}
    if list(said) != list(found):
        yield Finding("subjects", f"The certificate is about {', '.join(map(str, said))}, not about this run.")
    for name in SUBJECT_FILES:
        if name in said and said[name] != found[name]:
            yield Finding(f"digest-{name}", f"{name} is not the file that the certificate was issued over.")
    url = facts["target"]["url"]
    if url in said and said[url] != found[url]:
        yield Finding("digest-target", "What was observed of the target is not what the certificate was issued over.")


def _suite(predicate: Mapping[str, Any]) -> Iterator[Finding]:
    suite = predicate["suite"]
    if suite["version"] != __version__:
        yield Finding(
            "suite-version",
            f"It was issued by version {suite['version']} of the suite, this is {__version__}: verify it with that one.",
            Found.UNDECIDED,
        )
    elif suite["tests_digest"] != tests_digest() or suite["code_digest"] != code_digest():
        yield Finding(
            "suite-digest",
            "It was issued by a suite of this version whose tests or code are not those installed here.",
            Found.UNDECIDED,
        )
    elif predicate["detection"] != _plain(detection_figures()):
        yield Finding(
            "claim-detection", "The detection figures are not those that ship with this version of the suite."
        )


def _difference(said: Any, found: Any, place: str = "") -> str:
    """Where two JSON values first differ, in words."""
    found = _plain(found)
    if isinstance(said, Mapping) and isinstance(found, Mapping):
        for name in sorted({*said, *found}):
            if said.get(name) != found.get(name):
                return _difference(said.get(name), found.get(name), f"{place}/{name}")
    return f"{place} {str(said)[:160]}, and the run says {str(found)[:160]}".strip()


def _plain(value: Any) -> Any:
    """A value as JSON reads it back: tuples as lists, states as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
