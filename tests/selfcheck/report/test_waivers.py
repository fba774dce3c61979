"""A waiver changes the exit code and nothing else, until its day; one that serves nothing fails the run."""

from __future__ import annotations

import datetime as dt

import pytest

from oip_conformance.report import markdown
from oip_conformance.report.badge import GREEN, claim
from oip_conformance.verdict.judging import Scope, judge
from oip_conformance.verdict.outcome import Failure, Outcome
from oip_conformance.verdict.state import State
from oip_conformance.verdict.waivers import Waiver, WaiverError, apply_waivers, load_waivers

TODAY = dt.date(2026, 9, 21)
ANSWERED = {"reason": "rolled out on Thursday", "owner": "kari@example.com", "expires": TODAY}


@pytest.fixture
def lay(make, runs):
    """Lays waivers over a run in which two requirements fail."""

    def lay(*waivers: Waiver, today: dt.date = TODAY, interrupted: bool = False, kind: str = "failing"):
        run = make(kind)
        outcomes = [Outcome.from_json(one) for each in run.results["requirement_results"] for one in each["outcomes"]]
        scope = frozenset(one["id"] for one in run.results["requirement_results"] if one["outcomes"])
        verdict = judge(outcomes, runs.requirements, Scope(scope, {}))
        told = apply_waivers(waivers, verdict, run.results, today, interrupted=interrupted)
        return told, run

    return lay


CORE, STORY = Waiver("OIP-CORE-04", **ANSWERED), Waiver("OIP-PROMO-05", **ANSWERED)


def test_all_failures_waived_ends_with_0_and_stays_failed(lay):
    verdict, run = lay(CORE, STORY)
    assert (verdict.exit_code, verdict.state) == (0, State.FAILED)
    assert run.results["verdict"]["exit_code"] == 0
    assert run.results["verdict"]["state"] == "failed"
    assert [one["state"] for one in run.results["waivers"]] == ["applied", "applied"]
    assert all(one["waived"]["owner"] == "kari@example.com" for one in run.results["failures"])


def test_without_a_waiver_the_same_run_fails(lay):
    assert lay()[0].exit_code == 1


def test_one_failure_left_fails_the_run(lay):
    assert lay(CORE)[0].exit_code == 1
    assert lay(STORY)[0].exit_code == 1
    assert lay(Waiver("OIP-CORE-04", operation="getHealth", **ANSWERED), STORY)[0].exit_code == 1


def test_a_waiver_can_name_the_cause(lay):
    assert lay(Waiver("OIP-CORE-04", cause="content type of 200", **ANSWERED), STORY)[0].exit_code == 0
    verdict, run = lay(Waiver("OIP-CORE-04", cause="another", **ANSWERED), STORY)
    assert (verdict.exit_code, run.results["waivers"][0]["state"]) == (1, "stale")


def test_a_waiver_counts_through_its_day_and_no_longer(lay):
    assert lay(CORE, STORY, today=TODAY)[0].exit_code == 0
    verdict, run = lay(CORE, STORY, today=TODAY + dt.timedelta(days=1))
    assert verdict.exit_code == 1
    assert {one["state"] for one in run.results["waivers"]} == {"expired"}
    assert not any(one.get("waived") for one in run.results["failures"])


def test_a_stale_waiver_fails_a_run_that_is_conformant(lay):
    verdict, run = lay(CORE, kind="conformant")
    assert verdict.exit_code == 0, "the run did not reach the requirement, so the waiver may still serve"
    assert run.results["waivers"][0]["state"] == "not-reached"
    verdict, run = lay(STORY, kind="conformant")
    assert (verdict.exit_code, run.results["waivers"][0]["state"]) == (1, "stale")
    assert "stale" in run.results["verdict"]["sentence"]


def test_an_expired_waiver_fails_a_run_that_is_conformant(lay):
    assert (
        lay(Waiver("OIP-CUST-01", **{**ANSWERED, "expires": dt.date(2026, 1, 1)}), kind="conformant")[0].exit_code == 1
    )


def test_a_waiver_never_turns_what_is_undecided(runs):
    failure = Failure("x", "x", "a", "b", "m-000001")
    outcomes = [
        Outcome("OIP-CORE-02", "t", State.FAILED, None, 1, ("m-000001",), (failure,)),
        Outcome("OIP-CORE-03", "t", State.INCONCLUSIVE, None, 1),
    ]
    verdict = judge(outcomes, runs.requirements, Scope(frozenset({"OIP-CORE-02", "OIP-CORE-03"}), {}))
    results = {
        "failures": [{"id": "F01", "requirement": "OIP-CORE-02", "operation": None, "cause": "x"}],
        "verdict": {},
    }
    waiver = Waiver("OIP-CORE-02", **ANSWERED)
    assert apply_waivers((waiver,), verdict, results, TODAY, interrupted=False).exit_code == 3


def test_an_interrupted_run_is_not_turned(lay):
    assert lay(CORE, STORY, interrupted=True)[0].exit_code == 3


def test_what_is_waived_stays_visible(lay):
    _verdict, run = lay(CORE, STORY)
    text = markdown.summary(run)
    assert "waived" in text
    assert "rolled out on Thursday" in text
    words, colour = claim(run.results)
    assert "waived" in words
    assert colour != GREEN


def read(text: str, path):
    path.write_text(text)
    return load_waivers(path, ["OIP-PROMO-05", "OIP-CORE-04"], ["redeemPromotion"])


ONE = '[[waiver]]\nrequirement = "OIP-PROMO-05"\nreason = "later"\nowner = "kari"\nexpires = 2026-12-31\n'


def test_a_waiver_file_is_read(tmp_path):
    assert read(f'{ONE}operation = "redeemPromotion"\n', tmp_path / "w.toml") == (
        Waiver("OIP-PROMO-05", "later", "kari", dt.date(2026, 12, 31), "redeemPromotion"),
    )
    assert read("", tmp_path / "w.toml") == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[[waiver]", "WAI-02"),
        ("[waiver]\nreason = 'x'", "WAI-12"),
        (ONE.replace("reason", "reson"), "WAI-10 unknown key 'reson'; did you mean 'reason'?"),
        (ONE.replace('owner = "kari"\n', ""), "WAI-11 owner"),
        (ONE.replace('"kari"', '" "'), "WAI-12 owner"),
        (ONE.replace('"kari"', "7"), "WAI-12 owner"),
        (ONE.replace("2026-12-31", '"2026-12-31"'), "WAI-12 expires"),
        (ONE.replace("2026-12-31", "2026-12-31T10:00:00Z"), "WAI-12 expires"),
        (
            ONE.replace("PROMO-05", "PROMO-5"),
            "WAI-13 there is no requirement 'OIP-PROMO-5'; did you mean 'OIP-PROMO-05'?",
        ),
        (ONE + 'operation = "redeem"', "WAI-14"),
        (ONE + ONE, "WAI-15"),
        ("waivers = 1", "WAI-10 unknown key 'waivers'; did you mean 'waiver'?"),
    ],
)
def test_a_mistake_in_a_waiver_file_is_named(text, code, tmp_path):
    with pytest.raises(WaiverError) as raised:
        read(text, tmp_path / "w.toml")
    assert code in "\n".join((raised.value.code, *raised.value.causes))


def test_every_mistake_is_told_at_once(tmp_path):
    with pytest.raises(WaiverError) as raised:
        read("[[waiver]]\nrequirement = 'X'\n" + ONE + "more = 1\n", tmp_path / "w.toml")
    assert len(raised.value.causes) == 5


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WaiverError, match="WAI-01"):
        load_waivers(tmp_path / "none.toml", [], [])
