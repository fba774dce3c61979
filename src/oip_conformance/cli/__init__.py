"""The command line: one short module a command."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line. Reading it takes a second, in which an interrupt is taken in order too."""
    try:
        from oip_conformance.cli.application import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        raise SystemExit(3) from None
    run()
