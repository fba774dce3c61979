"""The modules beside the tests (`faulty`, `certifying`) are imported by their names, and Ctrl-C is heard however the tests
were started: a shell has what it runs in the background ignore it, and a run keeps to that."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
