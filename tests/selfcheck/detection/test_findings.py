"""What is said of a deviation follows from what the runs saw: pure functions, asked with made-up runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest

from oip_conformance.contract.requirements import RequirementSet, load_requirements
from oip_conformance.detection.company import APART, LARGEST, Showing, companies, showings
from oip_conformance.detection.deviations import Deviation, known_deviations
from oip_conformance.detection.examination import Depth, examine_company, examine_defect
from oip_conformance.detection.finding import Finding, Word, requirements_without_a_catch, summed_up
from oip_conformance.detection.neighbourhood import neighbourhood
from oip_conformance.detection.trial import Order, Sighting
from oip_conformance.verdict.state import State

LIE = Deviation("redeems_past_the_limit", "defect", "limits", "It lies.", ("OIP-PROMO-04",), ("OIP-PROMO-2?",))
DIFFERENCE = Deviation("turns_the_order", "variation", "json", "It differs.")
SOUND = Sighting({"OIP-PROMO-04": State.PASSED, "OIP-PROMO-05": State.PASSED}, {"OIP-PROMO-04": 3}, applied=())


def sighting(deviation: Deviation = LIE, reached: int = 3, **states: State) -> Sighting:
    seen = {name.replace("_", "-"): state for name, state in states.items()}
    return Sighting(
        {**SOUND.states, **seen},
        dict.fromkeys(["OIP-PROMO-04", *seen], reached),
        {name: f"{name} is broken" for name in seen},
        {name: [f"test_of_{name}"] for name in seen},
        (deviation.id,),
        10,
        1.0,
    )


@pytest.fixture(scope="module")
def requirements() -> RequirementSet:
    return load_requirements()


def said(
    requirements: RequirementSet, *sightings: Sighting, deviation: Deviation = LIE, depth: Depth | None = None
) -> Finding:
    """The finding when these are the runs, in this order; the last is repeated."""
    runs: Iterator[Sighting] = iter(sightings)
    latest = [sightings[0]]

    def carry_out(_order: Order) -> Sighting:
        latest[0] = next(runs, latest[0])
        return latest[0]

    if deviation.kind == "variation":
        return examine_company(Showing((deviation,), 0), depth or Depth(), carry_out, lambda _order: SOUND)[0]
    return examine_defect(deviation, depth or Depth(), requirements, carry_out, lambda _order: SOUND)


FAILED = {"OIP_PROMO_04": State.FAILED}


def test_a_lie_that_fails_its_own_requirement_is_caught(requirements: RequirementSet) -> None:
    finding = said(requirements, sighting(**FAILED))
    assert finding.word is Word.CAUGHT
    assert finding.caught_by == {"OIP-PROMO-04": "OIP-PROMO-04 is broken"}
    assert finding.runs == 1


def test_what_necessarily_fails_with_it_is_not_blamed_for_nothing(requirements: RequirementSet) -> None:
    assert said(requirements, sighting(**FAILED, OIP_PROMO_25=State.FAILED)).word is Word.CAUGHT


def test_anything_else_that_fails_is(requirements: RequirementSet) -> None:
    finding = said(requirements, sighting(**FAILED, OIP_CUST_03=State.FAILED, OIP_CUST_04=State.WARNED))
    assert finding.word is Word.BLAMED_OTHERS
    assert set(finding.blamed) == {"OIP-CUST-03", "OIP-CUST-04"}
    assert not finding.word.is_good


def test_a_model_of_the_operation_fails_with_its_rules(requirements: RequirementSet) -> None:
    assert said(requirements, sighting(**FAILED, OIP_PROMO_38=State.FAILED)).word is Word.CAUGHT
    assert said(requirements, sighting(**FAILED, OIP_CUST_45=State.FAILED)).word is Word.BLAMED_OTHERS


def test_a_lie_that_nothing_shows_is_missed_after_the_deepest_run(requirements: RequirementSet) -> None:
    finding = said(requirements, sighting())
    assert finding.word is Word.MISSED
    assert finding.missed == ("OIP-PROMO-04",)
    assert finding.runs == 3


def test_a_deeper_run_may_still_show_it(requirements: RequirementSet) -> None:
    finding = said(requirements, sighting(), sighting(), sighting(**FAILED))
    assert (finding.word, finding.where) == (Word.CAUGHT, "a whole run, standard")


def test_a_failure_without_evidence_shows_nothing(requirements: RequirementSet) -> None:
    assert said(requirements, sighting(reached=0, **FAILED)).word is Word.MISSED


def test_a_requirement_that_no_run_reached_was_not_exercised(requirements: RequirementSet) -> None:
    finding = said(requirements, sighting(OIP_PROMO_04=State.NOT_TESTED))
    assert finding.word is Word.NOT_EXERCISED
    assert "OIP-PROMO-04 is broken" in finding.reason


def test_a_server_without_the_lie_proves_nothing(requirements: RequirementSet) -> None:
    without = Sighting({"OIP-PROMO-04": State.FAILED}, {"OIP-PROMO-04": 1}, applied=())
    assert said(requirements, without).word is Word.NOT_APPLIED
    assert said(requirements, Sighting(problem="it did not start")).word is Word.NO_RUN


def test_what_fails_on_the_sound_server_is_no_sight_of_the_lie(requirements: RequirementSet) -> None:
    broken = Sighting({"OIP-PROMO-04": State.FAILED})
    finding = examine_defect(LIE, Depth(), requirements, lambda _order: sighting(**FAILED), lambda _order: broken)
    assert finding.word is Word.MISSED


def test_every_seed_has_to_show_it(requirements: RequirementSet) -> None:
    depth = Depth(seeds=(0, 1), breadth="own")
    assert said(requirements, sighting(**FAILED), depth=depth).word is Word.CAUGHT
    assert said(requirements, sighting(**FAILED), sighting(), depth=depth).word is Word.INTERMITTENT


def test_other_seeds_begin_with_the_run_that_showed_it(requirements: RequirementSet) -> None:
    orders: list[Order] = []

    def carry_out(order: Order) -> Sighting:
        orders.append(order)
        return sighting(**FAILED) if not order.only else sighting()

    asked: list[Order] = []
    depth = Depth(seeds=(0, 1))
    finding = examine_defect(LIE, depth, requirements, carry_out, lambda order: asked.append(order) or SOUND)
    assert (finding.word, finding.where) == (Word.CAUGHT, "a whole run, standard")
    assert [(order.seed, order.level, len(order.only), order.tests) for order in orders[1:]] == [
        (0, "standard", 1, ()),
        (0, "standard", 0, ()),
        (1, "standard", 0, ("test_of_OIP-PROMO-04",)),
    ]
    assert [order.tests for order in asked] == [(), (), (), ("test_of_OIP-PROMO-04",)]


def test_a_short_look_with_another_seed_is_held_against_the_whole_sound_run(requirements: RequirementSet) -> None:
    orders: list[Order] = []
    asked: list[Order] = []
    examine_defect(
        LIE,
        Depth(seeds=(0, 1)),
        requirements,
        lambda order: orders.append(order) or sighting(**FAILED),
        lambda order: asked.append(order) or SOUND,
    )
    assert [(order.level, order.tests) for order in orders] == [("smoke", ()), ("smoke", ("test_of_OIP-PROMO-04",))]
    assert [(order.level, order.only, order.tests) for order in asked] == [("smoke", (), ())] * 2


def test_runs_of_a_profile_that_few_need_are_held_against_sound_ones_like_them(requirements: RequirementSet) -> None:
    ways = ({}, {"breadth": "own"}, {"alike": True})
    for way in ways:
        orders: list[Order] = []
        asked: list[Order] = []
        examine_defect(
            LIE,
            Depth(seeds=(0, 1), **way),  # type: ignore[arg-type]
            requirements,
            lambda order, orders=orders: orders.append(order) or sighting(**FAILED),
            lambda order, asked=asked: asked.append(order) or SOUND,
        )
        assert (asked == orders) == bool(way)


def test_what_its_tests_do_not_show_with_another_seed_is_looked_for_as_it_was_seen(
    requirements: RequirementSet,
) -> None:
    orders: list[Order] = []

    def carry_out(order: Order) -> Sighting:
        orders.append(order)
        return sighting() if order.tests or order.only else sighting(**FAILED)

    finding = examine_defect(LIE, Depth(seeds=(0, 1)), requirements, carry_out, lambda _order: SOUND)
    assert finding.word is Word.CAUGHT
    assert [(order.level, len(order.only), len(order.tests)) for order in orders if order.seed == 1] == [
        ("standard", 0, 1),
        ("standard", 0, 0),
    ]


def test_a_broken_rule_about_everything_is_looked_for_in_every_story_first(requirements: RequirementSet) -> None:
    orders: list[Order] = []

    def carry_out(order: Order) -> Sighting:
        orders.append(order)
        return sighting(replace(LIE, breaks=("OIP-CORE-02",)))

    examine_defect(replace(LIE, breaks=("OIP-CORE-02",)), Depth(), requirements, carry_out, lambda _order: SOUND)
    assert [(order.level, len(order.only)) for order in orders] == [
        ("smoke", 1),
        ("smoke", 0),
        ("standard", 1),
        ("standard", 0),
    ]


def test_a_harmless_difference_is_accepted_when_nothing_is_worse(requirements: RequirementSet) -> None:
    assert said(requirements, sighting(DIFFERENCE), deviation=DIFFERENCE).word is Word.ACCEPTED


@pytest.mark.parametrize("state", [State.FAILED, State.WARNED, State.INCONCLUSIVE, State.NOT_TESTED, State.SUITE_ERROR])
def test_a_harmless_difference_of_which_anything_worse_is_said_is_flagged(
    requirements: RequirementSet, state: State
) -> None:
    finding = said(requirements, sighting(DIFFERENCE, OIP_PROMO_05=state), deviation=DIFFERENCE)
    assert finding.word is Word.FLAGGED
    assert list(finding.blamed) == ["OIP-PROMO-05"]


def of(name: str, family: str, profile: str = "") -> Deviation:
    return Deviation(name, "variation", family, "It differs.", profile=profile)


SHOWN = Showing((of("a", "json"), of("b", "ids"), of("c", "lists")), 0)


@pytest.mark.parametrize(("turn", "level", "seed"), [(0, "standard", 7), (1, "smoke", 8), (2, "smoke", 7)])
def test_variations_are_shown_together_each_turn_with_another_seed(turn: int, level: str, seed: int) -> None:
    orders: list[Order] = []

    def carry_out(order: Order) -> Sighting:
        orders.append(order)
        return seen_with(order)

    findings = examine_company(replace(SHOWN, turn=turn), Depth(seeds=(7, 8)), carry_out, lambda _order: SOUND)
    assert [(len(order.server_options), order.level, order.seed) for order in orders] == [(3, level, seed)]
    assert [(one.deviation.id, one.word) for one in findings] == [(name, Word.ACCEPTED) for name in "abc"]
    assert sum(one.runs for one in findings) == 1


def test_of_a_company_that_anything_is_said_of_only_the_one_that_it_is_said_of_is_flagged() -> None:
    def carry_out(order: Order) -> Sighting:
        guilty = order.level == "standard" and "--variation=b" in order.server_options
        return seen_with(order, **({"OIP_PROMO_05": State.FAILED} if guilty else {}))

    findings = examine_company(SHOWN, Depth(), carry_out, lambda _order: SOUND)
    assert [one.word for one in findings] == [Word.ACCEPTED, Word.FLAGGED, Word.ACCEPTED]
    assert list(findings[1].blamed) == ["OIP-PROMO-05"]
    assert {one.reason for one in findings} == {""}


def test_what_only_a_company_shows_is_told_of_each_of_it() -> None:
    """Nobody alone is blamed, and it is still a false alarm."""

    def carry_out(order: Order) -> Sighting:
        return seen_with(order, **({"OIP_PROMO_05": State.FAILED} if len(order.server_options) == 3 else {}))

    findings = examine_company(SHOWN, Depth(), carry_out, lambda _order: SOUND)
    assert {one.word for one in findings} == {Word.ACCEPTED}
    (said,) = {one.reason for one in findings}
    assert "OIP-PROMO-05" in said
    assert summed_up([replace(findings[0], reason=""), findings[0]]).reason == said


def test_variations_that_cannot_be_had_at_once_are_shown_apart() -> None:
    def carry_out(order: Order) -> Sighting:
        return Sighting(problem="a and c collide") if len(order.server_options) > 1 else seen_with(order)

    assert {one.word for one in examine_company(SHOWN, Depth(), carry_out, lambda _order: SOUND)} == {Word.ACCEPTED}


def test_a_variation_that_is_left_out_of_its_company_proves_nothing() -> None:
    def carry_out(order: Order) -> Sighting:
        return replace(seen_with(order), applied=("a",))

    findings = examine_company(SHOWN, Depth(), carry_out, lambda _order: SOUND)
    assert [one.word for one in findings] == [Word.ACCEPTED, Word.NOT_APPLIED, Word.NOT_APPLIED]


def seen_with(order: Order, **states: State) -> Sighting:
    applied = tuple(option.partition("=")[2] for option in order.server_options)
    return replace(sighting(DIFFERENCE, **states), applied=applied)


@pytest.mark.parametrize("met", [False, True])
def test_a_company_holds_different_families_and_the_slow_stay_apart(met: bool) -> None:
    many = [of(f"{family}{number}", family) for family in ("json", "ids", "pace") for number in range(4)]
    many += [of(f"other{number}", f"family{number}") for number in range(20)]
    before = companies(many) if met else []
    made = companies(many, {frozenset(pair) for company in before for pair in combinations(company, 2)})
    assert sorted(one.id for company in made for one in company) == sorted(one.id for one in many)
    for company in made:
        assert len({one.family for one in company}) == len(company) <= LARGEST
        assert len({one.family in APART for one in company}) == 1
    assert len(made) == 4 + 4  # of what stands apart, and of 28 others


def test_who_needs_another_profile_is_in_another_company() -> None:
    many = [of(f"one{number}", f"family{number}", profile="" if number % 2 else "limited") for number in range(6)]
    assert sorted(len(company) for company in companies(many)) == [3, 3]
    assert all(len({one.profile for one in company}) == 1 for company in companies(many))


def test_a_variation_is_shown_twice_and_seldom_with_the_same_others() -> None:
    known = [one for one in known_deviations() if one.kind == "variation"]
    shown = showings(known)
    times = Counter(one for showing in shown for one in showing.company)
    assert set(times) == set(known)
    assert set(times.values()) == {2}
    pairs = Counter(pair for showing in shown for pair in combinations(sorted(x.id for x in showing.company), 2))
    twice = [pair for pair, count in pairs.items() if count > 1]
    assert len(twice) <= len(pairs) / 50, twice


def test_one_showing_that_says_anything_is_enough() -> None:
    good = Finding(DIFFERENCE, Word.ACCEPTED, "a whole run with 4 others, standard", runs=1, exchanges=10, seconds=1.5)
    bad = replace(good, word=Word.FLAGGED, where="a whole run, standard", blamed={"OIP-PROMO-05": "it is broken"})
    both = summed_up([good, bad])
    assert (both.word, both.blamed, both.where) == (Word.FLAGGED, bad.blamed, bad.where)
    assert (both.runs, both.exchanges, both.seconds) == (2, 20, 3.0)
    assert summed_up([good, good]).where == good.where


def test_the_first_look_takes_in_what_shares_an_operation(requirements: RequirementSet) -> None:
    near = neighbourhood(LIE, requirements)
    assert near[0] == "OIP-PROMO-04"
    assert len(near) == len(set(near)) > 10
    assert all(set(requirements[name].operations) & set(requirements["OIP-PROMO-04"].operations) for name in near)
    everywhere = replace(LIE, breaks=("OIP-CORE-02",))
    assert neighbourhood(everywhere, requirements) == ("OIP-CORE-02",)


def test_a_requirement_without_a_catch_says_why(requirements: RequirementSet) -> None:
    missed = Finding(LIE, Word.MISSED, missed=("OIP-PROMO-04",))
    lacking = requirements_without_a_catch([missed], requirements)
    assert lacking["OIP-PROMO-04"] == "its defects are not caught"
    assert lacking["OIP-CUST-01"] == "no defect breaks it"
    caught = Finding(LIE, Word.CAUGHT, caught_by={"OIP-PROMO-04": "seen"})
    assert "OIP-PROMO-04" not in requirements_without_a_catch([caught], requirements)
