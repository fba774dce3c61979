"""The very shell steps of the workflows, run against the embedded server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from oip_conformance.target.embedded import EmbeddedServer

ACTION = "actions/certify/action.yml"


def test_a_sound_target_passes_the_action(steps: Any) -> None:
    """The verdict is the job's result, the summary is in the job, and the run is where the artifact is taken from."""
    given = {"PROFILE": "", "TARGET": "", "LEVEL": "smoke", "BUDGET": "", "SEED": "1", "WAIVERS": "", "OUTPUT": "run"}
    done = steps.run(ACTION, "Certify", **given)
    assert done.outputs["exit-code"] == "0", done.said
    assert "Conformant" in done.summary
    assert json.loads((steps.directory / "run" / "results.json").read_bytes())["run"]["seed"] == 1
    assert (steps.directory / "run" / "report.html").is_file()
    assert steps.run(ACTION, "Say the verdict", CODE="0").code == 0


def test_a_faulty_target_fails_the_action_and_the_release(steps: Any) -> None:
    """The step itself goes on, so that the artifact is kept; the verdict ends the job, and the comparison names it."""
    given = {"PROFILE": "", "LEVEL": "smoke", "BUDGET": "", "SEED": "1", "WAIVERS": ""}
    with EmbeddedServer() as sound:
        keys = {"OIP_API_KEY": sound.key, "OIP_SECOND_API_KEY": sound.second_key}
        assert (
            steps.run(ACTION, "Certify", **given, **keys, TARGET=sound.url, OUTPUT="last").outputs["exit-code"] == "0"
        )
    with EmbeddedServer(options=("--defect=accepts_an_expired_promotion",)) as faulty:
        keys = {"OIP_API_KEY": faulty.key, "OIP_SECOND_API_KEY": faulty.second_key}
        done = steps.run(ACTION, "Certify", **given, **keys, TARGET=faulty.url, OUTPUT="run")
    assert done.code == 0
    assert done.outputs["exit-code"] == "1"
    assert "OIP-PROMO-05" in done.summary
    assert "::error" in done.said
    assert steps.run(ACTION, "Say the verdict", CODE="1").code == 1

    compared = steps.run("workflows/release.yml", "Compare with the last release")
    assert compared.code == 1
    assert "OIP-PROMO-05" in compared.summary
    assert steps.run("workflows/release.yml", "Let out only what is conformant", CODE="1").code == 1


def test_without_a_run_before_nothing_is_compared(steps: Any) -> None:
    """The first release has nothing to be compared with, and says so."""
    done = steps.run("workflows/release.yml", "Fetch the run of the last release", LAST_RUN="", LAST_ARTIFACT="")
    assert done.code == 0
    assert "no run of a release before" in done.summary
    assert steps.run("workflows/release.yml", "Compare with the last release").code == 0


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
