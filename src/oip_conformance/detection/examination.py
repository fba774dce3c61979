"""Examining deviations: the cheap runs first, the dear ones for what stays unseen.

a defect     the requirements it breaks and those that share an operation with them, at smoke, which also shows who is
             blamed for nothing; while it is not seen, everything at smoke where it breaks a rule about everything, the
             requirements it breaks alone at the level asked for, then everything at that level
             with every other seed the tests that showed it, as it was seen with the one before, then the same
variations   a company of them at once, everything at the level asked for, and each of the company alone when anything
             is said of it; then in another company, everything at smoke with the next seed
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.detection.company import Showing, showings
from oip_conformance.detection.deviations import Deviation
from oip_conformance.detection.finding import Finding, Word, blamed_for_nothing, flagged, sees, summed_up, unexercised
from oip_conformance.detection.laboratory import Laboratory
from oip_conformance.detection.neighbourhood import is_wide, neighbourhood
from oip_conformance.detection.trial import Order, Sighting
from oip_conformance.session import Level

Carry: TypeAlias = Callable[[Order], Sighting]
Breadth: TypeAlias = Literal["own", "near", "whole"]

MANY = 12
"""So many defects of one profile take longer to compare with sound runs like their own than with one whole run a seed."""


@dataclass(frozen=True)
class Depth:
    """How thoroughly to look: the deepest level, the seeds, and what the first run of a defect takes in.

    `own`: the requirements it breaks, and no later run takes in more; `near`: those that share an operation with them
    too; `whole`: everything. `alike`: compare each run with the same one of the sound server, not with the whole of it.
    """

    level: Level = "standard"
    seeds: tuple[int, ...] = (0,)
    breadth: Breadth = "near"
    alike: bool = False


@dataclass(frozen=True)
class _Look:
    """One kind of run: what it takes in, its level, and the requirements and tests to which it is limited (none: all)."""

    name: str
    level: Level
    only: tuple[str, ...]
    tests: tuple[str, ...] = ()


def examine_all(
    deviations: Sequence[Deviation], depth: Depth, requirements: RequirementSet, *, workers: int, laboratory: Laboratory
) -> Iterator[Finding]:
    """Examine deviations, so many at a time; findings come as they are made."""
    carry_out, sound = laboratory.carry_out, laboratory.sound
    defects = [one for one in deviations if one.kind == "defect"]
    defects.sort(key=lambda one: not is_wide(one, requirements))  # what takes longest first
    variations = [one for one in deviations if one.kind == "variation"]
    shown = showings(variations)
    findings = _Gathered(Counter(one for showing in shown for one in showing.company))
    wanting = Counter(one.profile for one in defects)
    depths = {name: replace(depth, alike=count < MANY) for name, count in wanting.items()}
    with ThreadPoolExecutor(workers) as pool:
        for order in _compared_with(shown, depth, depths):
            pool.submit(sound, order)
        futures = [pool.submit(examine_company, one, depth, carry_out, sound) for one in shown]
        futures += [pool.submit(_alone, one, depths[one.profile], requirements, carry_out, sound) for one in defects]
        try:
            for future in as_completed(futures):
                yield from findings.with_more(future.result())
        except BaseException:
            laboratory.close()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _compared_with(shown: Sequence[Showing], depth: Depth, depths: Mapping[str, Depth]) -> list[Order]:
    """The sound runs that nearly everything is compared with: made first, so that nobody waits for another's."""
    orders = [Order((), *_kind_of(one, depth), profile=one.company[0].profile) for one in shown]
    if depth.breadth != "own":
        orders += [
            Order((), "smoke", seed, profile=name) for seed in depth.seeds for name in depths if not depths[name].alike
        ]
    return list(dict.fromkeys(orders))


class _Gathered:
    """Holds what each showing says of a variation until it was shown as often as it should be."""

    def __init__(self, due: Mapping[Deviation, int]) -> None:
        self._due = due
        self._said: dict[Deviation, list[Finding]] = defaultdict(list)

    def with_more(self, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Takes findings, and gives those that are whole now."""
        for one in findings:
            said = self._said[one.deviation]
            said.append(one)
            if len(said) >= self._due.get(one.deviation, 1):
                yield summed_up(said)


def _alone(
    deviation: Deviation, depth: Depth, requirements: RequirementSet, carry_out: Carry, sound: Carry
) -> list[Finding]:
    return [examine_defect(deviation, depth, requirements, carry_out, sound)]


class _Inquiry:
    """The runs made about one deviation."""

    def __init__(self, deviation: Deviation, carry_out: Carry, sound: Carry) -> None:
        self.deviation = deviation
        self._carry_out = carry_out
        self._sound = sound
        self.sightings: list[Sighting] = []

    def look(
        self, look: _Look, seed: int, *, beside: Sequence[Deviation] = (), sound_only: bool
    ) -> tuple[Sighting, Sighting]:
        """One run with the deviation and those beside it, and one on the sound server: the same, or the whole of it."""
        options = tuple(one.option for one in (self.deviation, *beside))
        order = Order(options, look.level, seed, look.only, self.deviation.profile, look.tests)
        sighting = self._carry_out(order)
        self.sightings.append(sighting)
        return sighting, self._sound(order if sound_only else replace(order, only=(), tests=()))

    def counted(self, finding: Finding) -> Finding:
        """The finding with what its runs took."""
        return replace(
            finding,
            runs=len(self.sightings),
            exchanges=sum(one.exchanges for one in self.sightings),
            seconds=round(sum(one.seconds for one in self.sightings), 1),
        )

    def failed_to_start(self, beside: Sequence[Deviation] = ()) -> Finding | None:
        """A finding when the last run says nothing: there was none, or the server did not have the deviation."""
        last = self.sightings[-1]
        if last.problem:
            return Finding(self.deviation, Word.NO_RUN, reason=last.problem)
        if set(last.applied) != {one.id for one in (self.deviation, *beside)}:
            return Finding(self.deviation, Word.NOT_APPLIED, reason=f"the server says it has {list(last.applied)}")
        return None


def examine_defect(
    deviation: Deviation, depth: Depth, requirements: RequirementSet, carry_out: Carry, sound: Carry
) -> Finding:
    """Examine one defect. `carry_out` runs a trial, `sound` the same one on the sound server."""
    inquiry = _Inquiry(deviation, carry_out, sound)
    return inquiry.counted(_of_defect(inquiry, depth, requirements))


def _of_defect(inquiry: _Inquiry, depth: Depth, requirements: RequirementSet) -> Finding:
    deviation = inquiry.deviation
    caught: dict[str, str] = {}
    blamed: dict[str, str] = {}
    where, every_time = "", True
    showed: _Look | None = None
    telling: tuple[str, ...] = ()
    for position, seed in enumerate(depth.seeds):
        seen: dict[str, str] = {}
        looks = _looks(depth, deviation, requirements, first=position == 0)
        looks.sort(key=lambda look: look != showed)
        narrow = replace(showed, tests=telling) if showed is not None and telling else None
        for look in looks if narrow is None else [narrow, *looks]:
            of_one_kind = look is narrow and look.level != "smoke"  # the whole of it is the longest run that there is
            alike = depth.alike or depth.breadth == "own" or of_one_kind
            sighting, sound = inquiry.look(look, seed, sound_only=alike)
            if (failed := inquiry.failed_to_start()) is not None:
                return failed
            found = sees(deviation, sighting, sound)
            if set(found) - set(seen) and look is not narrow:
                where, showed = f"{look.name}, {look.level}", look
                telling = _with_those_for(found, sighting, telling)
            seen |= found
            blamed |= blamed_for_nothing(deviation, sighting, sound, requirements)
            if set(seen) == set(deviation.breaks):
                break
        caught |= {name: text for name, text in seen.items() if name not in caught}
        every_time = every_time and set(seen) == set(deviation.breaks)
    return _word(inquiry, depth, Finding(deviation, Word.CAUGHT, where, caught, blamed=blamed), every_time)


def _with_those_for(found: Iterable[str], sighting: Sighting, telling: Sequence[str]) -> tuple[str, ...]:
    """The tests that showed something before, then those that showed what was found now."""
    return tuple(dict.fromkeys([*telling, *(test for name in found for test in sighting.shown_by.get(name, ()))]))


def _looks(depth: Depth, deviation: Deviation, requirements: RequirementSet, *, first: bool) -> list[_Look]:
    """The runs of one seed until all is seen, the cheap ones first."""
    own, whole = _Look("its own tests", "smoke", deviation.breaks), _Look("a whole run", "smoke", ())
    deeper = [] if depth.level == "smoke" else [replace(own, level=depth.level)]
    if depth.breadth == "own":
        return [own, *deeper]
    near = _Look("tests around it", "smoke", neighbourhood(deviation, requirements))
    first_look = own if not first else near if depth.breadth == "near" else whole
    if depth.level == "smoke":
        return [first_look, whole]
    everything = replace(whole, level=depth.level)
    wide = [whole] if is_wide(deviation, requirements) and first_look != whole else []
    return [first_look, *wide, *deeper, everything]


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


def examine_company(showing: Showing, depth: Depth, carry_out: Carry, sound: Carry) -> list[Finding]:
    """Examine variations that are shown together."""
    inquiries = {one: _Inquiry(one, carry_out, sound) for one in showing.company}
    findings = _together(inquiries, showing.company, *_kind_of(showing, depth))
    return [inquiries[one].counted(findings[one]) for one in showing.company]


def _kind_of(showing: Showing, depth: Depth) -> tuple[Level, int]:
    """The level and the seed of the runs in which a company is shown."""
    return "smoke" if showing.turn else depth.level, depth.seeds[showing.turn % len(depth.seeds)]


def _together(
    inquiries: dict[Deviation, _Inquiry], company: Sequence[Deviation], level: Level, seed: int
) -> dict[Deviation, Finding]:
    """The findings on variations shown at once; halves of the company where the whole of it says anything.

    What a company says and no part of it stands with each of it.
    """
    finding = _shown(inquiries, company, level, seed)
    if finding is None:
        others = f" with {len(company) - 1} others" if company[1:] else ""
        return {one: Finding(one, Word.ACCEPTED, f"a whole run{others}, {level}") for one in company}
    if len(company) == 1:
        return {company[0]: finding}
    half = len(company) // 2
    first, second = company[:half], company[half:]
    parts = _together(inquiries, first, level, seed) | _together(inquiries, second, level, seed)
    if any(not part.word.is_good or part.reason for part in parts.values()):
        return parts
    unexplained = f"together with {len(company) - 1} others, {level}: {finding.said}"
    return {one: replace(part, reason=unexplained) for one, part in parts.items()}


def _shown(
    inquiries: dict[Deviation, _Inquiry], company: Sequence[Deviation], level: Level, seed: int
) -> Finding | None:
    """What a whole run says of the first of a company, shown with the others; None when it says nothing."""
    first, *beside = company
    sighting, sound = inquiries[first].look(_Look("a whole run", level, ()), seed, beside=beside, sound_only=True)
    if (failed := inquiries[first].failed_to_start(beside)) is not None:
        return failed
    wrong = flagged(sighting, sound)
    return Finding(first, Word.FLAGGED, f"a whole run, {level}", blamed=wrong) if wrong else None
