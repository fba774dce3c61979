"""What became of a deviation: caught or missed, accepted or flagged. Pure functions of what runs saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.detection.deviations import Deviation
from oip_conformance.detection.trial import Sighting
from oip_conformance.verdict.state import State

_BROKEN = (State.FAILED, State.WARNED)


class Word(StrEnum):
    """The word on a deviation. A defect is caught, or something is wrong; a variation is accepted, or something is."""

    CAUGHT = "caught"
    BLAMED_OTHERS = "caught, and others blamed"
    INTERMITTENT = "seen, but not every time"
    MISSED = "missed"
    NOT_EXERCISED = "not exercised"
    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    NOT_APPLIED = "not applied"
    NO_RUN = "no run"

    @property
    def is_good(self) -> bool:
        """Whether the suite did what it should."""
        return self in (Word.CAUGHT, Word.ACCEPTED)


@dataclass(frozen=True)
class Finding:
    """The word on one deviation, what it rests on, and which requirements were blamed for no reason.

    `caught_by` names, for each requirement it breaks, the failure in words; `runs` counts the runs it took.
    """

    deviation: Deviation
    word: Word
    where: str = ""
    caught_by: Mapping[str, str] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    blamed: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    runs: int = 0
    exchanges: int = 0
    seconds: float = 0.0

    @property
    def said(self) -> str:
        """What a run said against the deviation, in short."""
        return next((f"{name}: {text}" for name, text in self.blamed.items()), self.reason)

    def to_json(self) -> dict[str, Any]:
        """The finding as it stands in detection.json."""
        return {
            **self.deviation.to_json(),
            "word": str(self.word),
            "where": self.where,
            "caught_by": dict(self.caught_by),
            "missed": list(self.missed),
            "blamed": dict(self.blamed),
            "reason": self.reason,
            "runs": self.runs,
            "exchanges": self.exchanges,
            "seconds": self.seconds,
        }


def summed_up(findings: Sequence[Finding]) -> Finding:
    """One finding of several on the same deviation: the first that is not good, or that all are; with the runs of all."""
    telling = next((one for one in findings if not one.word.is_good), findings[0])
    places = dict.fromkeys(one.where for one in findings if one.where)
    reasons = dict.fromkeys(one.reason for one in findings if one.reason)
    return replace(
        telling,
        where=telling.where if not telling.word.is_good else "; ".join(places),
        reason=telling.reason if not telling.word.is_good else "; ".join(reasons),
        runs=sum(one.runs for one in findings),
        exchanges=sum(one.exchanges for one in findings),
        seconds=round(sum(one.seconds for one in findings), 1),
    )


def sees(deviation: Deviation, sighting: Sighting, sound: Sighting) -> dict[str, str]:
    """The requirements that a defect breaks and the run saw broken, each with the failure in words.

    What the sound server breaks as well is no sight of the defect.
    """
    return {
        name: sighting.words.get(name, "")
        for name in deviation.breaks
        if sighting.states.get(name) in _BROKEN and sighting.reached.get(name) and sound.states.get(name) not in _BROKEN
    }


def blamed_for_nothing(
    deviation: Deviation, sighting: Sighting, sound: Sighting, requirements: RequirementSet
) -> dict[str, str]:
    """The requirements that failed, but neither because of what the defect says of itself nor on the sound server.

    A model of operations fails with every rule it models, so a model is related to what shares an operation with it.
    """
    return {
        name: sighting.words.get(name, "")
        for name, state in sighting.states.items()
        if state in (*_BROKEN, State.SUITE_ERROR)
        and state > sound.states.get(name, State.PASSED)
        and not deviation.accounts_for(name)
        and not _models(name, deviation, requirements)
    }


def flagged(sighting: Sighting, sound: Sighting) -> dict[str, str]:
    """The requirements of which a run with a variation says worse than a run with the sound server."""
    return {
        name: f"{state}: {sighting.words.get(name, '')}"
        for name, state in sighting.states.items()
        if state > sound.states.get(name, State.PASSED)
    }


def unexercised(deviation: Deviation, sightings: Sequence[Sighting]) -> dict[str, str]:
    """The requirements that a defect breaks and no run could say anything of."""
    silent = (State.NOT_TESTED, State.INCONCLUSIVE, State.NOT_APPLICABLE, State.CONFIG_ERROR)
    return {
        name: next((one.words[name] for one in sightings if name in one.words), "nothing reached it")
        for name in deviation.breaks
        if all(one.states.get(name, State.NOT_TESTED) in silent for one in sightings)
    }


def requirements_without_a_catch(findings: Iterable[Finding], requirements: RequirementSet) -> dict[str, str]:
    """The testable requirements that no caught defect breaks, each with why: nobody breaks it, or it was missed."""
    caught, broken = set[str](), set[str]()
    for finding in findings:
        broken.update(finding.deviation.breaks)
        caught.update(finding.caught_by)
    return {
        one.id: "its defects are not caught" if one.id in broken else "no defect breaks it"
        for one in requirements
        if not one.untestable and one.id not in caught
    }


def _models(name: str, deviation: Deviation, requirements: RequirementSet) -> bool:
    model = requirements.get(name)
    if model is None or model.kind != "model":
        return False
    return any(
        set(model.operations) & set(broken.operations)
        for one in deviation.breaks
        if (broken := requirements.get(one)) is not None
    )
