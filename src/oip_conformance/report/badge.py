"""badge.svg: the verdict in one line, whose claim never exceeds the run: a smoke run says smoke, a part says which."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from oip_conformance.report.model import RunRecord
from oip_conformance.report.words import verdict_word

GREEN, YELLOW, RED, GREY = "#1a7f37", "#8a6100", "#b42318", "#57606a"


def write(run: RunRecord, directory: Path) -> Path:
    """Write badge.svg into a run directory."""
    path = directory / "badge.svg"
    path.write_text(badge(run.results), encoding="utf-8")
    return path


def claim(results: dict[str, Any]) -> tuple[str, str]:
    """The words and the colour of the badge. Only a whole, unwaived pass is green."""
    state = results["verdict"]["state"]
    words = verdict_word(results).lower()
    waived = sum(bool(one.get("waived")) for one in results["failures"])
    if state == "failed":
        return (f"{words}, {waived} waived" if waived else words), RED
    if state == "warned":
        return words, YELLOW
    if state != "passed" or results["run"]["interrupted"]:
        return words if state != "passed" else "incomplete", GREY
    return words, GREEN


def badge(results: dict[str, Any]) -> str:
    """The badge as SVG text."""
    left = f"OIP {results['contract']['version']}"
    right, colour = claim(results)
    if results["target"]["embedded"]:
        right += " (reference server)"
    a, b = _width(left), _width(right)
    title = f"{left}: {right}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{a + b}" height="20" role="img" aria-label={quoteattr(title)}>'
        f"<title>{escape(title)}</title>"
        f'<clipPath id="r"><rect width="{a + b}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{a}" height="20" fill="#24292f"/>'
        f'<rect x="{a}" width="{b}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{a / 2}" y="14">{escape(left)}</text>'
        f'<text x="{a + b / 2}" y="14">{escape(right)}</text></g></svg>\n'
    )


def _width(text: str) -> int:
    return 12 + round(6.9 * len(text))
