"""After the verdict: each reporter writes its file into the run directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oip_conformance.evidence import EvidenceFile
from oip_conformance.report import REPORTERS


def write_reports(results: dict[str, Any], evidence: EvidenceFile, directory: Path, *, har: bool) -> list[Path]:
    """Write all reports; returns their files."""
    del har
    return [write(results, evidence, directory) for write in REPORTERS]
