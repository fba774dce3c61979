"""What a certificate says, held against the run that it is about: each claim is made again from the run, none is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oip_conformance import __version__
from oip_conformance.certificate.answer import Finding, Found
from oip_conformance.certificate.binding import REPORTS, files_of, reports_of
from oip_conformance.certificate.canonical import as_read_back, digest_of
from oip_conformance.certificate.issuing import KNOWN_FROM, reasons_against
from oip_conformance.certificate.pack import Pack
from oip_conformance.certificate.rendering import readable
from oip_conformance.certificate.statement import STATEMENT_MEMBERS, facts_of, observed
from oip_conformance.certificate.suite import DISTRIBUTION, code_digest, detection_figures, tests_digest
from oip_conformance.contract import Contract
from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.evidence import Recording

_ADDED_WHEN_ISSUED = frozenset({"suite", "detection", "runs", "signed", "issuer", "issued", "expires"})
_OF_THE_SUITE = frozenset(
    {"name", "version", "python", "tests_digest", "code_digest", "dependencies", "dependencies_digest"}
)
_OF_THE_ISSUER = frozenset({"key_id", "public_key"})
_OF_THE_RUNS = frozenset({"tried", "earlier", "known_from"})


def claim_findings(
    pack: Pack, predicate: Mapping[str, Any], recording: Recording, contract: Contract, requirements: RequirementSet
) -> Iterator[Finding]:
    """What is wrong with the claims of a certificate. Raises KeyError, TypeError or ValueError for one of another form."""
    reasons = reasons_against(pack.results)
    if reasons:
        yield Finding("not-certifiable", f"No certificate is issued over this run: {reasons[0]}.")
    if pack.refusal is not None:
        yield Finding("refused-too", "The run was refused a certificate, and here is one.")
    assert pack.statement is not None
    facts = facts_of(pack.results, recording, contract, requirements)
    yield from _subjects(pack, facts)
    for name, value in facts.items():
        said = predicate.get(name)
        if said != as_read_back(value):
            code = f"claim-{name.replace('_', '-')}"
            yield Finding(code, f"The certificate says of {name}: {_difference(said, value)}.")
    surplus = sorted(set(predicate) - set(facts) - _ADDED_WHEN_ISSUED) + sorted(set(pack.statement) - STATEMENT_MEMBERS)
    if surplus or _ADDED_WHEN_ISSUED - set(predicate):
        yield Finding("claim-form", f"The certificate has other claims than one of this suite ({', '.join(surplus)}).")
        return
    yield from _suite(predicate, pack.results)
    yield from _issuer_and_runs(predicate)
    if pack.readable is not None and pack.readable != readable(predicate):
        yield Finding("readable", "The readable text beside the certificate does not say what the certificate says.")


def _subjects(pack: Pack, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Each thing that the certificate is about: once, with its digest alone, and nothing that a run does not write."""
    assert pack.statement is not None
    said = pack.statement["subject"]
    bound = {one["name"]: one for one in said}
    fixed = [observed(facts), *files_of(pack.directory)]
    reports = {one["name"]: one for one in reports_of(pack.directory)}
    names = [one["name"] for one in fixed]
    others = [one["name"] for one in said[len(names) :]]
    if list(bound)[: len(names)] != names or len(bound) != len(said) or not REPORTS.issuperset(others):
        yield Finding("subjects", f"The certificate is about {', '.join(map(str, bound))[:300]}, not about this run.")
    url = names[0]
    if url in bound and bound[url] != fixed[0]:
        yield Finding("digest-target", "What was observed of the target is not what the certificate was issued over.")
    for one in (*fixed[1:], *reports.values()):
        name = one["name"]
        if (name in bound and bound[name] != one) or (name in reports and name not in bound):
            yield Finding(f"digest-{name}", f"{name} is not what the certificate was issued over.")


def _suite(predicate: Mapping[str, Any], results: Mapping[str, Any]) -> Iterator[Finding]:
    suite = predicate["suite"]
    if suite["version"] != __version__:
        yield Finding(
            "suite-version",
            f"It was issued by version {suite['version']} of the suite, this is {__version__}: verify it with that one.",
            Found.UNDECIDED,
        )
        return
    if (
        set(suite) != _OF_THE_SUITE
        or suite["name"] != DISTRIBUTION
        or suite["dependencies_digest"] != digest_of(suite["dependencies"])
        or any(suite[name] != results["suite"][name] for name in ("name", "version", "python"))
    ):
        yield Finding(
            "claim-suite", "What the certificate says of its suite does not agree with itself or the results."
        )
    if suite["tests_digest"] != tests_digest() or suite["code_digest"] != code_digest():
        yield Finding(
            "suite-digest",
            "It was issued by a suite of this version whose tests or code are not those installed here.",
            Found.UNDECIDED,
        )
    elif predicate["detection"] != as_read_back(detection_figures()):
        yield Finding(
            "claim-detection", "The detection figures are not those that ship with this version of the suite."
        )


def _issuer_and_runs(predicate: Mapping[str, Any]) -> Iterator[Finding]:
    """What only the issuer can say; it has one form, so that nothing else is said in its place."""
    issuer, runs = predicate["issuer"], predicate["runs"]
    if issuer is not None and set(issuer) != _OF_THE_ISSUER:
        yield Finding("claim-issuer", "The certificate says more of its issuer than the key.")
    earlier = runs["earlier"]
    if (
        set(runs) != _OF_THE_RUNS
        or type(runs["tried"]) is not int
        or runs["tried"] <= len(earlier)
        or runs["known_from"] != KNOWN_FROM
        or not all(isinstance(name, str) for name in earlier)
    ):
        yield Finding("claim-runs", "The certificate does not say how many runs were tried, this one among them.")


def _difference(said: Any, found: Any, place: str = "") -> str:
    """Where two JSON values first differ, in words."""
    found = as_read_back(found)
    if isinstance(said, Mapping) and isinstance(found, Mapping):
        for name in sorted({*said, *found}):
            if said.get(name) != found.get(name):
                return _difference(said.get(name), found.get(name), f"{place}/{name}")
    return f"{place} {str(said)[:160]}, and the run says {str(found)[:160]}".strip()
