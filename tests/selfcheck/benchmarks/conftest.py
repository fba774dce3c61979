"""The benchmarks stand beside the tests and are no installed package: the checkout is put on the path."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
