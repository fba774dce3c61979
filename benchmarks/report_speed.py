"""How fast the report of a big run opens: 2,000 outcomes and 50,000 exchanges, beside an empty page in one browser.

`python benchmarks/report_speed.py [--rounds 5]` needs Chromium and its driver. Prints one JSON object; ends with 1 when
report.html opens in more than 2 seconds or has 5 MiB or more. Opening is from the start of navigation to the end of the
load event, the list of requirements filtered and drawn.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from oip_conformance.contract import load_contract
from oip_conformance.contract.requirements import load_requirements
from oip_conformance.report import ON_REQUEST, REPORTERS

SECONDS, BYTES = 2.0, 5 * 1024 * 1024
DRAWN = """const done = arguments[0];
requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0));"""


def synthetic_runs() -> ModuleType:
    """The maker of synthetic runs that the selfchecks use."""
    path = Path(__file__).parents[1] / "tests" / "selfcheck" / "report" / "runs.py"
    specification = importlib.util.spec_from_file_location("synthetic_runs", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def opened(browser: Chrome, address: str) -> float:
    """Seconds until a page is loaded and drawn."""
    browser.get("about:blank")
    browser.get(address)
    return float(browser.execute_async_script(DRAWN)) / 1000


def measure(rounds: int) -> dict[str, object]:
    """Write every report of a big run, and open report.html and an empty page in turns."""
    options = Options()
    options.binary_location = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    with tempfile.TemporaryDirectory() as folder:
        run = synthetic_runs().Runs(load_contract(), load_requirements()).big(Path(folder) / "run")
        writing = {}
        for write in (*REPORTERS, *ON_REQUEST.values()):
            clock = time.perf_counter()
            write(run, Path(folder))
            writing[write.__module__.rpartition(".")[2]] = round(time.perf_counter() - clock, 2)
        page, empty = Path(folder) / "report.html", Path(folder) / "empty.html"
        empty.write_text("<!doctype html><title>empty</title><p>empty")
        browser = Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            times = [(opened(browser, page.as_uri()), opened(browser, empty.as_uri())) for _ in range(rounds)]
        finally:
            browser.quit()
        seconds, nothing = (statistics.median(column) for column in zip(*times, strict=True))
        return {
            "bytes": page.stat().st_size,
            "opens_in_seconds": round(seconds, 3),
            "empty_page_opens_in_seconds": round(nothing, 3),
            "written_in_seconds": writing,
        }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    result = measure(options.parse_args().rounds)
    print(json.dumps(result))
    return 0 if float(str(result["opens_in_seconds"])) < SECONDS and int(str(result["bytes"])) < BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
