"""Evidence: what was sent and what came back, redacted at capture, kept as it happens."""

from __future__ import annotations

from oip_conformance.evidence.exchange import Credential, Exchange, FaultKind, ReceivedResponse, SentRequest
from oip_conformance.evidence.recorder import Recorder
from oip_conformance.evidence.redaction import KEY_TOKEN_PREFIX, Redactor
from oip_conformance.evidence.storage import EVIDENCE_NAME, EvidenceError, EvidenceFile, gather

__all__ = [
    "EVIDENCE_NAME",
    "KEY_TOKEN_PREFIX",
    "Credential",
    "EvidenceError",
    "EvidenceFile",
    "Exchange",
    "FaultKind",
    "ReceivedResponse",
    "Recorder",
    "Redactor",
    "SentRequest",
    "gather",
]
