"""A corpus of faults of packs: each stands beside the finding that it must lead to.

Whoever writes another verifier can have them as directories: `BAD_PACKS=packs pytest tests/selfcheck/certificate` leaves
one for each fault, with FAULT.txt: the finding, the fault in a sentence, and the key that the issuer gives out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

Fault: TypeAlias = Callable[[Any], None]
"""Spoils a pack, given its forger."""


class Corpus(list[tuple[str, Fault]]):
    """Faults, each after the code of its finding."""

    def refused_as(self, code: str) -> Callable[[Fault], Fault]:
        """Keep a fault, with the finding that it must lead to."""

        def keep(fault: Fault) -> Fault:
            @wraps(fault)
            def spoil(forger: Any) -> None:
                fault(forger)
                if folder := os.environ.get("BAD_PACKS"):
                    _leave(forger, Path(folder) / fault.__name__, f"{code}\n{fault.__doc__}\n")

            self.append((code, spoil))
            return fault

        return keep


def _leave(forger: Any, directory: Path, said: str) -> None:
    """A copy of a spoilt pack."""
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(forger.directory, directory)
    key = forger.key.public_key().public_bytes_raw().hex()
    (directory / "FAULT.txt").write_text(f"{said}issuer's key (Ed25519): {key}\n", encoding="utf-8")
