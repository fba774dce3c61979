"""summary.md: the verdict in a pull-request comment, and in the summary of a step of GitHub Actions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oip_conformance.report.escaping import escape, escape_code, fenced
from oip_conformance.report.model import Cluster, RunRecord
from oip_conformance.report.words import UNDECIDED, counted, plain_meaning, verdict_word

SHOWN_CAUSES = 12
SHOWN_OPEN = 15
_ICONS = {"passed": "✅", "warned": "⚠️", "failed": "❌", "not-applicable": "➖"}


def write(run: RunRecord, directory: Path) -> Path:
    """Write summary.md into a run directory."""
    path = directory / "summary.md"
    path.write_text(summary(run), encoding="utf-8")
    return path


def summary(run: RunRecord) -> str:
    """The summary of a run in Markdown."""
    results = run.results
    verdict, facts = results["verdict"], results["run"]
    icon = "❔" if facts["interrupted"] and verdict["state"] != "failed" else _ICONS.get(verdict["state"], "❔")
    target = "the embedded reference server" if results["target"]["embedded"] else results["target"]["url"]
    lines = [
        f"## {icon} OIP {escape(results['contract']['version'])}: {escape(verdict_word(results))}",
        "",
        f"{escape(plain_meaning(results))} {escape(verdict['sentence'])}",
        "",
        f"{escape(target)}, profile {escape(results['profile']['name'])}, level {facts['level']}, seed {facts['seed']}: "
        f"{counted(results['evidence']['exchanges'], 'exchange')} in {facts['seconds']} s.",
        "",
        *_causes(run.clusters, "failed", "cause of failure", "causes of failure"),
        *_causes(run.clusters, "warned", "warning", "warnings"),
        *_waivers(results),
        *_classes(results),
        *_open(results),
        f"Again: `{escape_code(facts['command'])}`",
    ]
    return "\n".join(lines) + "\n"


def _causes(clusters: list[Cluster], state: str, one: str, many: str) -> list[str]:
    found = [cluster for cluster in clusters if cluster.state == state]
    if not found:
        return []
    lines = [f"### {counted(len(found), one, many)}", ""]
    for cluster in found[:SHOWN_CAUSES]:
        first, operations = cluster.failures[0], cluster.operations
        where = f"in `{escape_code(operations[0])}`" if len(operations) == 1 else f"in {len(operations)} operations"
        waived = ", waived" if all(item.get("waived") for item in cluster.failures) else ""
        names = ", ".join(item["id"] for item in cluster.failures[:6]) + (" ..." if len(cluster.failures) > 6 else "")
        lines += [
            f"- **{cluster.requirement}** {escape(cluster.title)} {where if operations else ''} ({names}{waived})  ",
            f"  expected {escape(first['expected'][:200])}, got {escape(first['got'][:200])}",
        ]
        if first["curl"] and len(first["curl"]) < 600:
            lines += [
                f"  <details><summary>curl</summary>\n\n  ```sh\n  {fenced(first['curl'])}\n  ```\n\n  </details>"
            ]
    if len(found) > SHOWN_CAUSES:
        lines.append(f"- and {len(found) - SHOWN_CAUSES} more in the report")
    return [*lines, ""]


def _waivers(results: dict[str, Any]) -> list[str]:
    waivers = results.get("waivers") or []
    if not waivers:
        return []
    lines = [f"### {counted(len(waivers), 'waiver')}", ""]
    for one in waivers:
        failures = ", ".join(one["failures"]) or "nothing"
        lines.append(
            f"- **{one['state']}**: {one['requirement']} until {one['expires']}, {escape(one['owner'])}: "
            f"{escape(one['reason'])} (covers {failures})"
        )
    return [*lines, ""]


def _classes(results: dict[str, Any]) -> list[str]:
    if not results["classes"]:
        return []
    lines = [
        "| class | verdict | " + " | ".join(_COLUMNS) + " | of |",
        "| --- | --- | " + " | ".join("---:" for _ in _COLUMNS) + " | ---: |",
    ]
    for one in results["classes"]:
        counts = " | ".join(str(one["counts"][name] or "") for name in _COLUMNS)
        lines.append(
            f"| {escape(one['title'])} | {_ICONS.get(one['state'], '❔')} {one['state']} | {counts} | {one['total']} |"
        )
    return [*lines, ""]


def _open(results: dict[str, Any]) -> list[str]:
    found = [
        one for one in results["requirement_results"] if one["state"] in UNDECIDED and one["state"] != "not-applicable"
    ]
    if not found:
        return []
    lines = [f"<details><summary>{counted(len(found), 'requirement')} undecided</summary>", ""]
    lines += [f"- {one['id']} {one['state']}: {escape(one['reason'][:200])}" for one in found[:SHOWN_OPEN]]
    if len(found) > SHOWN_OPEN:
        lines.append(f"- and {len(found) - SHOWN_OPEN} more")
    return [*lines, "", "</details>", ""]


_COLUMNS = ("passed", "warned", "failed", "not-tested", "inconclusive", "not-applicable")
