"""A sample of the matrix, another one every day: real runs of the suite against servers with real faults."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest

from oip_conformance.contract.requirements import load_requirements
from oip_conformance.detection import Depth, Deviation, Word, choose, examine_all, known_deviations
from oip_conformance.detection.laboratory import Laboratory
from oip_conformance.detection.trial import Order

DEFECTS, VARIATIONS = 6, 1
SLOW = frozenset({"slow", "rare", "extremes", "pace", "busy"})
"""Families whose runs take long; the whole matrix has them."""

ALWAYS = ("accepts_an_expired_promotion", "finds_another_accounts_member_by_phone")
"""Faults that are asked for every day, whatever the sample."""


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    return Laboratory()


def todays(kind: str, size: int) -> tuple[Deviation, ...]:
    known = [one for one in known_deviations() if one.kind == kind and one.family not in SLOW and not one.profile]
    return choose(known, sample=size, turn=dt.datetime.now(dt.UTC).toordinal())


def test_todays_faults_are_caught_under_their_own_requirement(laboratory: Laboratory) -> None:
    chosen = dict.fromkeys([*choose(known_deviations(), defects=ALWAYS), *todays("defect", DEFECTS)])
    left = list(chosen)
    for depth in (Depth("smoke", breadth="own"), Depth("smoke"), Depth("standard")):
        findings = list(examine_all(left, depth, load_requirements(), workers=2, laboratory=laboratory)) if left else []
        left = [one.deviation for one in findings if one.word is not Word.CAUGHT]
    wrong = {one.deviation.id: (one.word, one.missed, one.reason) for one in findings if one.deviation in left}
    assert not wrong, "python -m oip_conformance detect --defect ID shows more"


def test_todays_difference_is_accepted(laboratory: Laboratory) -> None:
    findings = examine_all(
        todays("variation", VARIATIONS), Depth("smoke"), load_requirements(), workers=1, laboratory=laboratory
    )
    assert {one.deviation.id: one.blamed for one in findings if one.word is not Word.ACCEPTED} == {}


def test_a_run_that_is_not_the_servers_fault_says_so(laboratory: Laboratory) -> None:
    sighting = laboratory.carry_out(Order(("--defect=there_is_no_such_lie",), "smoke", 0, ("OIP-PROMO-05",)))
    assert "there_is_no_such_lie" in sighting.problem


def test_a_laboratory_that_is_closed_ends_what_is_under_way() -> None:
    laboratory = Laboratory()
    threading.Timer(1.0, laboratory.close).start()
    clock = time.monotonic()
    assert laboratory.carry_out(Order((), "standard", 0)).problem == "it was interrupted"
    assert time.monotonic() - clock < 60
    assert laboratory.carry_out(Order((), "standard", 0)).problem == "it was interrupted"
