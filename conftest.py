"""Binds the suite to pytest in a checkout: a module of the suite that is run alone finds the plugin too."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Load the plugin when it is not installed as an entry point."""
    if not config.pluginmanager.has_plugin("oip_conformance") and not config.pluginmanager.has_plugin(
        "oip_conformance.pytest_plugin"
    ):
        config.pluginmanager.import_plugin("oip_conformance.pytest_plugin")
    config.option.loadscopereorder = False  # several processes take the files in order, the long ones first
