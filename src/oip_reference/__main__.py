"""`python -m oip_reference` runs the reference server."""

from __future__ import annotations

import sys

from oip_reference.command import main

if __name__ == "__main__":
    sys.exit(main())
