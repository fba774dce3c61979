"""What each tool reported, as a set of failures: pure functions of its report.

A failure is the operation and the kind of failure, the kind as fine as the report allows (the place in the body, the status
that came instead), so that a second fault of an operation counts although it failed before. Ids and positions, which
differ from run to run, are taken out.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Failures = frozenset[str]

_ID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f-]{13,}[A-Za-z0-9]*|sandbox-[0-9a-f]+")
_POSITION = re.compile(r"\[\d+\]|(?<=/)\d+(?=/|')|\.\d+(?=[. ])")
_NONPASSING = ("failed", "warned")


def without_ids(text: str) -> str:
    """A text that is the same for two runs that met the same failure."""
    return _POSITION.sub("[]", _ID.sub("ID", " ".join(text.split())))


def of_our_suite(report: Path) -> Failures:
    """The requirements that failed or were warned about, from `results.json`."""
    results: Mapping[str, Any] = json.loads(report.read_bytes())
    return frozenset(one["id"] for one in results["requirement_results"] if one["state"] in _NONPASSING)


def of_schemathesis(report: Path) -> Failures:
    """From its JSON report: failures by type, and errors, each with the operations that have it."""
    run: Mapping[str, Any] = json.loads(report.read_bytes())
    return frozenset(
        f"{operation} | {one.get('type') or one.get('title')}"
        for one in [*run["failures"], *run["errors"]]
        for operation in one.get("operations") or ["-"]
    )


def of_specmatic(report: Path) -> Failures:
    """From its JUnit report: the scenario's sign and operation, then each place that broke a rule."""
    found: set[str] = set()
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        for failure in [*case.iter("failure"), *case.iter("error")]:
            text = failure.text or failure.get("message") or ""
            found.update(_of_specmatic_case(case.get("name", ""), text))
    return frozenset(found)


def _of_specmatic_case(name: str, text: str) -> Iterable[str]:
    sign = "-ve" if "-ve " in name else "+ve"
    api = re.search(r"^API: (.+)$", text, re.MULTILINE)
    operation = api[1] if api else without_ids(name.rpartition(" > ")[2])
    places = re.split(r"^\s*>> ", text, flags=re.MULTILINE)[1:]
    if not places:
        yield f"{sign} {operation} | {without_ids(text)[:160]}"
    for one in places:
        place, _, rest = one.partition("\n")
        rule = re.search(r"\bR\d{4}\b", rest)
        status = re.search(r"response contained status (\d+)", rest)
        kind = " ".join([rule[0] if rule else "", status[1] if status else ""]).strip()
        yield f"{sign} {operation} | {without_ids(place)} {kind}".strip()


def of_dredd(report: Path) -> Failures:
    """From its Markdown report: each transaction that failed, and each line that says why."""
    found: set[str] = set()
    for part in re.split(r"^## ", report.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        if not title.startswith(("Fail:", "Error:")):
            continue
        said = re.search(r"### Message\s+```\n(.*?)```", rest, re.DOTALL)
        lines = [line for line in (said[1].splitlines() if said else []) if line.strip()] or ["failed"]
        found.update(f"{without_ids(title.partition(':')[2].strip())} | {without_ids(line)}" for line in lines)
    return frozenset(found)


def of_newman(report: Path) -> Failures:
    """From its JSON report: each assertion that failed, with each line that says why."""
    run: Mapping[str, Any] = json.loads(report.read_bytes())["run"]
    found: set[str] = set()
    for one in run["failures"]:
        error = one["error"]
        name = error.get("test") or one.get("source", {}).get("name", "-")
        message = error.get("message", "").partition("following errors:")
        lines = [line for line in (message[2] or message[0]).splitlines() if line.strip()] or [error.get("name", "")]
        found.update(without_ids(f"{name} | {line}") for line in lines)
    return frozenset(found)
