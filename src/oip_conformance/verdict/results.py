"""results.json: the machine's truth about a run, made from its verdict and its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs
import orjson

from oip_conformance.contract import Contract
from oip_conformance.evidence import Exchange
from oip_conformance.profile import Profile
from oip_conformance.resources import spec_directory
from oip_conformance.verdict.judging import RequirementVerdict, RunVerdict
from oip_conformance.verdict.state import State

RESULTS_NAME = "results.json"
SCHEMA_NAME = "results.schema.json"
SCHEMA_VERSION = 1


class ResultsError(Exception):
    """Results that cannot be read. `code`: RES-01 missing, RES-02 not JSON, RES-03 of another form."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(f"{code}: {message} {hint}")
        self.code = code
        self.message = message
        self.hint = hint


FindExchange: TypeAlias = Callable[[str], Exchange | None]
"""Gives the exchange with an id, where it is at hand."""


def build_results(verdict: RunVerdict, facts: Mapping[str, Any], find: FindExchange) -> dict[str, Any]:
    """The value of results.json. `facts` are its sections that need no judgement; `find` is asked for what failures cite."""
    return {
        "schema_version": SCHEMA_VERSION,
        **facts,
        "verdict": {
            "state": str(verdict.state),
            "exit_code": verdict.exit_code,
            "sentence": verdict.sentence,
            "counts": verdict.counts,
            "total": len(verdict.requirements),
        },
        "classes": [
            {
                "id": one.id,
                "title": one.title,
                "state": str(one.state),
                "counts": one.counts,
                "total": sum(one.counts.values()),
            }
            for one in verdict.classes
        ],
        "requirement_results": [_requirement(one) for one in verdict.requirements],
        "failures": group_failures(verdict.requirements, find),
    }


def listed_operations(contract: Contract, profile: Profile) -> list[dict[str, Any]]:
    """The operations of a contract as results.json lists them, each with what the profile says of it."""
    return [
        {
            "id": one.id,
            "method": one.method,
            "path": one.path,
            "summary": one.summary,
            "class": one.conformance_class,
            "effect": one.effect,
            "path_source": one.path_source,
            "activation": profile.activation(one),
        }
        for one in contract.operations.values()
    ]


def write_results(results: Mapping[str, Any], directory: Path) -> Path:
    """Write results.json into a run directory."""
    path = directory / RESULTS_NAME
    path.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return path


def load_results(path: Path) -> dict[str, Any]:
    """The results of a run directory, or of the file itself. Raises ResultsError."""
    file = path / RESULTS_NAME if path.is_dir() else path
    try:
        value = orjson.loads(file.read_bytes())
    except OSError as problem:
        raise ResultsError(
            "RES-01", f"{file} cannot be read.", "Name a run directory, such as reports/latest."
        ) from problem
    except ValueError as problem:
        raise ResultsError(
            "RES-02", f"{file.name} is not JSON ({problem}).", "Take it from the run again."
        ) from problem
    if not isinstance(value, dict) or value.get("schema_version") != SCHEMA_VERSION or "verdict" not in value:
        raise ResultsError(
            "RES-03", f"{file.name} is not of this version's form.", "Read it with the suite that wrote it."
        )
    return value


def load_sound_results(path: Path) -> dict[str, Any]:
    """The results of a run, for whoever goes by all of them: of the published form throughout. Raises ResultsError."""
    value = load_results(path)
    wrong = next(_form().iter_errors(value), None)
    if wrong is not None:
        place = "/".join(map(str, wrong.instance_path)) or "its top"
        raise ResultsError(
            "RES-03", f"{path} is not of the form that runs write, at {place}.", "Take it from the run again."
        )
    return value


@cache
def _form() -> jsonschema_rs.Draft202012Validator:
    """The published form of results."""
    return jsonschema_rs.Draft202012Validator(orjson.loads((spec_directory() / SCHEMA_NAME).read_bytes()))


def why_not_complete(results: Mapping[str, Any]) -> str:
    """Why a run said less than it set out to, by its results; empty for a complete one."""
    return " ".join(results.get("notes") or ()) if results["run"].get("interrupted") else ""


def group_failures(verdicts: Sequence[RequirementVerdict], find: FindExchange) -> list[dict[str, Any]]:
    """The distinct failures of a run, one for each requirement, operation and cause, in a stable order."""
    groups: dict[tuple[str, str, str], dict[str, Any]] = {}
    for verdict in verdicts:
        requirement = verdict.requirement
        for outcome in verdict.outcomes:
            if outcome.state not in (State.FAILED, State.WARNED):
                continue
            for failure in outcome.failures:
                operation = failure.operation or outcome.operation or ""
                group = groups.get((requirement.id, operation, failure.cause))
                if group is None:
                    group = groups[requirement.id, operation, failure.cause] = {
                        "requirement": requirement.id,
                        "requirement_title": requirement.title,
                        "state": str(outcome.state),
                        "source": requirement.source,
                        "clause": requirement.clause,
                        **failure.to_json(),
                        "operation": operation or None,
                        "count": 0,
                        "why_it_matters": requirement.why,
                        "what_to_try": requirement.remedy,
                        "curl": curl(find(failure.exchange) if failure.exchange else None),
                        "tests": [],
                    }
                group["count"] += failure.count
                if outcome.test not in group["tests"]:
                    group["tests"].append(outcome.test)
    ordered = [groups[key] for key in sorted(groups)]
    return [{"id": f"F{number:02d}", **group} for number, group in enumerate(ordered, start=1)]


def curl(exchange: Exchange | None) -> str:
    """A command line that sends the request of an exchange again, the key taken from the environment."""
    if exchange is None:
        return ""
    parts = ["curl", "-i", "-X", exchange.request.method, _quoted(exchange.request.url)]
    for name, value in exchange.request.headers:
        if name.lower() in ("x-api-key",):
            key = {"main": "$OIP_API_KEY", "second": "$OIP_SECOND_API_KEY"}.get(exchange.credential)
            parts += ["-H", f'"{name}: {key}"' if key else _quoted(f"{name}: wrong")]
        elif name.lower() not in ("user-agent", "accept-encoding", "content-length", "host"):
            parts += ["-H", _quoted(f"{name}: {value}")]
    if exchange.request.body:
        parts += ["--data-binary", _quoted(exchange.request.body.decode("utf-8", "backslashreplace"))]
    return " ".join(parts)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _requirement(verdict: RequirementVerdict) -> dict[str, Any]:
    requirement = verdict.requirement
    return {
        "id": requirement.id,
        "title": requirement.title,
        "class": requirement.conformance_class,
        "level": requirement.level,
        "source": requirement.source,
        "statement": requirement.statement,
        "operations": list(requirement.operations),
        "state": str(verdict.state),
        "reason": verdict.reason,
        "outcomes": [outcome.to_json() for outcome in verdict.outcomes],
    }
