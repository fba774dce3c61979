"""Examining a deviation: first what can be affected, then, of what stays unseen, everything.

a defect     the requirements it breaks alone, at smoke, then at the level asked for; for every seed
             then everything at smoke, which shows who is blamed for nothing
             what was not seen yet: everything at the level asked for
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
    where, seen_every_time = "", True
    for seed in depth.seeds:
        seen: dict[str, str] = {}
        for level in depth.levels:
            sighting, sound = inquiry.look(level, seed, deviation.breaks)
            if (failed := inquiry.failed_to_start()) is not None:
                return failed
            seen |= sees(deviation, sighting, sound)
            if set(seen) == set(deviation.breaks):
                where = max(where, f"its own tests, {level}", key=len)
                break
        seen_every_time = seen_every_time and set(seen) == set(deviation.breaks)
        caught |= {name: text for name, text in seen.items() if name not in caught}
    blamed: dict[str, str] = {}
    if not depth.narrow:
        levels: tuple[Level, ...] = ("smoke",) if set(caught) == set(deviation.breaks) else depth.levels
        for level in levels:
            sighting, sound = inquiry.look(level, depth.seeds[0])
            if (failed := inquiry.failed_to_start()) is not None:
                return failed
            blamed |= blamed_for_nothing(deviation, sighting, sound, requirements)
            found = sees(deviation, sighting, sound)
            if set(found) - set(caught):
                where = f"a whole run, {level}"
                seen_every_time = len(depth.seeds) == 1
            caught |= {name: text for name, text in found.items() if name not in caught}
            if set(caught) == set(deviation.breaks):
                break
    missed = tuple(name for name in deviation.breaks if name not in caught)
    finding = Finding(deviation, Word.CAUGHT, where, caught, missed, blamed)
    if missed:
        silent = unexercised(deviation, inquiry.sightings)
        word = Word.NOT_EXERCISED if silent else Word.MISSED
        return replace(finding, word=word, reason="; ".join(f"{name}: {why}" for name, why in silent.items()))
    if not seen_every_time:
        return replace(finding, word=Word.INTERMITTENT, reason=f"not with every one of the seeds {list(depth.seeds)}")
    return replace(finding, word=Word.BLAMED_OTHERS) if blamed else finding


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
