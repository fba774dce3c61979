"""Examining a deviation: the cheap runs first, the dear ones for what stays unseen.

a defect     everything at smoke, which also shows who is blamed for nothing; while it is not seen, the requirements
             it breaks alone at the level asked for, then everything at that level
             with every other seed, the requirements it breaks alone first
a variation  everything at smoke, for every seed; then everything at the level asked for
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.detection.deviations import Deviation
from oip_conformance.detection.finding import Finding, Word, blamed_for_nothing, flagged, sees, unexercised
from oip_conformance.detection.laboratory import Laboratory
from oip_conformance.detection.trial import Order, Sighting
from oip_conformance.session import Level

Carry = Callable[[Order], Sighting]


@dataclass(frozen=True)
class Depth:
    """How thoroughly to look: the deepest level, the seeds, and whether whole runs are made (`narrow`: none)."""

    level: Level = "standard"
    seeds: tuple[int, ...] = (0,)
    narrow: bool = False

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels to try, the cheap one first."""
        return ("smoke",) if self.level == "smoke" else ("smoke", self.level)


def examine_all(
    deviations: Sequence[Deviation], depth: Depth, requirements: RequirementSet, *, workers: int, laboratory: Laboratory
) -> Iterator[Finding]:
    """Examine deviations, so many at a time; findings come as they are made."""
    with ThreadPoolExecutor(workers) as pool:
        futures = [
            pool.submit(examine, one, depth, requirements, laboratory.carry_out, laboratory.sound) for one in deviations
        ]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def examine(
    deviation: Deviation, depth: Depth, requirements: RequirementSet, carry_out: Carry, sound: Carry
) -> Finding:
    """Examine one deviation. `carry_out` runs a trial, `sound` the same one on the sound server."""
    inquiry = _Inquiry(deviation, carry_out, sound)
    if deviation.kind == "variation":
        return inquiry.counted(_of_variation(inquiry, depth))
    return inquiry.counted(_of_defect(inquiry, depth, requirements))


class _Inquiry:
    """The runs made about one deviation."""

    def __init__(self, deviation: Deviation, carry_out: Carry, sound: Carry) -> None:
        self.deviation = deviation
        self._carry_out = carry_out
        self._sound = sound
        self.sightings: list[Sighting] = []

    def look(self, level: Level, seed: int, only: tuple[str, ...] = ()) -> tuple[Sighting, Sighting]:
        """One run with the deviation, and the same on the sound server."""
        order = Order((self.deviation.option,), level, seed, only, self.deviation.profile)
        sighting = self._carry_out(order)
        self.sightings.append(sighting)
        return sighting, self._sound(order)

    def counted(self, finding: Finding) -> Finding:
        """The finding with what its runs took."""
        return replace(
            finding,
            runs=len(self.sightings),
            exchanges=sum(one.exchanges for one in self.sightings),
            seconds=round(sum(one.seconds for one in self.sightings), 1),
        )

    def failed_to_start(self) -> Finding | None:
        """A finding when the last run says nothing: there was none, or the server did not have the deviation."""
        last = self.sightings[-1]
        if last.problem:
            return Finding(self.deviation, Word.NO_RUN, reason=last.problem)
        if last.applied != (self.deviation.id,):
            return Finding(self.deviation, Word.NOT_APPLIED, reason=f"the server says it has {list(last.applied)}")
        return None


def _of_defect(inquiry: _Inquiry, depth: Depth, requirements: RequirementSet) -> Finding:
    deviation = inquiry.deviation
    caught: dict[str, str] = {}
    blamed: dict[str, str] = {}
    where, every_time = "", True
    for position, seed in enumerate(depth.seeds):
        seen: dict[str, str] = {}
        for level, only in _looks(depth, deviation, first=position == 0):
            sighting, sound = inquiry.look(level, seed, only)
            if (failed := inquiry.failed_to_start()) is not None:
                return failed
            found = sees(deviation, sighting, sound)
            if set(found) - set(seen):
                where = f"{'its own tests' if only else 'a whole run'}, {level}"
            seen |= found
            if not only:
                blamed |= blamed_for_nothing(deviation, sighting, sound, requirements)
            if set(seen) == set(deviation.breaks):
                break
        caught |= {name: text for name, text in seen.items() if name not in caught}
        every_time = every_time and set(seen) == set(deviation.breaks)
    return _word(inquiry, depth, Finding(deviation, Word.CAUGHT, where, caught, blamed=blamed), every_time)


def _looks(depth: Depth, deviation: Deviation, *, first: bool) -> list[tuple[Level, tuple[str, ...]]]:
    """The runs of one seed until all is seen: level, and the requirements to which the run is limited."""
    own: list[tuple[Level, tuple[str, ...]]] = [(level, deviation.breaks) for level in depth.levels]
    if depth.narrow:
        return own
    whole: tuple[Level, tuple[str, ...]] = ("smoke", ())
    deepest: list[tuple[Level, tuple[str, ...]]] = [] if depth.level == "smoke" else [*own[1:], (depth.level, ())]
    return [whole, *deepest] if first else [own[0], whole, *deepest]


def _word(inquiry: _Inquiry, depth: Depth, finding: Finding, every_time: bool) -> Finding:
    missed = tuple(name for name in finding.deviation.breaks if name not in finding.caught_by)
    if missed:
        silent = unexercised(finding.deviation, inquiry.sightings)
        word = Word.NOT_EXERCISED if silent else Word.MISSED
        reason = "; ".join(f"{name}: {why}" for name, why in silent.items())
        return replace(finding, word=word, missed=missed, reason=reason)
    if not every_time:
        reason = f"not with every one of the seeds {list(depth.seeds)}"
        return replace(finding, word=Word.INTERMITTENT, reason=reason)
    return replace(finding, word=Word.BLAMED_OTHERS) if finding.blamed else finding


def _of_variation(inquiry: _Inquiry, depth: Depth) -> Finding:
    deviation = inquiry.deviation
    runs = [(level, seed) for level in depth.levels for seed in (depth.seeds if level == "smoke" else depth.seeds[:1])]
    for level, seed in runs:
        sighting, sound = inquiry.look(level, seed)
        if (failed := inquiry.failed_to_start()) is not None:
            return failed
        wrong = flagged(sighting, sound)
        if wrong:
            return Finding(deviation, Word.FLAGGED, f"a whole run, {level}", blamed=wrong)
    return Finding(deviation, Word.ACCEPTED, f"a whole run, {depth.levels[-1]}")
