"""Reports: each reads results and evidence, and none knows another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from oip_conformance.report import allure, badge, ctrf, failures, har, html, junit, markdown
from oip_conformance.report.model import RunRecord
from oip_conformance.report.reading import EvidenceReader

Reporter = Callable[[RunRecord, Path], Path]

REPORTERS: tuple[Reporter, ...] = (
    html.write,
    markdown.write,
    junit.write,
    ctrf.write,
    allure.write,
    badge.write,
    failures.write,
)
"""The reports that every run writes."""

ON_REQUEST: dict[str, Reporter] = {"har": har.write}
"""The reports that a run writes when asked."""

__all__ = ["ON_REQUEST", "REPORTERS", "EvidenceReader", "Reporter", "RunRecord"]
