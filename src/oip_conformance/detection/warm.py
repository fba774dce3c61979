"""Imported once by the process from which trials are forked, so that each starts with everything imported."""

from __future__ import annotations

import schemathesis  # noqa: F401

import oip_conformance.detection.trial
import oip_conformance.pytest_plugin.conductor
import oip_conformance.scenario.oip  # noqa: F401
from oip_conformance.oracle import general_rules

general_rules()
