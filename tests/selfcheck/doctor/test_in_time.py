"""The doctor's word comes in under ten seconds, whatever the target does: the whole command, from its start to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.resources import spec_directory

Answering = Callable[[Callable[[BaseHTTPRequestHandler], tuple[int, str, bytes] | None]], Any]


@pytest.mark.parametrize("seconds", [0.7, 2.8], ids=["slow", "at the end of its patience"])
def test_a_target_that_is_slow_to_answer_each_time(seconds: float, fake: Answering) -> None:
    """It answers everything, and in time; there are more than twenty reads to try."""

    def slowly(_: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        time.sleep(seconds)
        return 200, "application/json", b"[]"

    profile: Path = spec_directory() / "profiles" / "full-platform.toml"
    command = [sys.executable, "-m", "oip_conformance", "doctor", "--profile", str(profile), "--show"]
    began = time.monotonic()
    done = subprocess.run(
        [*command, "--target", fake(slowly).url],
        env={**os.environ, "OIP_API_KEY": "key", "OIP_SECOND_API_KEY": "key-2"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert time.monotonic() - began < 10, done.stdout + done.stderr
    assert done.returncode in (0, 2), done.stdout + done.stderr
    assert "GET /" in done.stdout
    assert "The time was up" in done.stdout
