"""Reports: each reads results and evidence, and none knows another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from oip_conformance.report import html, junit, markdown
from oip_conformance.report.reading import EvidenceReader

Reporter = Callable[[dict[str, Any], EvidenceReader, Path], Path]

REPORTERS: tuple[Reporter, ...] = (html.write, markdown.write, junit.write)
"""The reports that every run writes."""

__all__ = ["REPORTERS", "EvidenceReader", "Reporter"]
