"""Evidence: what was sent and what came back, redacted at capture, kept as it happens."""

from __future__ import annotations

from oip_conformance.evidence.exchange import Credential, Exchange, FaultKind, ReceivedResponse, SentRequest
from oip_conformance.evidence.lanes import current_lane, in_lane
from oip_conformance.evidence.plain import plain_json
from oip_conformance.evidence.reach import Reach
from oip_conformance.evidence.recorder import Recorder
from oip_conformance.evidence.recording import (
    CONTRACT_NAME,
    RECORDING_NAME,
    TESTS_NAME,
    Attempt,
    Recording,
    load_attempts,
    load_recorded_contract,
    load_recording,
    write_recording,
)
from oip_conformance.evidence.redaction import SECRET_MARK, Redactor
from oip_conformance.evidence.storage import EVIDENCE_NAME, EvidenceError, EvidenceFile, gather

__all__ = [
    "CONTRACT_NAME",
    "EVIDENCE_NAME",
    "RECORDING_NAME",
    "SECRET_MARK",
    "TESTS_NAME",
    "Attempt",
    "Credential",
    "EvidenceError",
    "EvidenceFile",
    "Exchange",
    "FaultKind",
    "Reach",
    "ReceivedResponse",
    "Recorder",
    "Recording",
    "Redactor",
    "SentRequest",
    "current_lane",
    "gather",
    "in_lane",
    "load_attempts",
    "load_recorded_contract",
    "load_recording",
    "plain_json",
    "write_recording",
]
