"""From outcomes to verdicts: for each requirement, each class, and the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from oip_conformance.contract.requirements import Requirement, RequirementSet
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.state import State, exit_code, merge

Counts = dict[str, int]


@dataclass(frozen=True)
class Scope:
    """What a run set out to test: the requirement ids, and those that do not apply, each with its reason.

    `not_applicable` holds those that need no word of a test; of those in `absent` no operation is there at all, so that
    a test which found nothing to ask has said nothing.
    """

    requirements: frozenset[str]
    not_applicable: Mapping[str, str]
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RequirementVerdict:
    """The verdict on one requirement, and the outcomes that add up to it."""

    requirement: Requirement
    state: State
    reason: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class ClassVerdict:
    """The verdict on one conformance class."""

    id: str
    title: str
    state: State
    counts: Counts


@dataclass(frozen=True)
class RunVerdict:
    """The verdict on the whole run, in a state and in a sentence."""

    state: State
    exit_code: int
    sentence: str
    counts: Counts
    classes: tuple[ClassVerdict, ...]
    requirements: tuple[RequirementVerdict, ...]


def judge(
    outcomes: Iterable[Outcome], requirements: RequirementSet, scope: Scope, *, interrupted: str = ""
) -> RunVerdict:
    """Add up the outcomes of a run.

    A requirement in scope that nothing was said of is not tested; a failed `should` has warned; a scope of nothing is
    an error of configuration. `interrupted` says why a run is not complete: it is then never better than inconclusive.
    """
    said: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        said.setdefault(outcome.requirement, []).append(outcome)
    verdicts = tuple(
        _of_requirement(one, said.get(one.id, ()), scope) for one in requirements if one.id in scope.requirements
    )
    classes = tuple(
        _of_class(name, title, members)
        for name, title in requirements.classes.items()
        if (members := [one for one in verdicts if one.requirement.conformance_class == name])
    )
    state = merge(one.state for one in verdicts) if verdicts else State.CONFIG_ERROR
    if interrupted:
        state |= State.INCONCLUSIVE
    if verdicts and state is State.NOT_APPLICABLE:
        state = State.NOT_TESTED
    counts = _counts(verdicts)
    return RunVerdict(
        state, exit_code(state), _sentence(state, counts, len(verdicts), interrupted), counts, classes, verdicts
    )


def _of_requirement(requirement: Requirement, outcomes: Sequence[Outcome], scope: Scope) -> RequirementVerdict:
    if not outcomes:
        reason = scope.not_applicable.get(requirement.id)
        if reason is not None:
            return RequirementVerdict(requirement, State.NOT_APPLICABLE, reason, ())
        return RequirementVerdict(requirement, State.NOT_TESTED, "no test of this run reached it", ())
    if requirement.level == "should":
        outcomes = [outcome.softened() for outcome in outcomes]
    state = merge(outcome.state for outcome in outcomes)
    absent = scope.absent.get(requirement.id)
    if state is State.NOT_TESTED and absent is not None:
        return RequirementVerdict(requirement, State.NOT_APPLICABLE, absent, tuple(outcomes))
    decisive = [outcome for outcome in outcomes if outcome.state is state]
    reason = next((outcome.reason for outcome in decisive if outcome.reason), "")
    return RequirementVerdict(requirement, state, reason, tuple(outcomes))


def _of_class(name: str, title: str, members: Sequence[RequirementVerdict]) -> ClassVerdict:
    return ClassVerdict(name, title, merge(one.state for one in members), _counts(members))


def _counts(verdicts: Sequence[RequirementVerdict]) -> Counts:
    counts = {str(state): 0 for state in State}
    for verdict in verdicts:
        counts[str(verdict.state)] += 1
    return counts


_WORDS = {
    State.PASSED: "Conformant",
    State.WARNED: "Conformant, with warnings",
    State.FAILED: "Not conformant",
    State.NOT_TESTED: "Incomplete",
    State.INCONCLUSIVE: "Inconclusive",
    State.CONFIG_ERROR: "Nothing was tested",
    State.SUITE_ERROR: "The suite itself failed",
    State.NOT_APPLICABLE: "Nothing applies",
}


def _sentence(state: State, counts: Counts, total: int, interrupted: str) -> str:
    parts = [f"{counts[str(one)]} {one.value}" for one in State if counts[str(one)]]
    text = (
        f"{_WORDS[state]}: of {total} requirements in scope, {', '.join(parts)}."
        if total
        else "No requirement is in scope."
    )
    return f"{text} The run is not complete: {interrupted}" if interrupted else text
