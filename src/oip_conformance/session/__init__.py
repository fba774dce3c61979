"""A run's session: everything that one process needs to test a target, built from the run's settings."""

from __future__ import annotations

from oip_conformance.session.ledger import Ledger
from oip_conformance.session.replaying import ReplaySession
from oip_conformance.session.session import Session
from oip_conformance.session.settings import Level, Settings

__all__ = ["Ledger", "Level", "ReplaySession", "Session", "Settings"]
