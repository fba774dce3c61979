"""junit.xml: one test case for each requirement and operation, as build servers read them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from oip_conformance.report.model import RunRecord
from oip_conformance.report.reading import explained

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(run: RunRecord, directory: Path) -> Path:
    """Write junit.xml into a run directory."""
    results = run.results
    suites = ElementTree.Element("testsuites", name="OIP Conformance", time=str(results["run"]["seconds"]))
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for one in results["classes"]:
        members = [item for item in results["requirement_results"] if item["class"] == one["id"]]
        suite = ElementTree.SubElement(suites, "testsuite", name=one["title"], timestamp=results["run"]["started"])
        counts = dict.fromkeys(totals, 0)
        for requirement in members:
            _cases(run, suite, requirement, counts)
        for name, count in counts.items():
            suite.set(name, str(count))
            totals[name] += count
    for name, count in totals.items():
        suites.set(name, str(count))
    path = directory / "junit.xml"
    ElementTree.indent(suites)
    ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)
    return path


def _cases(run: RunRecord, suite: ElementTree.Element, requirement: dict[str, Any], counts: dict[str, int]) -> None:
    for outcome in requirement["outcomes"] or [_unsaid(requirement)]:
        counts["tests"] += 1
        name = f"{requirement['id']} {outcome['test']}" + (f" [{outcome['operation']}]" if outcome["operation"] else "")
        seconds = run.spans[outcome["test"]].busy if outcome["test"] in run.spans else 0.0
        case = ElementTree.SubElement(
            suite, "testcase", classname=requirement["class"], name=_clean(name), time=f"{seconds:.3f}"
        )
        state, reason = outcome["state"], outcome.get("reason", "")
        if state == "failed":
            counts["failures"] += 1
            _failure(run, case, requirement, outcome)
        elif state in ("suite-error", "config-error"):
            counts["errors"] += 1
            ElementTree.SubElement(case, "error", message=_clean(reason), type=state)
        elif state not in ("passed", "warned"):
            counts["skipped"] += 1
            ElementTree.SubElement(case, "skipped", message=_clean(f"{state}: {reason}"))
        elif state == "warned":
            ElementTree.SubElement(case, "system-out").text = _clean(
                f"warning: {reason or _shown(run, requirement, outcome)}"
            )


def _failure(run: RunRecord, case: ElementTree.Element, requirement: dict[str, Any], outcome: dict[str, Any]) -> None:
    """One failure element a test case, as the format has it; its text tells every cause, and how to see it again."""
    titles = [one["title"] for one in outcome.get("failures", ())] or [requirement["title"]]
    element = ElementTree.SubElement(
        case, "failure", message=_clean("; ".join(dict.fromkeys(titles))), type=requirement["id"]
    )
    element.text = _clean(_shown(run, requirement, outcome) or outcome.get("reason", ""))


def _shown(run: RunRecord, requirement: dict[str, Any], outcome: dict[str, Any]) -> str:
    found = []
    for one in outcome.get("failures", ()):
        key = (requirement["id"], one["operation"] or outcome["operation"] or "", one["cause"])
        group = run.failures.get(key)
        found.append(
            explained(group, run.results["run"]["id"]) if group else f"expected {one['expected']}\ngot {one['got']}"
        )
    return "\n\n".join(found)


def _unsaid(requirement: dict[str, Any]) -> dict[str, Any]:
    return {"test": "no test", "operation": None, "state": requirement["state"], "reason": requirement["reason"]}


def _clean(text: str) -> str:
    """Text that XML 1.0 can hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
