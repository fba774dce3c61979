"""The tables for people: by class of defects, and what each tool took."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.side_by_side.counting import Sight, rows, total
from benchmarks.side_by_side.sample import CLASSES, VARIATIONS
from benchmarks.side_by_side.tools import OURS


def document(
    found: Mapping[str, Mapping[str, Sight]], terms: Mapping[str, Any], baselines: Mapping[str, Mapping[str, float]]
) -> str:
    """The whole page in Markdown."""
    tools = list(terms["tools"])
    parts = [
        _measured(found, terms),
        by_class(found, tools),
        cost(found, terms, baselines),
        _missed(found),
        _alarms(found, tools),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _measured(found: Mapping[str, Mapping[str, Sight]], terms: Mapping[str, Any]) -> str:
    kinds = [next(iter(seen.values())).deviation.kind for seen in found.values()]
    defects, variations = kinds.count("defect"), kinds.count("variation")
    return (
        f"{defects} defects and {variations} variations, at most {terms['budget']} requests a run, seed {terms['seed']},"
        f" {terms['baselines']} runs on the sound server subtracted."
    )


def by_class(found: Mapping[str, Mapping[str, Sight]], tools: Sequence[str]) -> str:
    """Caught of so many, a row a class of defects; then false alarms on variations."""
    counted = rows(found, tools)
    columns = [*tools, "own requirement"]
    titles = ["Class of defects", *tools, f"{OURS}, under the broken requirement"]
    lines = [_row(titles), _row(["---", *["---:"] * len(columns)])]
    for name in [*(one for one in CLASSES if one in counted), *sorted(set(counted) - {*CLASSES, VARIATIONS})]:
        lines.append(_row([name, *(_of(counted[name][one]) for one in columns)]))
    summed = total(counted)
    if summed:
        lines.append(_row(["**all defects caught**", *(f"**{_of(summed[one])}**" for one in columns)]))
    if VARIATIONS in counted:
        alarms = [_of(counted[VARIATIONS][one]) for one in tools]
        lines.append(_row([f"{VARIATIONS} flagged (0 is right)", *alarms, ""]))
    return "\n".join(lines)


def cost(
    found: Mapping[str, Mapping[str, Sight]], terms: Mapping[str, Any], baselines: Mapping[str, Mapping[str, float]]
) -> str:
    """What each tool took, a row a tool: medians over all deviations, and what it says of the sound server."""
    titles = ["Tool", "Version", "Limited by", "Requests (median, most)", "Seconds (median)", "Ended at the budget"]
    lines = [_row([*titles, "Failures reported of the sound server", "Runs without a report"])]
    lines.append(_row(["---"] * (len(titles) + 2)))
    for tool, known in terms["tools"].items():
        seen = [one[tool] for one in found.values()]
        if not seen:
            continue
        requests = [one.requests for one in seen]
        cells = [
            tool,
            known["version"],
            known["limited_by"],
            f"{statistics.median(requests):.0f}, {max(requests)}",
            f"{statistics.median(one.seconds for one in seen):.0f}",
            f"{sum(one.stopped.startswith('budget') for one in seen)}",
            f"{baselines.get(tool, {}).get('failures', 0):.0f}",
            f"{sum(bool(one.problem) for one in seen)}",
        ]
        lines.append(_row(cells))
    return "\n".join(lines)


def _missed(found: Mapping[str, Mapping[str, Sight]]) -> str:
    """The defects that our suite did not see within the budget, by name."""
    ours = [seen[OURS] for seen in found.values() if OURS in seen]
    missed = sorted(one.deviation.id for one in ours if one.deviation.kind == "defect" and not one.own)
    if not missed:
        return ""
    return f"Not seen by our suite under the broken requirement within the budget: {', '.join(missed)}."


def _alarms(found: Mapping[str, Mapping[str, Sight]], tools: Sequence[str]) -> str:
    lines = []
    for tool in tools:
        seen = [one[tool] for one in found.values()]
        names = sorted(one.deviation.id for one in seen if one.deviation.kind == "variation" and one.alarmed)
        if names:
            lines.append(f"- {tool}: {', '.join(names)}")
    return "Variations flagged:\n\n" + "\n".join(lines) if lines else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _of(count: tuple[int, int]) -> str:
    return f"{count[0]} / {count[1]}"
