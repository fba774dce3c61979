"""Evidence: what was sent and what came back, redacted at capture, kept as it happens."""

from __future__ import annotations

from oip_conformance.evidence.exchange import Credential, Exchange, FaultKind, ReceivedResponse, SentRequest
from oip_conformance.evidence.recorder import Recorder
from oip_conformance.evidence.redaction import SECRET_MARK, Redactor
from oip_conformance.evidence.storage import EVIDENCE_NAME, EvidenceError, EvidenceFile, gather

__all__ = [
    "EVIDENCE_NAME",
    "SECRET_MARK",
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
