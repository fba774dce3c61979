"""Comparing two runs tells what came, went and stayed, and gates a release on it."""

from __future__ import annotations

import copy
import json

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from oip_conformance.cli.application import app
from oip_conformance.resources import spec_directory
from oip_conformance.verdict.comparison import compare_runs
from oip_conformance.verdict.results import write_results


@pytest.fixture
def sound(make):
    return make("conformant").results


@pytest.fixture
def failing(make):
    return make("failing").results


def names(changes):
    return sorted({one.requirement for one in changes})


def test_a_run_beside_itself_changed_nothing(any_run):
    found = compare_runs(any_run.results, any_run.results)
    assert (found.new, found.fixed, found.untested, found.slower, found.notes[:0]) == ((), (), (), (), ())
    assert found.exit_code() == 0
    assert len(found.still) == len(any_run.results["failures"])


def test_a_new_failure_stops_a_release(sound, failing):
    found = compare_runs(sound, failing)
    assert names(found.new) == ["OIP-CORE-04", "OIP-PROMO-05"]
    assert len(found.new) == 4
    assert found.exit_code() == 1


def test_a_failure_that_went_is_fixed_only_when_it_was_tested_again(sound, failing):
    found = compare_runs(failing, sound)
    assert names(found.fixed) == ["OIP-PROMO-05"]
    assert [one["requirement"] for one in found.untested] == ["OIP-CORE-04"]
    assert found.exit_code() == 3
    assert found.exit_code(allow_untested=True) == 0


def test_values_that_vary_from_run_to_run_are_not_new_failures(failing):
    later = copy.deepcopy(failing)
    for results, value in ((failing, "'7F0A1B2C' at +4799900001"), (later, "'8E0A1B2D' at +4799912345")):
        results["failures"][0]["cause"] = f"test_x: status 200 with {value}"
    found = compare_runs(failing, later)
    assert (found.new, found.fixed) == ((), ())


def test_another_cause_is_a_new_failure(failing):
    later = copy.deepcopy(failing)
    later["failures"][0]["cause"] = "schema of 200 at /*/id: type"
    assert len(compare_runs(failing, later).new) == 1


def test_a_waived_or_soft_failure_does_not_stop_a_release(sound, failing, make):
    for one in failing["failures"]:
        one["waived"] = {"reason": "later"}
    found = compare_runs(sound, failing)
    assert all(one.waived for one in found.new)
    assert found.exit_code() == 0
    warned = compare_runs(sound, make("warned").results)
    assert [one.level for one in warned.new] == ["should"]
    assert warned.exit_code() == 0


def test_what_is_no_longer_tested_is_told(sound, make):
    found = compare_runs(sound, make("interrupted").results)
    assert {one["requirement"] for one in found.untested} == {"OIP-CORE-03", "OIP-PROMO-05"}
    assert any("The run after is not complete" in note for note in found.notes)
    assert found.exit_code() == 3


def test_other_contracts_profiles_and_levels_are_told(sound):
    later = copy.deepcopy(sound)
    for section in ("contract", "profile", "requirements"):
        later[section]["digest"] = "sha256:" + "0" * 64
    later["run"]["level"] = "smoke"
    notes = " ".join(compare_runs(sound, later).notes)
    for word in ("contract", "profile", "register", "level was standard, then smoke"):
        assert word in notes


def test_coverage_and_latency_that_moved_are_told(sound):
    later = copy.deepcopy(sound)
    later["coverage"]["statuses"]["reached"] -= 1
    later["coverage"]["statuses"]["missed"].append("getHealth 200")
    later["traffic"]["by_operation"]["getHealth"]["latency_ms"]["p95"] += 500
    found = compare_runs(sound, later)
    assert found.coverage[0]["no_longer_reached"] == ["getHealth 200"]
    assert found.slower[0]["operation"] == "getHealth"
    assert compare_runs(later, sound).faster[0]["operation"] == "getHealth"


def test_the_command_gates_and_prints(make, tmp_path):
    make("conformant"), make("failing")
    before, after = str(tmp_path / "conformant"), str(tmp_path / "failing")
    run = CliRunner().invoke
    plain = run(app, ["compare", before, after])
    assert plain.exit_code == 1
    assert "New failures (4)" in plain.stdout
    told = run(app, ["compare", before, after, "--markdown"])
    assert told.exit_code == 1
    assert told.stdout.startswith("## ❌ Regressions")
    assert "<img" not in told.stdout
    machine = run(app, ["compare", before, after, "--json"])
    schema = json.loads((spec_directory() / "comparison.schema.json").read_text())
    jsonschema_rs.validator_for(schema).validate(json.loads(machine.stdout))
    assert run(app, ["compare", after, after]).exit_code == 0


def test_wrong_use_of_the_command_is_2(make, tmp_path):
    from oip_conformance.cli.crash import guarded

    make("conformant")
    good = str(tmp_path / "conformant")
    (tmp_path / "other").mkdir()
    write_results({"schema_version": 99}, tmp_path / "other")
    for arguments in (
        [good],
        [good, str(tmp_path / "none")],
        [good, str(tmp_path / "other")],
        [good, good, "--json", "--markdown"],
    ):
        with pytest.raises(SystemExit) as ended:
            guarded(lambda arguments=arguments: app(["compare", *arguments]))
        assert ended.value.code == 2, arguments
