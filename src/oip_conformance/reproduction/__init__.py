"""Reproductions: from a failure and the evidence to a script that shows it again from its own text alone."""

from __future__ import annotations

from oip_conformance.reproduction.recipe import Recipe, recipes
from oip_conformance.reproduction.script import script

__all__ = ["Recipe", "recipes", "script"]
