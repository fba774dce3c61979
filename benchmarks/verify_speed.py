"""What judging a run again costs, as a share of what the run cost: certify, then verify, on one machine after the other.

`python benchmarks/verify_speed.py [--level standard] [--seed N]` runs against the embedded reference server. Prints one JSON
object; ends with 1 when verifying takes more than a quarter of the run, in time or in processor time, or does not confirm it.
The processor time of the run is that of all its processes, the embedded server's among them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARE = 0.25
CONFIRMED = {0, 3}
"""What verify ends with when nothing is refuted: an unsigned certificate leaves the signature undecided."""

START = "from oip_conformance.cli import main; main()"


def taken(*arguments: str) -> dict[str, float]:
    """Run the command; its exit code, and the seconds that it and its own processes took."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", START, *arguments]
    ended = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=environment()
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"exit_code": ended.returncode, "seconds": time.perf_counter() - started, "processor": processor}


def environment() -> dict[str, str]:
    """The environment, without a key that would sign."""
    return {name: value for name, value in os.environ.items() if name != "OIP_SIGNING_KEY"}


def main() -> int:
    """Measure once, in this order: a run, then its verification."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", default="standard")
    parser.add_argument("--seed", default="1")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="oip-conformance-benchmark-") as folder:
        directory = Path(folder) / "run"
        run = taken("certify", "--level", asked.level, "--seed", asked.seed, "--output", str(directory))
        verification = taken("verify", str(directory))
    ratios = {name: verification[name] / run[name] for name in ("seconds", "processor")}
    print(json.dumps({"run": run, "verify": verification, "ratio": ratios}, indent=2))
    confirmed = run["exit_code"] == 0 and verification["exit_code"] in CONFIRMED
    return 0 if confirmed and max(ratios.values()) <= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
