"""Two runs compared: what is fixed, new, still failing and no longer tested, and how coverage and latency moved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from oip_conformance.verdict.state import ExitCode

SLOWER = 1.5
"""So many times the 95th percentile of before, and at least `SLOWER_BY` milliseconds more, is told as slower."""
SLOWER_BY = 10.0
ENOUGH = 20
"""An operation's latency is compared when both runs asked it so often."""

_DECIDED = frozenset({"passed", "warned", "failed"})
_VARIES = re.compile(
    r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"  # an identifier
    r"|[\w-]+-[A-Z2-7]{6}-\d+-[0-9a-f]{8}"  # one that the suite made
    r"|[\w.+-]+@[\w.-]+|\+?\d{4,}|'[^']*'|\"[^\"]*\""
)


@dataclass(frozen=True)
class Change:
    """One failure that came, went or stayed. `id` is that of the run that shows it, the later one if both do."""

    id: str
    requirement: str
    operation: str | None
    title: str
    level: str
    waived: bool = False


@dataclass(frozen=True)
class Comparison:
    """What changed from one run to another. `notes` say in words why the two are not quite alike."""

    fixed: tuple[Change, ...]
    new: tuple[Change, ...]
    still: tuple[Change, ...]
    untested: tuple[dict[str, str], ...]
    coverage: tuple[dict[str, Any], ...]
    slower: tuple[dict[str, Any], ...]
    faster: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    @property
    def regressions(self) -> tuple[Change, ...]:
        """New failures of what must hold, those that nobody waived."""
        return tuple(one for one in self.new if one.level == "must" and not one.waived)

    def exit_code(self, *, allow_untested: bool = False) -> int:
        """The gate of a release: 1 when something new failed, 3 when something is no longer tested, else 0."""
        if self.regressions:
            return ExitCode.NONCONFORMANT
        return ExitCode.INCOMPLETE if self.untested and not allow_untested else ExitCode.CONFORMANT

    def to_json(self) -> dict[str, Any]:
        """The comparison as `compare --json` prints it; its JSON Schema is spec/comparison.schema.json."""
        return {**asdict(self), "regressions": [one.id for one in self.regressions]}


def compare_runs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Compare the results of two runs."""
    old, new = _failures(before), _failures(after)
    decided = {one["id"] for one in after["requirement_results"] if one["state"] in _DECIDED}
    gone = [key for key in old if key not in new]
    return Comparison(
        fixed=tuple(_change(old[key], before) for key in gone if key[0] in decided),
        new=tuple(_change(new[key], after) for key in new if key not in old),
        still=tuple(_change(new[key], after) for key in new if key in old),
        untested=_untested(before, after),
        coverage=_coverage(before, after),
        slower=_latency(before, after, slower=True),
        faster=_latency(before, after, slower=False),
        notes=_notes(before, after),
    )


Key = tuple[str, str, str]


def _failures(results: Mapping[str, Any]) -> dict[Key, Mapping[str, Any]]:
    """The failures of a run by what they are: the values that vary from run to run are left out of the cause."""
    found: dict[Key, Mapping[str, Any]] = {}
    for one in results["failures"]:
        found.setdefault((one["requirement"], one["operation"] or "", _VARIES.sub("...", one["cause"])), one)
    return found


def _change(failure: Mapping[str, Any], results: Mapping[str, Any]) -> Change:
    level = next(
        (one["level"] for one in results["requirement_results"] if one["id"] == failure["requirement"]), "must"
    )
    return Change(
        failure["id"],
        failure["requirement"],
        failure["operation"],
        failure["title"],
        level,
        bool(failure.get("waived")),
    )


def _untested(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, str], ...]:
    now = {one["id"]: one for one in after["requirement_results"]}
    found = []
    for one in before["requirement_results"]:
        if one["state"] not in _DECIDED:
            continue
        later = now.get(one["id"])
        state = later["state"] if later else "not in scope"
        if state not in _DECIDED:
            found.append(
                {
                    "requirement": one["id"],
                    "title": one["title"],
                    "before": one["state"],
                    "after": state,
                    "reason": later["reason"] if later else "",
                }
            )
    return tuple(found)


def _coverage(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    moved = []
    for name, now in after["coverage"].items():
        then = before["coverage"].get(name)
        if then and (then["reached"], then["of"]) != (now["reached"], now["of"]):
            lost = sorted(set(now["missed"]) - set(then["missed"]))
            moved.append(
                {
                    "dimension": name,
                    "before": [then["reached"], then["of"]],
                    "after": [now["reached"], now["of"]],
                    "no_longer_reached": lost,
                }
            )
    return tuple(moved)


def _latency(before: Mapping[str, Any], after: Mapping[str, Any], *, slower: bool) -> tuple[dict[str, Any], ...]:
    old, new = before["traffic"]["by_operation"], after["traffic"]["by_operation"]
    moved = []
    for name in sorted(set(old) & set(new)):
        then, now = old[name]["latency_ms"]["p95"], new[name]["latency_ms"]["p95"]
        low, high = (then, now) if slower else (now, then)
        enough = min(old[name]["count"], new[name]["count"]) >= ENOUGH
        if enough and high > low * SLOWER and high - low >= SLOWER_BY:
            moved.append({"operation": name, "before_ms": then, "after_ms": now})
    return tuple(moved)


def _notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    notes = []
    for section, what in (("contract", "contract"), ("profile", "profile"), ("requirements", "requirement register")):
        if before[section]["digest"] != after[section]["digest"]:
            names = [str(one[section].get("version") or one[section].get("name")) for one in (before, after)]
            detail = f" ({names[0]}, then {names[1]})" if names[0] != names[1] else ""
            notes.append(f"The runs have different {what}s{detail}.")
    if before["suite"]["version"] != after["suite"]["version"]:
        notes.append(f"The suite was {before['suite']['version']}, then {after['suite']['version']}.")
    for part, what in (("level", "level"), ("classes", "classes"), ("only", "selection")):
        if before["run"][part] != after["run"][part]:
            notes.append(f"The {what} was {_shown(before['run'][part])}, then {_shown(after['run'][part])}.")
    if before["target"]["host"] != after["target"]["host"] and not before["target"]["embedded"]:
        notes.append(f"The target was {before['target']['host']}, then {after['target']['host']}.")
    notes += [
        f"The run {name} is not complete."
        for name, one in (("before", before), ("after", after))
        if one["run"]["interrupted"]
    ]
    return tuple(notes)


def _shown(value: Any) -> str:
    return (", ".join(value) or "everything") if isinstance(value, list) else str(value)
