"""ctrf.json: the Common Test Report Format (https://ctrf.io), one test a row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from oip_conformance.report.model import Row, RunRecord, Span, heading
from oip_conformance.report.reading import explained
from oip_conformance.verdict.state import State

SPEC_VERSION = "0.0.0"
_STATUS = {
    State.PASSED: "passed",
    State.WARNED: "passed",
    State.FAILED: "failed",
    State.NOT_TESTED: "skipped",
    State.NOT_APPLICABLE: "skipped",
}


def write(run: RunRecord, directory: Path) -> Path:
    """Write ctrf.json into a run directory."""
    facts = run.results
    tests = [_test(run, row) for row in run.rows]
    start, stop = _milliseconds(facts["run"]["started"]), _milliseconds(facts["run"]["ended"])
    counts = {name: sum(one["status"] == name for one in tests) for name in ("passed", "failed", "skipped", "other")}
    report = {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "reportId": str(uuid5(NAMESPACE_URL, f"oip-conformance:{facts['run']['id']}:{facts['evidence']['digest']}")),
        "timestamp": facts["run"]["ended"],
        "generatedBy": f"oip-conformance {facts['suite']['version']}",
        "results": {
            "tool": {"name": "oip-conformance", "version": facts["suite"]["version"]},
            "summary": {
                "tests": len(tests),
                **counts,
                "pending": 0,
                "flaky": sum(one.get("flaky", False) for one in tests),
                "suites": len(facts["classes"]),
                "start": start,
                "stop": stop,
                "duration": stop - start,
                "extra": {"verdict": facts["verdict"]["state"], "exit_code": facts["verdict"]["exit_code"]},
            },
            "tests": tests,
            "environment": {
                "appName": facts["contract"]["title"],
                "appVersion": facts["contract"]["version"],
                "testEnvironment": facts["profile"]["name"],
                "extra": {
                    "target": facts["target"]["url"],
                    "level": facts["run"]["level"],
                    "seed": facts["run"]["seed"],
                },
            },
        },
    }
    path = directory / "ctrf.json"
    path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return path


def _test(run: RunRecord, row: Row) -> dict[str, Any]:
    span = run.spans.get(row.test, Span())
    failures = run.failures_of(row)
    reason = next((one["reason"] for one in row.outcomes if one.get("reason")), "")
    record: dict[str, Any] = {
        "testId": row.test,
        "name": row.name,
        "status": _STATUS.get(row.state, "other"),
        "rawStatus": str(row.state),
        "duration": round(1000 * span.busy),
        "suite": [run.class_titles.get(name, name) for name in row.classes] or ["core"],
        "tags": list(dict.fromkeys(one["requirement"] for one in row.outcomes)),
        "labels": {"state": str(row.state), **({"operation": row.operations} if row.operations else {})},
        "type": "conformance",
    }
    if span.count:
        record |= {"start": round(1000 * span.start), "stop": round(1000 * span.stop)}
    if failures:
        first = failures[0]
        record["message"] = f"{heading(first)}: expected {first['expected']}, got {first['got']}"
        record["trace"] = "\n\n".join(explained(one, run.results["run"]["id"]) for one in failures)
        record["snippet"] = first["curl"] or "none"
    elif reason:
        record["message"] = reason
    if row.attempts:
        record["retries"] = len(row.attempts) - 1
        record["retryAttempts"] = [
            {"attempt": number, "status": _STATUS.get(State(state), "other")}
            for number, state in enumerate(row.attempts[:-1], start=1)
        ]
        record["flaky"] = row.state is State.INCONCLUSIVE
    return record


def _milliseconds(moment: str) -> int:
    return round(1000 * dt.datetime.fromisoformat(moment).timestamp())
