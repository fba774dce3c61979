"""summary.md: the verdict in a pull-request comment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oip_conformance.report.reading import EvidenceReader

SHOWN_FAILURES = 20
_ICONS = {"passed": "✅", "warned": "⚠️", "failed": "❌", "not-applicable": "➖"}


def write(results: dict[str, Any], evidence: EvidenceReader, directory: Path) -> Path:
    """Write summary.md into a run directory."""
    del evidence
    path = directory / "summary.md"
    path.write_text(summary(results), encoding="utf-8")
    return path


def summary(results: dict[str, Any]) -> str:
    """The summary of a run in Markdown."""
    verdict, run = results["verdict"], results["run"]
    lines = [
        f"## {_ICONS.get(verdict['state'], '❔')} {escape(verdict['sentence'])}",
        "",
        f"{escape(results['target']['url'])}, level {run['level']}, seed {run['seed']}: "
        f"{results['evidence']['exchanges']} exchanges in {run['seconds']} s.",
        "",
        "| class | verdict | " + " | ".join(_COLUMNS) + " | of |",
        "| --- | --- | " + " | ".join("---:" for _ in _COLUMNS) + " | ---: |",
    ]
    for one in results["classes"]:
        counts = " | ".join(str(one["counts"][name] or "") for name in _COLUMNS)
        lines.append(
            f"| {escape(one['title'])} | {_ICONS.get(one['state'], '❔')} {one['state']} | {counts} | {one['total']} |"
        )
    failures = [one for one in results["failures"] if one["state"] == "failed"]
    if failures:
        lines += ["", f"### {len(failures)} distinct failures", ""]
    for one in failures[:SHOWN_FAILURES]:
        lines.append(
            f"- **{one['requirement']}** {escape(one['operation'] or '')} {escape(one['title'])}: "
            f"expected {escape(one['expected'])}, got {escape(one['got'][:200])} (`{one['id']}`, seen {one['count']} times)"
        )
    if len(failures) > SHOWN_FAILURES:
        lines.append(f"- and {len(failures) - SHOWN_FAILURES} more")
    return "\n".join(lines) + "\n"


_COLUMNS = ("passed", "warned", "failed", "not-tested", "inconclusive", "not-applicable")


def escape(text: str) -> str:
    """Text that Markdown and HTML show as it is, on one line."""
    for character in "\\`*_[]<>|#":
        text = text.replace(
            character, f"\\{character}" if character not in "<>" else {"<": "&lt;", ">": "&gt;"}[character]
        )
    return " ".join(text.split())
