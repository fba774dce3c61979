"""`serve` runs the server as a child that never outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

SERVE = "import typer; from oip_conformance.cli.serve import serve; typer.run(serve)"


def gone(url: str, seconds: float) -> bool:
    """Whether nothing answers at `url` any more, within the given time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            httpx.get(url, timeout=1)
        except httpx.TransportError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_the_command_that_started_it(how):
    command = [sys.executable, "-c", SERVE, "--ready-json", "--defect", "accepts_an_expired_promotion"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        stores = httpx.get(f"{ready['url']}/stores", headers={"x-api-key": ready["keys"]["main"]})
        assert stores.status_code == 200
        process.send_signal(how)
        assert gone(ready["url"], 3)


def test_the_list_names_defects_variations_and_tenants():
    done = subprocess.run([sys.executable, "-c", SERVE, "--list"], capture_output=True, text=True, check=True)
    for name in ("main", "second", "accepts_an_expired_promotion", "details_errors_as_an_object"):
        assert name in done.stdout


def test_one_more_account_is_served_with_its_own_key_and_allow_list(tmp_path):
    profile = tmp_path / "shop.toml"
    profile.write_text('name = "Shop"\n[access]\nnetworks = ["192.0.2.0/24"]\n')
    command = [sys.executable, "-c", SERVE, "--ready-json", "--tenant", f"shop-2={profile}"]
    environment = {**os.environ, "OIP_REFERENCE_SHOP_2_API_KEY": "key-of-the-shop"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["keys"]["shop-2"] == "key-of-the-shop"
        answers = {
            name: httpx.get(f"{ready['url']}/stores", headers={"x-api-key": key}).status_code
            for name, key in ready["keys"].items()
        }
        process.terminate()
    assert answers == {"main": 200, "second": 200, "shop-2": 403}
