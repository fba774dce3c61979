"""`python -m oip_conformance`: the same as `oip-conformance`."""

from __future__ import annotations

from oip_conformance.cli import main

main()
