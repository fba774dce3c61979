"""A mistake of the configuration never shows up as a failed requirement: `certify` ends with 2 and its code instead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.run.rejudging import rejudge
from oip_conformance.target.embedded import EmbeddedServer, Sandbox

Answering = Callable[[Callable[[BaseHTTPRequestHandler], tuple[int, str, bytes] | None]], Any]


@pytest.mark.parametrize(
    ("code", "text", "path", "second"),
    [
        ("CFG-37", "", "/", None),
        ("CFG-47", "", "/v4", "no-key-of-theirs"),
        ("CFG-84", '[fixtures]\nstores = ["NO-SUCH-STORE"]', "/v4", None),
        ("CFG-85", '[fixtures]\ncampaigns = ["NO-SUCH-CAMPAIGN"]', "/v4", None),
        ("CFG-88", "[fixtures.reports.noSuchReport]\npaged = true", "/v4", None),
        ("CFG-70", '[customers]\nrequired = ["shoeSize"]', "/v4", None),
    ],
)
def test_a_run_does_not_blame_the_target(
    code: str, text: str, path: str, second: str | None, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The target is sound; what is wrong stands in the profile, the environment or the address."""
    profile = tmp_path / "profile.toml"
    profile.write_text(f'name = "Mistaken"\n{text}\n', encoding="utf-8")
    target = sandbox.url.removesuffix("/v4") + path
    environment = {**os.environ, "OIP_API_KEY": sandbox.key, "OIP_SECOND_API_KEY": second or sandbox.second_key}
    command = [sys.executable, "-m", "oip_conformance", "certify", "--level", "smoke"]
    places = ["--profile", str(profile), "--target", target, "--output", str(tmp_path / "run")]
    done = subprocess.run(
        [*command, *places], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert code in done.stdout + done.stderr
    results = tmp_path / "run" / "results.json"
    if results.exists():
        assert not json.loads(results.read_bytes()).get("failures")


SELECTIONS = [
    ["--class", "core"],
    ["--class", "stores"],
    ["--class", "functions"],
    ["--only", "OIP-PROMO-05"],
    ["--seed", "1"],
]
KEYS = ("main-of-nobody-0001", "second-of-nobody-0001")


def refuses_wrongly(request: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
    """Anybody may ask for its health; for all else it refuses the key, and in a way that breaks the contract."""
    return (
        (200, "application/json", b"{}") if request.path.endswith("/health") else (401, "text/plain", b"who are you?")
    )


def refused(target: str, folder: Path, *selection: str) -> dict[str, Any]:
    """The results of a run with keys that nobody has; it must have ended with 2 and its code."""
    environment = {**os.environ, "OIP_API_KEY": KEYS[0], "OIP_SECOND_API_KEY": KEYS[1]}
    command = [sys.executable, "-m", "oip_conformance", "certify", "--level", "smoke", *selection]
    places = ["--target", target, "--output", str(folder / "run")]
    done = subprocess.run(
        [*command, *places], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "CFG-38 target.api_key_env: the target refuses the API key (401)." in done.stdout
    assert "Check the key in OIP_API_KEY" in done.stdout
    results: dict[str, Any] = json.loads((folder / "run" / "results.json").read_bytes())
    return results


@pytest.mark.parametrize("selection", SELECTIONS, ids=" ".join)
def test_a_wrong_key_is_no_failure_of_the_target(selection: list[str], fake: Answering, tmp_path: Path) -> None:
    """Whatever is tested: nothing has failed, passed or stayed undecided, though its refusals break rules."""
    results = refused(fake(refuses_wrongly).url, tmp_path, *selection)
    states = {one["state"] for one in results["requirement_results"]}
    assert states <= {"config-error", "not-tested", "not-applicable"}
    assert results["failures"] == []


def test_a_run_with_a_wrong_key_is_judged_again_as_it_was(sandbox: Sandbox, tmp_path: Path) -> None:
    """From its evidence alone."""
    results = refused(sandbox.url, tmp_path, "--class", "core")
    again = rejudge(tmp_path / "run")
    assert again.differences == ()
    assert {one.requirement.id: str(one.state) for one in again.verdict.requirements} == {
        one["id"]: one["state"] for one in results["requirement_results"]
    }


def test_without_a_profile_nothing_is_taken_to_exist_elsewhere(tmp_path: Path) -> None:
    """A server with other stores than the sandbox is tested without fixtures, and no requirement fails for them."""
    other = tmp_path / "other.toml"
    other.write_text('name = "Other"\n[fixtures]\nstores = ["SOMEWHERE-ELSE"]\n', encoding="utf-8")
    with EmbeddedServer(profile=other) as server:
        environment = {**os.environ, "OIP_API_KEY": server.key, "OIP_SECOND_API_KEY": server.second_key}
        command = [sys.executable, "-m", "oip_conformance", "certify", "--level", "smoke", "--class", "stores"]
        places = ["--target", server.url, "--output", str(tmp_path / "run")]
        done = subprocess.run(
            [*command, *places], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 3, done.stdout + done.stderr
    results = json.loads((tmp_path / "run" / "results.json").read_bytes())
    assert results["profile"]["name"] == "A target without a profile"
    assert not results["failures"]
