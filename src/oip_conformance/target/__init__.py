"""The target: one client by operationId over a live or a replaying transport, within safety and limits."""

from __future__ import annotations

from oip_conformance.target.client import UNSET, BackOff, Keys, Target
from oip_conformance.target.clock import Clock, ReplayedClock
from oip_conformance.target.pacing import LimitReached, Pacing
from oip_conformance.target.replay import NeverAsked, RememberingRedactor, ReplayTransport
from oip_conformance.target.reply import BUSY_STATUSES, Reply
from oip_conformance.target.safety import NotAllowed, SafetyGate
from oip_conformance.target.transport import LiveTransport, Transport, TransportFault, is_loopback

__all__ = [
    "BUSY_STATUSES",
    "UNSET",
    "BackOff",
    "Clock",
    "Keys",
    "LimitReached",
    "LiveTransport",
    "NeverAsked",
    "NotAllowed",
    "Pacing",
    "RememberingRedactor",
    "ReplayTransport",
    "ReplayedClock",
    "Reply",
    "SafetyGate",
    "Target",
    "Transport",
    "TransportFault",
    "is_loopback",
]
