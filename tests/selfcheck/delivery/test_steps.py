"""The very shell steps of the workflows, run against the embedded server."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.target.embedded import EmbeddedServer

from ..conftest import node_tool
from .github import a_run, gh

ACTION = "actions/certify/action.yml"
PAGE = "actions/page/action.yml"
RELEASE = "workflows/release.yml"


def test_a_sound_target_passes_the_action(steps: Any) -> None:
    """The verdict is the job's result, the summary is in the job, and the run is where the artifact is taken from."""
    given = {"PROFILE": "", "TARGET": "", "LEVEL": "smoke", "BUDGET": "", "SEED": "1", "WAIVERS": "", "OUTPUT": "run"}
    done = steps.run(ACTION, "Certify", **given)
    assert done.outputs["exit-code"] == "0", done.said
    assert "Conformant" in done.summary
    assert "The certificate is beside it (not signed: OIP_SIGNING_KEY is not set)" in done.said
    assert json.loads((steps.directory / "run" / "results.json").read_bytes())["run"]["seed"] == 1
    assert (steps.directory / "run" / "report.html").is_file()
    assert steps.run(ACTION, "Say the verdict", CODE="0").code == 0


def test_a_faulty_target_fails_the_action_and_the_release(steps: Any) -> None:
    """The step itself goes on, so that the artifact is kept; the verdict ends the job, and the comparison names it."""
    given = {"PROFILE": "", "LEVEL": "smoke", "BUDGET": "", "SEED": "1", "WAIVERS": ""}
    with EmbeddedServer() as sound:
        keys = {"OIP_API_KEY": sound.key, "OIP_SECOND_API_KEY": sound.second_key}
        assert (
            steps.run(ACTION, "Certify", **given, **keys, TARGET=sound.url, OUTPUT="before").outputs["exit-code"] == "0"
        )
    with EmbeddedServer(options=("--defect=accepts_an_expired_promotion",)) as faulty:
        keys = {"OIP_API_KEY": faulty.key, "OIP_SECOND_API_KEY": faulty.second_key}
        done = steps.run(ACTION, "Certify", **given, **keys, TARGET=faulty.url, OUTPUT="run")
    assert done.code == 0
    assert done.outputs["exit-code"] == "1"
    assert "OIP-PROMO-05" in done.summary
    assert "::error" in done.said
    assert steps.run(ACTION, "Say the verdict", CODE="1").code == 1

    steps.stand_in(
        "gh", gh(steps.directory, sys.executable, a_run(4, "success", release_run=steps.directory / "before"))
    )
    assert steps.run(RELEASE, "Fetch the run of the last release", BEFORE="").outputs == {"run": "4"}
    compared = steps.run(RELEASE, "Compare with the last release")
    assert compared.code == 1
    assert "OIP-PROMO-05" in compared.summary
    assert steps.run(RELEASE, "Let out only what is conformant", CODE="1").code == 1


GIVEN = {"PROFILE": "", "TARGET": "", "LEVEL": "smoke", "BUDGET": "", "SEED": "", "WAIVERS": "", "OUTPUT": "run"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, []),
        ({"PROFILE": "my oip.toml"}, ["--profile", "my oip.toml"]),
        ({"TARGET": "https://oip.example/v4"}, ["--target", "https://oip.example/v4"]),
        ({"LEVEL": "deep", "BUDGET": "20m"}, ["--budget", "20m"]),
        ({"SEED": "7"}, ["--seed", "7"]),
        ({"WAIVERS": "$(touch bad).toml"}, ["--waivers", "$(touch bad).toml"]),
    ],
    ids=["nothing", "profile", "target", "budget", "seed", "waivers"],
)
def test_the_action_passes_on_what_it_was_given(steps: Any, given: dict[str, str], said: list[str]) -> None:
    """Word for word, and no option for what was left empty; the exit code is handed on."""
    steps.stand_in("oip-conformance", '#!/bin/sh\nprintf "%s\\n" "$@" > said.txt\nexit 3\n')
    done = steps.run(ACTION, "Certify", **{**GIVEN, **given})
    assert (done.code, done.outputs) == (0, {"exit-code": "3"})
    expected = ["certify", "--level", given.get("LEVEL", "smoke"), "--output", "run", *said]
    assert (steps.directory / "said.txt").read_text(encoding="utf-8").splitlines() == expected
    assert not (steps.directory / "bad").exists()
    assert steps.run(ACTION, "Say the verdict", CODE="3").code == 3
    assert steps.run(ACTION, "Say the verdict", CODE="").code == 4, "what did not run to its end is no verdict"


def a_run_directory(directory: Path) -> None:
    """What of a run a page is made of."""
    (directory / "allure-results").mkdir(parents=True)
    (directory / "report.html").write_text("<title>The report</title>", encoding="utf-8")
    (directory / "badge.svg").write_text("<svg/>", encoding="utf-8")
    result = {
        "uuid": "1",
        "historyId": "1",
        "name": "A story",
        "fullName": "A story",
        "status": "passed",
        "stage": "finished",
        "start": 1,
        "stop": 2,
    }
    (directory / "allure-results" / "1-result.json").write_text(json.dumps(result), encoding="utf-8")


def test_a_page_has_the_report_the_badge_and_allures_report(steps: Any) -> None:
    """The report comes first; of Allure one release is taken, and always the same."""
    a_run_directory(steps.directory / "run")
    steps.stand_in("npx", '#!/bin/sh\nprintf "%s\\n" "$@" > said.txt\nmkdir "$6"\n')
    done = steps.run(PAGE, "Make the page", RUN="run", PAGE="site")
    assert done.code == 0, done.said
    assert {one.name for one in (steps.directory / "site").iterdir()} == {"index.html", "badge.svg", "allure"}
    said = (steps.directory / "said.txt").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"allure@\d+\.\d+\.\d+", said[1])
    assert said[:1] + said[2:] == ["--yes", "generate", "run/allure-results", "--output", "site/allure"]
    where = steps.run("workflows/staging.yml", "Say where the page is", PAGE="https://owner.github.io/oip/")
    assert "https://owner.github.io/oip/allure/" in where.summary


@pytest.mark.parametrize("lost", ["report.html", "the results of Allure"])
def test_a_page_without_its_parts_is_none(steps: Any, lost: str) -> None:
    a_run_directory(steps.directory / "run")
    if lost == "report.html":
        (steps.directory / "run" / lost).unlink()
    steps.stand_in("npx", "#!/bin/sh\nexit 1\n")
    assert steps.run(PAGE, "Make the page", RUN="run", PAGE="site").code != 0


@pytest.mark.external("allure")
def test_allure_makes_its_report_of_what_a_run_leaves(steps: Any) -> None:
    """By its own command line, under the options that the action gives it."""
    tool = node_tool("allure")
    run = steps.run(ACTION, "Certify", **{**GIVEN, "SEED": "1"})
    assert run.outputs["exit-code"] == "0", run.said
    steps.stand_in("npx", f'#!/bin/sh\nshift 2\nexec "{tool}" "$@"\n')
    done = steps.run(PAGE, "Make the page", RUN="run", PAGE="site")
    assert done.code == 0, done.said
    assert "OIP" in "".join(one.read_text("utf-8") for one in (steps.directory / "site" / "allure").rglob("*.json"))
    assert (steps.directory / "site" / "allure" / "index.html").is_file()


def test_the_wheel_stands_alone(steps: Any) -> None:
    """Built and used in an empty directory, it has suite, contract, register, profiles and templates inside."""
    for name in ("pyproject.toml", "constraints.txt", "README.md", "src", "spec", "tests"):
        (steps.directory / name).symlink_to(Path(__file__).parents[3] / name)
    built = steps.run("workflows/ci.yml", "Build the wheel")
    assert built.code == 0, built.said
    temporary = steps.directory / "temporary"
    temporary.mkdir()
    used = steps.run("workflows/ci.yml", "Use it in an empty directory", RUNNER_TEMP=str(temporary))
    assert used.code == 0, used.said
    assert json.loads((temporary / "empty" / "run" / "results.json").read_bytes())["verdict"]["state"] == "passed"
