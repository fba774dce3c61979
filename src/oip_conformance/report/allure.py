"""allure-results/: classes as epics, operations as stories, requirements as links, evidence attached.

    cd RUN_DIR && npx allure generate allure-results && npx allure open allure-report

One row an operation and one a told story; a requirement that nobody reached is a skipped row. Rows keep their history
ids from run to run, so that Allure draws trends.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Link, Status, StatusDetails, TestResult, TestStepResult

from oip_conformance.report.model import Row, RunRecord, Span, heading
from oip_conformance.report.reading import as_text, explained
from oip_conformance.report.words import counted
from oip_conformance.verdict.state import State

ATTACHED = 3
"""So many exchanges are attached to a row that passed; every distinct failure has its own."""

_STATUS = {
    State.PASSED: Status.PASSED,
    State.WARNED: Status.PASSED,
    State.FAILED: Status.FAILED,
    State.INCONCLUSIVE: Status.UNKNOWN,
    State.CONFIG_ERROR: Status.BROKEN,
    State.SUITE_ERROR: Status.BROKEN,
}
_SEVERITY = {"must": "critical", "should": "minor"}


def write(run: RunRecord, directory: Path) -> Path:
    """Write allure-results/ into a run directory."""
    folder = directory / "allure-results"
    files = AllureFileLogger(str(folder))  # type: ignore[no-untyped-call]  # allure has no types
    pages = _Pages(files, run)
    for row in run.rows:
        pages.write(row)
    facts = run.results
    environment = {
        "Target": facts["target"]["url"],
        "Contract": f"{facts['contract']['title']} {facts['contract']['version']}",
        "Profile": facts["profile"]["name"],
        "Level": facts["run"]["level"],
        "Seed": facts["run"]["seed"],
        "Suite": facts["suite"]["version"],
        "Verdict": facts["verdict"]["sentence"],
    }
    lines = [f"{name}={_one_line(str(value))}" for name, value in environment.items()]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


class _Pages:
    def __init__(self, files: AllureFileLogger, run: RunRecord) -> None:
        self._files = files
        self._run = run
        self._attached: dict[str, str] = {}

    def write(self, row: Row) -> None:
        span = self._run.spans.get(row.test, Span())
        start = int(1000 * (span.start if span.count else 0))
        failures = self._run.failures_of(row)
        identity = hashlib.sha256(row.test.encode()).hexdigest()[:32]
        message = row.outcomes[0].get("reason", "") if not failures else heading(failures[0])
        titles = [self._run.class_titles.get(name, name) for name in row.classes]
        result = TestResult(
            uuid=f"{identity[:8]}-{identity[8:12]}-{identity[12:16]}-{identity[16:20]}-{identity[20:]}",
            name=row.name,
            fullName=row.test,
            historyId=identity,
            testCaseId=identity,
            status=_STATUS.get(row.state, Status.SKIPPED),
            stage="finished",
            statusDetails=StatusDetails(
                message=message or None,
                trace="\n\n".join(explained(one, self._run.results["run"]["id"]) for one in failures) or None,
                flaky=True if row.state is State.INCONCLUSIVE and row.attempts else None,
            ),
            start=start or None,
            stop=int(start + 1000 * (span.stop - span.start)) if span.count else None,
            labels=self._labels(row),
            links=[
                Link(type="requirement", url=f"../report.html#{name}", name=name)
                for name in dict.fromkeys(one["requirement"] for one in row.outcomes)
            ],
            titlePath=[*titles[:1], *(row.operations or ["every operation"])[:1]],
            steps=[self._step(one, failures) for one in row.outcomes],
            attachments=self._evidence(row, failures),
        )
        self._files.report_result(result)  # type: ignore[no-untyped-call]  # allure has no types

    def _labels(self, row: Row) -> list[Label]:
        labels = [Label("epic", self._run.class_titles.get(name, name)) for name in row.classes]
        labels += [
            Label("feature", "Operations" if row.operation and row.name.startswith(row.operation) else "Stories")
        ]
        labels += [Label("story", name) for name in row.operations or ["every operation"]]
        labels += [Label("tag", str(row.state)), Label("framework", "oip-conformance"), Label("language", "http")]
        labels.append(Label("severity", max((_SEVERITY[one["level"]] for one in row.outcomes), key=_graver)))
        return labels

    def _step(self, outcome: dict[str, Any], failures: list[dict[str, Any]]) -> TestStepResult:
        state = State(outcome["state"])
        shown = [one for one in failures if one["requirement"] == outcome["requirement"]]
        text = "; ".join(f"expected {one['expected']}, got {one['got']}" for one in shown) or outcome.get("reason", "")
        return TestStepResult(
            name=f"{outcome['requirement']} {outcome['title']}: {state}, {counted(outcome['reached'], 'exchange')}",
            status=_STATUS.get(state, Status.SKIPPED),
            statusDetails=StatusDetails(message=text) if text else None,
            stage="finished",
            attachments=[item for one in shown if (item := self._attach(one["exchange"]))],
        )

    def _evidence(self, row: Row, failures: list[dict[str, Any]]) -> list[Attachment]:
        if failures:
            return []  # they stand in the steps of the requirements that they break
        cited = dict.fromkeys(name for one in row.outcomes for name in one["exchanges"])
        return [item for name in list(cited)[:ATTACHED] if (item := self._attach(name))]

    def _attach(self, name: str | None) -> Attachment | None:
        exchange = self._run.evidence.kept(name) if name else None
        if exchange is None or name is None:
            return None
        source = self._attached.get(name)
        if source is None:
            source = self._attached[name] = f"{name}-attachment.txt"
            self._files.report_attached_data(as_text(exchange), source)  # type: ignore[no-untyped-call]  # allure has no types
        status = exchange.response.status if exchange.response else exchange.fault
        return Attachment(name=f"{name} {exchange.operation or ''} {status}", source=source, type="text/plain")


def _graver(severity: str) -> int:
    return 1 if severity == "critical" else 0


def _one_line(text: str) -> str:
    return " ".join(text.split())
