"""report.html: one file, no network, that a person opens to see the verdict and everything it stands on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from oip_conformance.report.model import RunRecord
from oip_conformance.report.reading import EvidenceReader, pretty_body

REPORT_NAME = "report.html"
SHOWN_EXAMPLES = 400
"""So many failures are shown with request and response; the others name their exchange."""


def write(run: RunRecord, directory: Path) -> Path:
    """Write report.html into a run directory."""
    results, evidence = run.results, run.evidence
    environment = Environment(
        loader=PackageLoader("oip_conformance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["sparkline"] = sparkline
    environment.filters["percent"] = percent
    failures = [_with_exchange(one, evidence, position) for position, one in enumerate(results["failures"])]
    text = environment.get_template("report.html.j2").render(
        results=results,
        failures=failures,
        failed=[one for one in failures if one["state"] == "failed"],
        warned=[one for one in failures if one["state"] == "warned"],
        open=[one for one in results["requirement_results"] if one["state"] in _OPEN],
        states=list(results["verdict"]["counts"]),
        words=_WORDS,
    )
    path = directory / REPORT_NAME
    path.write_text(text, encoding="utf-8")
    return path


_OPEN = frozenset({"not-tested", "inconclusive", "config-error", "suite-error", "not-applicable"})
_WORDS = {
    "passed": "Conformant",
    "warned": "Conformant, with warnings",
    "failed": "Not conformant",
    "not-tested": "Incomplete",
    "inconclusive": "Inconclusive",
    "config-error": "Not tested: configuration",
    "suite-error": "The suite failed",
    "not-applicable": "Nothing applies",
}


def _with_exchange(failure: dict[str, Any], evidence: EvidenceReader, position: int) -> dict[str, Any]:
    exchange = evidence.kept(failure["exchange"]) if failure["exchange"] and position < SHOWN_EXAMPLES else None
    if exchange is None:
        return {**failure, "shown": None}
    request, response = exchange.request, exchange.response
    return {
        **failure,
        "shown": {
            "request": {
                "line": f"{request.method} {request.url}",
                "headers": request.headers,
                "body": pretty_body(request.body),
            },
            "response": None
            if response is None
            else {
                "line": f"{response.http_version} {response.status}",
                "headers": response.headers,
                "body": pretty_body(response.body),
            },
            "fault": exchange.fault,
            "milliseconds": round(exchange.elapsed * 1000, 1),
        },
    }


def sparkline(histogram: list[int]) -> str:
    """A histogram as the points of small SVG bars, 8 by 18 pixels each: JSON of [x, y, height] triples."""
    top = max(histogram, default=0) or 1
    bars = []
    for position, count in enumerate(histogram):
        height = 0 if not count else max(1, round(18 * count / top))
        bars.append([position * 9, 18 - height, height])
    return json.dumps(bars)


def percent(part: int, whole: int) -> str:
    """A share in words."""
    return f"{100 * part / whole:.0f} %" if whole else "none"
