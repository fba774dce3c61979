"""The profiles that ship: each certifies the reference server configured by it, and none certifies another one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.resources import spec_directory
from oip_conformance.target.embedded import EmbeddedServer

FOLDER = spec_directory() / "profiles"
EXAMPLES = sorted({file.stem for file in FOLDER.glob("*.toml")} - {"embedded", "limited", "stranger"})
"""All but those of the embedded server itself, and the one for targets that nothing is known of."""

MISMATCHES: list[tuple[str, str, dict[str, str]]] = [
    ("full-platform", "OIP-ACT-01", {"[claims]\n": '[claims]\nnot_activated = ["getStores"]\n'}),
    ("point-of-sale", "OIP-ACT-02", {'  "getChangedCustomersList",\n': ""}),
    ("e-commerce", "OIP-CUST-16", {"[customers]\n": '[customers]\nupdate = "replace"\n'}),
    ("loyalty-app", "OIP-LOY-30", {'customer = ["id", "mobilePhone"]': 'customer = ["id"]'}),
    (
        "strict-client",
        "OIP-CUST-10",
        {
            'overlays = ["strict-client.overlay.yaml"]': "overlays = []",
            'required = ["mobilePhone", "externalId", "email", "firstName", "lastName"]': 'required = ["mobilePhone"]',
        },
    ),
    ("agreed-functions", "OIP-FUN-01", {'level = "gold"': 'level = "silver"'}),
]
"""What must fail against a server that has these settings otherwise than the profile says."""


def certify(profile: Path, output: Path, *arguments: str, **environment: str) -> tuple[int, dict[str, Any], str]:
    """Run `certify` as a vendor does; returns its exit code, its results and what it said."""
    command = [sys.executable, "-m", "oip_conformance", "certify", "--profile", str(profile), "--output", str(output)]
    done = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )
    results = output / "results.json"
    return done.returncode, json.loads(results.read_bytes()) if results.exists() else {}, done.stdout + done.stderr


def test_there_are_six_worked_examples() -> None:
    """Whole platform, point of sale, web shop, loyalty app, strict client, agreed functions."""
    assert set(EXAMPLES) == {name for name, *_ in MISMATCHES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_certifies_the_server_it_describes(name: str, tmp_path: Path) -> None:
    """The reference server behaves as the account that the profile describes, and is conformant."""
    code, results, said = certify(FOLDER / f"{name}.toml", tmp_path / "run", "--level", "smoke", "--workers", "2")
    assert code == 0, said
    assert results["verdict"]["state"] == "passed"
    assert results["profile"]["name"]


@pytest.mark.parametrize(("name", "requirement", "settings"), MISMATCHES, ids=[one[0] for one in MISMATCHES])
def test_a_server_of_another_configuration_is_caught(
    name: str, requirement: str, settings: dict[str, str], tmp_path: Path
) -> None:
    """What the profile says and the server does not do fails, under the requirement that speaks of it."""
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    for setting, instead in settings.items():
        assert setting in text
        text = text.replace(setting, instead, 1)
    for overlay in FOLDER.glob("*.overlay.yaml"):
        (tmp_path / overlay.name).write_bytes(overlay.read_bytes())
    other = tmp_path / "other.toml"
    other.write_text(text, encoding="utf-8")
    with EmbeddedServer(profile=other) as server:
        keys = {"OIP_API_KEY": server.key, "OIP_SECOND_API_KEY": server.second_key}
        arguments = ("--level", "smoke", "--target", server.url, "--only", requirement)
        code, results, said = certify(FOLDER / f"{name}.toml", tmp_path / "run", *arguments, **keys)
    assert code == 1, said
    assert requirement in {one["requirement"] for one in results["failures"]}
