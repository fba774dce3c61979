"""The command line: one short module a command."""

from __future__ import annotations

from oip_conformance.cli.application import main

__all__ = ["main"]
