"""After the verdict: each reporter writes its file into the run directory, and the build server is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oip_conformance.certificate import Issued
from oip_conformance.evidence import EVIDENCE_NAME, EvidenceFile
from oip_conformance.report import ON_REQUEST, REPORTERS, RunRecord
from oip_conformance.report.github import step_summary, workflow_commands


def write_reports(
    results: dict[str, Any], evidence: EvidenceFile, directory: Path, issued: Issued, *, har: bool
) -> list[Path]:
    """Write all reports; returns their files."""
    run = RunRecord(results, evidence, issued.says or {"reasons": issued.reasons})
    asked = [ON_REQUEST["har"]] if har else []
    return [write(run, directory) for write in (*REPORTERS, *asked)]


def tell_build_server(results: dict[str, Any], directory: Path, environment: Mapping[str, str]) -> list[str]:
    """The lines that GitHub Actions reads as annotations; appends summary.md to the summary of the step.

    Does nothing elsewhere: GitHub sets GITHUB_ACTIONS=true and names the file in GITHUB_STEP_SUMMARY.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return []
    summary, page = directory / "summary.md", environment.get("GITHUB_STEP_SUMMARY")
    if page and summary.is_file():
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(step_summary(summary.read_text(encoding="utf-8")) + "\n")
    return workflow_commands(RunRecord(results, EvidenceFile(directory / EVIDENCE_NAME)))
