"""Detection: the suite is run against servers with known faults and known harmless differences, and has to tell them apart.

deviations -> one order a run -> a fresh process each -> sightings -> findings -> the kill matrix
"""

from __future__ import annotations

from oip_conformance.detection.deviations import Deviation, choose, known_deviations
from oip_conformance.detection.examination import Depth, examine_all
from oip_conformance.detection.finding import Finding, Word
from oip_conformance.detection.matrix import Matrix

__all__ = [
    "Depth",
    "Deviation",
    "Finding",
    "Matrix",
    "Word",
    "choose",
    "examine_all",
    "known_deviations",
]
