"""The statement: an in-toto Statement v1 whose predicate says everything a careful reader asks of a certificate.

Whatever in it follows from the run directory is made by `facts_of`, when it is issued and again when it is verified.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from oip_conformance.certificate.canonical import canonical, digest_of
from oip_conformance.certificate.words import LIMITS
from oip_conformance.contract import Contract, ContractError, contract_for
from oip_conformance.contract.requirements import UNTESTABLE, RequirementSet
from oip_conformance.evidence import Recording
from oip_conformance.profile import contract_files, profile_of
from oip_conformance.resources import spec_directory

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:oip-conformance:certificate:v1"
VALID_FOR = dt.timedelta(days=90)
"""How long a certificate speaks of a target, which goes on changing."""

STATEMENT_MEMBERS = frozenset({"_type", "subject", "predicateType", "predicate"})


def make_statement(
    facts: Mapping[str, Any], subjects: list[dict[str, Any]], issue: Mapping[str, Any]
) -> dict[str, Any]:
    """The statement: the facts of a run, what they are bound to, and what was added when it was issued."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": PREDICATE_TYPE,
        "predicate": {**facts, **issue},
    }


def observed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The first subject of the statement: the target, as far as it was observed."""
    digest = str(facts["evidence"]["digest"]).removeprefix("sha256:")
    return {"name": facts["target"]["url"], "digest": {"sha256": digest}}


def facts_of(
    results: Mapping[str, Any], recording: Recording, contract: Contract, requirements: RequirementSet
) -> dict[str, Any]:
    """Everything in the predicate that follows from the run directory. Raises KeyError or TypeError for odd results."""
    verdicts = results["requirement_results"]
    run, verdict = results["run"], results["verdict"]
    return {
        "target": {
            "url": recording.url,
            "embedded": recording.embedded,
            "deviations": list(results["target"]["deviations"]),
        },
        "verdict": {name: verdict[name] for name in ("state", "sentence", "counts", "total")},
        "classes": results["classes"],
        "run": {
            "id": run["id"],
            "started": run["started"],
            "ended": run["ended"],
            "level": recording.level,
            "seed": recording.seed,
            "classes": list(recording.classes),
            "only": list(recording.only),
        },
        "contract": {
            "title": contract.title,
            "version": contract.version,
            "digest": contract.digest,
            "published": is_published(contract, recording),
            "overlays": list(recording.profile["contract"]["overlays"]),
        },
        "requirements": _requirements(verdicts, requirements),
        "profile": {
            "name": recording.profile["name"],
            "digest": recording.profile_digest,
            "shown_digest": digest_of(recording.profile),
        },
        "evidence": {name: results["evidence"][name] for name in ("digest", "exchanges")},
        "coverage": {
            name: {part: one[part] for part in ("reached", "of", "floor", "met")}
            for name, one in results["coverage"].items()
        },
        **_left_open(verdicts, requirements),
        "intermittent": sorted({one["id"] for one in verdicts if any("attempts" in each for each in one["outcomes"])}),
        "inferred_operations": sorted(one.id for one in contract.operations.values() if one.path_source == "inferred"),
        "limits": list(LIMITS),
    }


def is_published(contract: Contract, recording: Recording) -> bool:
    """Whether a contract is the one that ships, with the bindings and the shipped overlays that the profile names."""
    return contract.digest == _shipped_digest(canonical(recording.profile))


@lru_cache(maxsize=32)
def _shipped_digest(profile_content: bytes) -> str | None:
    """The digest of what ships, put together as a profile says; None where it names files of its own."""
    profile = profile_of(orjson.loads(profile_content))
    shipped = spec_directory().resolve()
    _, overlays = contract_files(profile)
    if profile.contract.file or any(not one.resolve().is_relative_to(shipped) for one in overlays):
        return None
    try:
        return contract_for(profile).digest
    except ContractError:
        return None


def _requirements(verdicts: list[Mapping[str, Any]], requirements: RequirementSet) -> dict[str, Any]:
    listed = [[one["id"], requirements[one["id"]].meaning, one["state"]] for one in verdicts]
    return {
        "version": requirements.version,
        "digest": requirements.digest,
        "in_scope": len(listed),
        "in_register": len(list(requirements)),
        "list_digest": digest_of(listed),
        "levels": dict(sorted(Counter(one["level"] for one in verdicts).items())),
    }


def _left_open(verdicts: list[Mapping[str, Any]], requirements: RequirementSet) -> dict[str, Any]:
    """What the verdict does not speak of, or only with a reservation, each with the reason."""
    judged = {one["id"] for one in verdicts}

    def those(*states: str) -> list[dict[str, str]]:
        found = [one for one in verdicts if one["state"] in states]
        return [{"id": one["id"], "state": one["state"], "reason": one["reason"]} for one in found]

    outside = [one for one in requirements if one.id not in judged]
    return {
        "not_covered": those("not-tested", "inconclusive", "config-error", "suite-error"),
        "not_applicable": those("not-applicable"),
        "warned": those("warned"),
        "waived": [],
        "inferred": sorted(one["id"] for one in verdicts if one["source"] == "inferred"),
        "outside": [
            {"id": one.id, "class": one.conformance_class, "reason": _why_outside(one.untestable)} for one in outside
        ],
    }


def _why_outside(untestable: str | None) -> str:
    return f"not testable: {UNTESTABLE[untestable]}" if untestable else "not of the classes and level of this run"
