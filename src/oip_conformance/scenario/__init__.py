"""The words a conformance test is written in."""

from __future__ import annotations

from oip_conformance.scenario.answer import Answer
from oip_conformance.scenario.members import Member
from oip_conformance.scenario.oip import Oip
from oip_conformance.scenario.promotions import Promotion
from oip_conformance.scenario.requirement import general, level, needs, once, requirement
from oip_conformance.scenario.signals import Inconclusive, NotApplicable, NotTested, Unmet

__all__ = [
    "Answer",
    "Inconclusive",
    "Member",
    "NotApplicable",
    "NotTested",
    "Oip",
    "Promotion",
    "Unmet",
    "general",
    "level",
    "needs",
    "once",
    "requirement",
]
