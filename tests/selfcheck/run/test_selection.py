"""What a run was asked for is what it speaks of: by requirement, operation and class."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from certifying import certify

from oip_conformance.resources import suite_directory
from oip_conformance.run.certify import plan
from oip_conformance.run.collection import collect
from oip_conformance.run.execution import files_for
from oip_conformance.run.options import RunOptions
from oip_conformance.run.problems import RunProblem
from oip_conformance.session import Settings


@pytest.mark.parametrize(
    ("options", "said", "next_step"),
    [
        (
            RunOptions(level="smoke", only=("OIP-PROMO-38",)),
            "no test of the level smoke judges OIP-PROMO-38",
            "standard",
        ),
        (
            RunOptions(level="smoke", only=("OIP-PROMO-38", "OIP-LOY-01")),
            "smoke judges OIP-PROMO-38",
            "--level standard",
        ),
        (RunOptions(level="deep", only=("OIP-CORE-18",)), "OIP-CORE-18 cannot be tested", "explain OIP-CORE-18"),
        (RunOptions(only=("OIP-LOY-01",), classes=("stores",)), "belongs to the class loyalty", "--class loyalty"),
    ],
)
def test_a_selection_that_nothing_would_test_is_refused_with_the_next_step(
    options: RunOptions, said: str, next_step: str
) -> None:
    with pytest.raises(RunProblem) as refused:
        plan(options)
    assert refused.value.code == "RUN-07"
    assert refused.value.exit_code == 2
    assert said in refused.value.message
    assert next_step in refused.value.hint


def test_it_is_refused_before_anything_is_sent_or_written(tmp_path: Path) -> None:
    run = certify(tmp_path, None, "--only", "OIP-PROMO-38")
    assert run.code == 2
    assert "RUN-07" in run.output
    assert "--level standard" in run.output
    assert not run.directory.exists()


def test_a_requirement_of_a_class_that_is_not_claimed_is_refused(tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('name = "x"\n[claims]\nclasses = ["core", "customers"]\n')
    with pytest.raises(RunProblem, match="which the profile does not claim"):
        plan(RunOptions(profile=profile, only=("OIP-LOY-01",)))


def test_the_suite_can_be_collected_again_in_one_process() -> None:
    """Rounds of a deep run do so; a parameter list that is used up by the first would leave the second nothing."""
    settings = Settings(directory="", url="http://127.0.0.1:1", embedded=True, level="deep")
    first = collect(settings)
    assert len(first.tests) > 100
    assert collect(settings) == first


def test_only_the_files_of_a_requirement_are_read_and_none_of_its_tests_is_left_out() -> None:
    settings = Settings(directory="", url="http://127.0.0.1:1", embedded=True, level="deep")
    suite = suite_directory()
    for test in collect(settings).tests:
        for name in test.requirements:
            assert suite / test.name.partition("::")[0] in files_for(replace(settings, only=(name,)), suite), test
    assert len(files_for(replace(settings, only=("OIP-PROMO-05",)), suite)) < 8
    alone = collect(replace(settings, only=("OIP-PROMO-05",)))
    told = [test.name for test in collect(settings).tests if "OIP-PROMO-05" in test.requirements]
    assert alone.stories == told
    for whole in ((), ("getStores",), ("OIP-PROMO-05", "getStores")):
        assert files_for(replace(settings, only=whole), suite) == [suite]


def test_of_what_is_asked_for_only_the_tests_named_are_run_from_their_own_files() -> None:
    settings = Settings(directory="", url="http://127.0.0.1:1", embedded=True, only=("OIP-PROMO-05",))
    named = tuple(collect(settings).stories[:1])
    assert [test.name for test in collect(replace(settings, tests=named)).tests] == list(named)
    suite = suite_directory()
    assert files_for(replace(settings, tests=named), suite) == [suite / named[0].partition("::")[0]]


@pytest.mark.parametrize("selection", [("--only", "getStores"), ("--class", "enrichment")])
def test_a_sound_target_is_conformant_in_each_part(tmp_path: Path, selection: tuple[str, str]) -> None:
    """Stories about every operation touch others in passing, and leave nothing open by that."""
    run = certify(tmp_path, None, *selection)
    assert run.code == 0, run.output


def test_one_operation_is_enough_to_fail_on_its_fault(tmp_path: Path) -> None:
    run = certify(tmp_path, None, "--only", "getStores", "--defect", "sends_stores_as_text")
    assert run.code == 1, run.output
    assert run.states()["OIP-CORE-04"] == "failed"
