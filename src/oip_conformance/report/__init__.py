"""Reports: each reads results and evidence, and none knows another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

REPORTERS: tuple[Callable[[dict[str, Any], Any, Path], Path], ...] = ()
