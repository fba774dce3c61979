"""The oracles: pure rules on exchanges, the only place where a general rule is judged."""

from __future__ import annotations

from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Kept, Rule, Scene
from oip_conformance.oracle.registry import RegisteredRule, general_rules, rule

__all__ = [
    "KEPT",
    "Broken",
    "Judgement",
    "Kept",
    "RegisteredRule",
    "Rule",
    "Scene",
    "general_rules",
    "rule",
]
