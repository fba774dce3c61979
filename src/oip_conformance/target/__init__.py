"""The target: one client by operationId over a live or a replaying transport, within safety and limits."""

from __future__ import annotations

from oip_conformance.target.client import UNSET, BackOff, Keys, Target
from oip_conformance.target.pacing import LimitReached, Pacing
from oip_conformance.target.reply import BUSY_STATUSES, Reply
from oip_conformance.target.safety import NotAllowed, SafetyGate
from oip_conformance.target.transport import LiveTransport, Transport, TransportFault, is_loopback

__all__ = [
    "BUSY_STATUSES",
    "UNSET",
    "BackOff",
    "Keys",
    "LimitReached",
    "LiveTransport",
    "NotAllowed",
    "Pacing",
    "Reply",
    "SafetyGate",
    "Target",
    "Transport",
    "TransportFault",
    "is_loopback",
]
