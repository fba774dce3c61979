"""The doctor: says in seconds, by harmless reads alone, whether a configuration is fit to be tested.

environment   keys and variables                 connection   reaching the target, and being let in
claims        what the profile claims to be there  fixtures   what the profile says exists
"""

from __future__ import annotations

from oip_conformance.doctor.claims import Remark
from oip_conformance.doctor.diagnosis import Diagnosis, examine
from oip_conformance.doctor.environment import examine_environment, is_sendable
from oip_conformance.doctor.probe import Probe, Probed, can_be_read

__all__ = [
    "Diagnosis",
    "Probe",
    "Probed",
    "Remark",
    "can_be_read",
    "examine",
    "examine_environment",
    "is_sendable",
]
