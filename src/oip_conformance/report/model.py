"""A run as reporters read it: its results, its evidence, and what follows from both: rows, time spans, clusters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from oip_conformance.report.reading import EvidenceReader
from oip_conformance.verdict.state import State, merge


@dataclass
class Span:
    """When something was asked: the first start and the last end (seconds since the epoch), and how many requests."""

    start: float = float("inf")
    stop: float = 0.0
    busy: float = 0.0
    count: int = 0

    def add(self, started: float, elapsed: float) -> None:
        """Count one exchange."""
        self.start, self.stop = min(self.start, started), max(self.stop, started + elapsed)
        self.busy += elapsed
        self.count += 1


@dataclass
class Row:
    """One line of a test report: an operation under the general rules, a told story, or a requirement nobody reached."""

    test: str
    name: str
    operation: str | None
    operations: list[str]
    classes: list[str]
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""

    @property
    def state(self) -> State:
        """What its outcomes add up to."""
        return merge(State(one["state"]) for one in self.outcomes)

    @property
    def attempts(self) -> list[str]:
        """The states of the attempts, when there was more than one."""
        return next((one["attempts"] for one in self.outcomes if one.get("attempts")), [])


@dataclass(frozen=True)
class Cluster:
    """Failures with one cause, in one operation or in many."""

    requirement: str
    title: str
    state: str
    failures: tuple[dict[str, Any], ...]

    @property
    def operations(self) -> list[str]:
        """The operations that show it, in order."""
        return sorted({one["operation"] for one in self.failures if one["operation"]})


class RunRecord:
    """Results and evidence of one run, read by reporters.

    `certificate` is what its certificate says, or `reasons` why there is none; None where nothing is known of it.
    """

    def __init__(
        self, results: dict[str, Any], evidence: EvidenceReader, certificate: Mapping[str, Any] | None = None
    ) -> None:
        self.results = results
        self.evidence = evidence
        self.certificate = certificate

    @cached_property
    def operations(self) -> dict[str, dict[str, Any]]:
        """The operations of the contract, by id."""
        return {one["id"]: one for one in self.results["operations"]}

    @cached_property
    def class_titles(self) -> dict[str, str]:
        """The titles of the classes, by id."""
        return {one["id"]: one["title"] for one in self.results["classes"]}

    @cached_property
    def failures(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """The distinct failures, by requirement, operation and cause."""
        return {(one["requirement"], one["operation"] or "", one["cause"]): one for one in self.results["failures"]}

    @cached_property
    def clusters(self) -> list[Cluster]:
        """The failures, those of one requirement and cause together; what must hold comes first."""
        groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for one in sorted(self.results["failures"], key=lambda one: one["state"] != "failed"):
            groups.setdefault((one["requirement"], one["cause"]), []).append(one)
        return [Cluster(key[0], heading(some[0]), some[0]["state"], tuple(some)) for key, some in groups.items()]

    def failures_of(self, row: Row) -> list[dict[str, Any]]:
        """The distinct failures that a row shows, each once."""
        found: dict[str, dict[str, Any]] = {}
        for outcome in row.outcomes:
            for one in outcome.get("failures", ()):
                operation = one["operation"] or outcome["operation"] or ""
                group = self.failures.get((outcome["requirement"], operation, one["cause"]))
                if group is not None:
                    found.setdefault(group["id"], group)
        return list(found.values())

    @cached_property
    def rows(self) -> list[Row]:
        """One row an operation, one a story, one a requirement that no test reached."""
        rows: dict[str, Row] = {}
        for requirement in self.results["requirement_results"]:
            for outcome in requirement["outcomes"]:
                row = rows.get(outcome["test"])
                if row is None:
                    row = rows[outcome["test"]] = self._row(outcome["test"], outcome["operation"])
                row.outcomes.append({**outcome, "title": requirement["title"], "level": requirement["level"]})
                row.operations += [one for one in _named(requirement, outcome) if one not in row.operations]
                if requirement["class"] not in row.classes and not row.test.startswith(_GENERAL):
                    row.classes.append(requirement["class"])
            if not requirement["outcomes"]:
                rows[requirement["id"]] = self._unreached(requirement)
        return list(rows.values())

    @cached_property
    def spans(self) -> dict[str, Span]:
        """When each test, and each operation ("every exchange of ..."), was asked; one pass over the evidence."""
        spans: dict[str, Span] = {}
        for exchange in self.evidence:
            for name in (exchange.test, f"{_GENERAL}{exchange.operation or 'no operation'}"):
                spans.setdefault(name, Span()).add(exchange.started, exchange.elapsed)
        return spans

    def _row(self, test: str, operation: str | None) -> Row:
        if test.startswith(_GENERAL) and operation in self.operations:
            found = self.operations[operation]
            name = f"{operation}: {found['method']} {found['path']}"
            return Row(test, name, operation, [operation], [found["class"]])
        return Row(test, story_name(test), operation, [], ["core"] if test.startswith(_GENERAL) else [])

    @staticmethod
    def _unreached(requirement: dict[str, Any]) -> Row:
        outcome = {
            "requirement": requirement["id"],
            "title": requirement["title"],
            "level": requirement["level"],
            "test": requirement["id"],
            "operation": None,
            "state": requirement["state"],
            "reached": 0,
            "exchanges": [],
            "reason": requirement["reason"],
        }
        name = f"{requirement['id']} {requirement['title']}"
        operations = requirement["operations"] if len(requirement["operations"]) <= _FEW else []
        return Row(requirement["id"], name, None, list(operations), [requirement["class"]], [outcome])


_GENERAL = "every exchange of "
_FEW = 6


def heading(failure: dict[str, Any]) -> str:
    """What a failure is called: what is wrong or, where a test says only what should be, that this is not kept."""
    title = str(failure["title"])
    return f"Not kept: {title}" if title == failure["requirement_title"] else title


def story_name(test: str) -> str:
    """The sentence in a test's name: `a/test_b.py::test_a_key_is_needed[x]` reads "a key is needed (x)"."""
    name = test.rpartition("::")[2]
    words, bracket, variant = name.partition("[")
    sentence = re.sub(r"^test_", "", words).replace("_", " ")
    return f"{sentence} ({variant.removesuffix(']')})" if bracket else sentence


def _named(requirement: dict[str, Any], outcome: dict[str, Any]) -> Iterable[str]:
    if outcome["operation"]:
        return (outcome["operation"],)
    return requirement["operations"] if len(requirement["operations"]) <= _FEW else ()
