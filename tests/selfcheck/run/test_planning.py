"""`certify --plan` says before a run what it would send, and the run keeps to it."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import certifying
import faulty
import pytest
from certifying import Run, certify

from oip_conformance.run.certify import plan
from oip_conformance.run.measured import CASES, Amount, load_measured, measure
from oip_conformance.run.options import RunOptions
from oip_conformance.run.planning import RunPlan

CLASSES = ("--class", "stores", "--class", "carts", "--class", "pricing")


def written(folder: Path, text: str) -> RunPlan:
    """The plan of a smoke run with this profile."""
    profile = folder / "profile.toml"
    profile.write_text(text)
    return plan(RunOptions(profile=profile, level="smoke", seed=0))


@pytest.fixture(scope="module")
def planned() -> RunPlan:
    return plan(RunOptions(level="smoke", seed=0, classes=CLASSES[1::2]))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return certify(tmp_path_factory.mktemp("planned"), None, *CLASSES, "--seed", "0")


def test_every_story_has_its_figures_and_no_other_has() -> None:
    """After a change of stories: python -m oip_conformance.run.measured RUN_DIR ... with standard runs of a few seeds."""
    assert set(plan(RunOptions(level="deep", seed=0)).stories) == set(load_measured().stories)


def test_the_run_sends_each_operation_the_cases_of_the_plan(planned: RunPlan, run: Run) -> None:
    sent = Counter(
        one.test.split("[")[-1].rstrip("]") for one in run.exchanges if one.test.startswith(CASES) and one.case
    )
    assert sent == {one.id: one.cases for one in planned.operations}
    assert sum(sent.values()) == planned.cases


def test_the_run_tells_each_story_with_the_requests_of_the_plan(planned: RunPlan, run: Run) -> None:
    told = Counter(one.test for one in run.exchanges if not one.test.startswith(CASES) and one.test != "preflight")
    measured = load_measured().stories
    assert told == {name: measured[name].requests for name in planned.stories}


def test_the_run_stays_within_the_whole_of_the_plan(planned: RunPlan, run: Run) -> None:
    stock = load_measured().stock
    assert planned.requests - stock.requests <= len(run.exchanges) <= planned.requests
    assert planned.records - stock.records <= len(run.results["created"]) <= planned.records


def test_the_run_judges_the_requirements_of_the_plan(planned: RunPlan, run: Run) -> None:
    assert {name for ids in planned.requirements.values() for name in ids} == set(run.states())


def test_a_plan_sends_nothing_writes_nothing_and_needs_no_key(tmp_path: Path) -> None:
    asked: list[bytes] = []
    environment = {name: value for name, value in certifying.environment().items() if "API_KEY" not in name}
    with faulty.served(lambda connection, request: asked.append(request)) as url:
        line = certifying.command(tmp_path, url, "--plan", "--json", *CLASSES)
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["requests"]["cases"] > 0
    assert not asked
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "reports").exists()


def test_what_the_profile_declares_inactive_is_sent_no_cases(tmp_path: Path) -> None:
    shown = written(tmp_path, 'name = "x"\n[claims]\nclasses = "all"\nnot_activated = ["createCart"]\n')
    (cart,) = [one for one in shown.operations if one.id == "createCart"]
    assert (cart.cases, cart.withheld) == (0, "the profile declares it not activated")


def test_a_plan_bounds_a_run_with_inactive_operations(tmp_path: Path) -> None:
    """Stories that ask nothing of an account with everything do here."""
    profile = tmp_path / "limited.toml"
    profile.write_text(
        'name = "x"\n[claims]\nclasses = ["core", "customers"]\nnot_activated = ["getHealth", "createCart"]\n'
    )
    only = ("OIP-ACT-02", "OIP-ACT-03", "OIP-ACT-04")
    bound = plan(RunOptions(profile=profile, level="smoke", only=only))
    done = certify(tmp_path, None, "--profile", str(profile), *(part for one in only for part in ("--only", one)))
    assert done.code == 0, done.output
    assert set(done.states().values()) == {"passed"}
    assert len(done.exchanges) <= bound.requests
    assert len(done.results["created"]) <= bound.records


def test_without_writes_a_plan_for_somebody_elses_system_makes_no_records(tmp_path: Path) -> None:
    shown = written(tmp_path, 'name = "x"\n[target]\nurl = "https://oip.example/v4"\n')
    cases = {one.id: one.cases for one in shown.operations}
    assert shown.records == 0
    assert cases["createMember"] == cases["sendSms"] == 0
    assert cases["getCustomerById"] > 0


def test_limits_that_the_run_would_reach_are_named(tmp_path: Path) -> None:
    shown = written(
        tmp_path, 'name = "x"\n[limits]\ntotal_requests = 100\ncreated_records = 5\nrequests_per_second = 2\n'
    )
    assert [sentence.split(",")[0] for sentence in shown.limits[:2]] == [
        "the profile allows 100 total requests",
        "the profile allows 5 created records",
    ]
    assert "2 requests per second" in shown.limits[2]


def test_figures_are_measured_from_runs(run: Run) -> None:
    """A story of which two runs say the same hangs on no seed."""
    measured = measure([run.directory, run.directory])
    name = "workflows/stores/test_stores.py::test_the_stores_are_listed"
    assert measured.stories[name] == load_measured().stories[name] == Amount(1, 0)
    assert measured.stock.requests >= 1
