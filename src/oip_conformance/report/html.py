"""report.html: one file, no network, that a person opens to see the verdict and everything it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from oip_conformance.report.model import Cluster, RunRecord
from oip_conformance.report.reading import pretty_body
from oip_conformance.report.words import DIMENSIONS, STATES, UNDECIDED, counted, plain_meaning, verdict_word
from oip_conformance.verdict.latency import EDGES

REPORT_NAME = "report.html"
SHOWN_CAUSES = 250
"""So many causes are told in full; the rest stands in the summary of causes and in results.json."""
SHOWN_AT_FIRST = 5
"""So many causes are named beside the verdict, each with the way to where it is told."""
SHOWN_OPERATIONS = 12
"""So many operations of one cause are told in full."""
SHOWN_OUTCOMES = 40
"""So many outcomes of one requirement are listed."""
EXCHANGE_BUDGET = 1_500_000
"""So many characters of requests and responses are shown in all, so that the page stays quick to open."""
LONGEST_CURL = 3000


def write(run: RunRecord, directory: Path) -> Path:
    """Write report.html into a run directory."""
    environment = Environment(
        loader=PackageLoader("oip_conformance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"bars": bars, "percent": percent, "counted": counted}
    results = run.results
    path = directory / REPORT_NAME
    with path.open("w", encoding="utf-8") as file:
        for piece in environment.get_template("report.html.j2").generate(
            results=results,
            word=verdict_word(results),
            meaning=plain_meaning(results),
            failed=_told(run, "failed"),
            warned=_told(run, "warned"),
            more={state: _untold(run, state) for state in ("failed", "warned")},
            open=[one for one in results["requirement_results"] if one["state"] in UNDECIDED],
            states=list(results["verdict"]["counts"]),
            columns=[name for name, count in results["verdict"]["counts"].items() if count],
            dimensions=DIMENSIONS,
            meanings=STATES,
            waivers=results.get("waivers") or [],
            certificate=run.certificate,
            shown_at_first=SHOWN_AT_FIRST,
            shown_outcomes=SHOWN_OUTCOMES,
            shown_operations=SHOWN_OPERATIONS,
            longest_curl=LONGEST_CURL,
            slowest=sorted(
                results["traffic"]["by_operation"].items(), key=lambda one: -float(one[1]["latency_ms"]["p95"])
            ),
            edges=EDGES,
        ):
            file.write(piece)
    return path


def _told(run: RunRecord, state: str) -> list[dict[str, Any]]:
    """The causes of a state that are told in full, each with the exchanges that show it, within the budget."""
    budget = EXCHANGE_BUDGET if state == "failed" else EXCHANGE_BUDGET // 4
    told = []
    for cluster in [one for one in run.clusters if one.state == state][:SHOWN_CAUSES]:
        shown = []
        for failure in cluster.failures[:SHOWN_OPERATIONS]:
            exchange = _exchange(run, failure["exchange"]) if budget > 0 else None
            budget -= sum(len(part["text"]) for part in (exchange or {}).get("parts", ()))
            shown.append({**failure, "shown": exchange})
        told.append({"cluster": cluster, "failures": shown, "id": cluster.failures[0]["id"]})
    return told


def _untold(run: RunRecord, state: str) -> list[Cluster]:
    return [one for one in run.clusters if one.state == state][SHOWN_CAUSES:]


def _exchange(run: RunRecord, name: str | None) -> dict[str, Any] | None:
    exchange = run.evidence.kept(name) if name else None
    if exchange is None:
        return None
    request, response = exchange.request, exchange.response
    sent = _message(f"{request.method} {request.url}", request.headers, request.body)
    if response is None:
        came = f"no answer: {exchange.fault} {exchange.why}".rstrip()
    else:
        came = _message(f"{response.http_version} {response.status}", response.headers, response.body)
    return {
        "parts": [{"title": "Request", "text": sent}, {"title": "Response", "text": came}],
        "milliseconds": round(exchange.elapsed * 1000, 1),
    }


def _message(line: str, headers: Iterable[tuple[str, str]], body: bytes) -> str:
    lines = [line, *(f"{name}: {value}" for name, value in headers)]
    return "\n".join([*lines, "", pretty_body(body)]).rstrip()


def bars(histogram: list[int]) -> Markup:
    """A histogram as small SVG bars, 8 by at most 18 pixels each."""
    top = max(histogram, default=0) or 1
    parts = []
    for position, count in enumerate(histogram):
        height = max(2, round(18 * count / top)) if count else 0
        if height:
            parts.append(f'<rect x="{position * 9}" y="{18 - height}" width="8" height="{height}"/>')
    return Markup("".join(parts))


def percent(part: int, whole: int) -> str:
    """A share in words; only the whole is 100 %."""
    if not whole:
        return "none"
    share = 100 * part / whole
    return f"{min(99, round(share)) if part < whole else 100} %"
