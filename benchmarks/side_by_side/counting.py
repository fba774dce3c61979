"""From observations to counts: what is new against the sound server, what is caught, what is a false alarm. All pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.side_by_side.sample import VARIATIONS, class_of
from benchmarks.side_by_side.tools import OURS
from benchmarks.side_by_side.trial import Observation

from oip_conformance.detection.deviations import Deviation

Lookup = Callable[[str, str], Observation | None]
"""Subject and tool -> what was observed, if it was."""


@dataclass(frozen=True)
class Sight:
    """What one tool saw of one deviation: the failures that no run on the sound server had, and what it took.

    `own` says that one of them is a requirement that the defect breaks, which only our suite can name.
    """

    deviation: Deviation
    new: frozenset[str]
    requests: int
    seconds: float
    stopped: str
    problem: str

    @property
    def alarmed(self) -> bool:
        """Whether anything new was reported."""
        return bool(self.new)

    @property
    def own(self) -> bool:
        """Whether a requirement that the defect breaks is among it."""
        return bool(self.new & set(self.deviation.breaks))

    def to_json(self) -> dict[str, Any]:
        """What it was, the new failures shortened to ten."""
        return {
            "new": sorted(self.new)[:10],
            "new_failures": len(self.new),
            "requests": self.requests,
            "seconds": self.seconds,
            "stopped": self.stopped,
            "problem": self.problem,
        }


def subject_of(deviation: Deviation) -> str:
    """The name of a deviation in the ledger."""
    return f"{deviation.kind} {deviation.id}"


def sound(profile: str, turn: int) -> str:
    """The name of a run on the sound server in the ledger."""
    return f"sound {profile} {turn}"


def profile_of(deviation: Deviation) -> str:
    """The profile that the server and our suite are started with."""
    return deviation.profile or "embedded"


def sight(deviation: Deviation, observation: Observation, baselines: Iterable[Observation]) -> Sight:
    """An observation less everything that any run on the sound server reported as well."""
    known = frozenset[str]().union(*(one.failures for one in baselines))
    return Sight(
        deviation,
        observation.failures - known,
        observation.requests,
        observation.seconds,
        observation.stopped,
        observation.problem,
    )


def sights(
    deviations: Sequence[Deviation], tools: Sequence[str], turns: int, lookup: Lookup
) -> dict[str, dict[str, Sight]]:
    """Subject -> tool -> sight, for the deviations that every tool has been tried on, so that all are counted alike."""
    found: dict[str, dict[str, Sight]] = {}
    for one in deviations:
        subject, profile = subject_of(one), profile_of(one)
        seen: dict[str, Sight] = {}
        for tool in tools:
            observation = lookup(subject, tool)
            baselines = [lookup(sound(profile, turn), tool) for turn in range(turns)]
            whole = [base for base in baselines if base is not None]
            if observation is not None and len(whole) == turns:
                seen[tool] = sight(one, observation, whole)
        if len(seen) == len(tools):
            found[subject] = seen
    return found


def rows(found: Mapping[str, Mapping[str, Sight]], tools: Sequence[str]) -> dict[str, dict[str, tuple[int, int]]]:
    """Class of defects -> column -> caught of so many; the columns are the tools and `own requirement`."""
    columns = [*tools, "own requirement"]
    counted: dict[str, dict[str, tuple[int, int]]] = {}
    for seen in found.values():
        deviation = next(iter(seen.values())).deviation
        name = VARIATIONS if deviation.kind == "variation" else class_of(deviation.family)
        row = counted.setdefault(name, dict.fromkeys(columns, (0, 0)))
        for tool in tools:
            row[tool] = _plus(row[tool], seen[tool].alarmed)
        if OURS in seen:
            row["own requirement"] = _plus(row["own requirement"], seen[OURS].own)
    return counted


def total(counted: Mapping[str, Mapping[str, tuple[int, int]]]) -> dict[str, tuple[int, int]]:
    """The sums of all classes of defects, variations left out."""
    summed: dict[str, tuple[int, int]] = {}
    for name, row in counted.items():
        if name != VARIATIONS:
            for column, (hit, of) in row.items():
                before = summed.get(column, (0, 0))
                summed[column] = (before[0] + hit, before[1] + of)
    return summed


def _plus(count: tuple[int, int], hit: bool) -> tuple[int, int]:
    return count[0] + hit, count[1] + 1
