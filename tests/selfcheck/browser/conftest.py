"""Headless Chromium, and pages to open in it."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from oip_conformance.contract import load_contract
from oip_conformance.contract.requirements import load_requirements
from oip_conformance.report import html

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _module():
    path = Path(__file__).parents[1] / "report" / "runs.py"
    specification = importlib.util.spec_from_file_location("synthetic_runs_to_look_at", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


RUNS = _module()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chrome]:
    """A browser without a window; the machine has to have one."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("there is no Chromium here to look at reports with: apt-get install chromium chromium-driver")
    options = Options()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, str]:
    """The address of report.html of a run of each kind."""
    runs = RUNS.Runs(load_contract(), load_requirements())
    found = {}
    for kind in RUNS.KINDS:
        directory = tmp_path_factory.mktemp("looks") / kind
        found[kind] = html.write(runs.make(kind, directory), directory).as_uri()
    return found


@pytest.fixture
def look(chromium, pages):
    """Opens a page: `look("failing", width=390, scheme="dark")`."""

    def look(kind: str, *, width: int = 1280, scheme: str = "light", media: str = "screen", anchor: str = "") -> Chrome:
        chromium.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        chromium.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )
        chromium.get("about:blank")
        chromium.get_log("browser")
        chromium.get(pages[kind] + anchor)
        return chromium

    return look
