"""The ledger: every observation is written down as it is made, so that a measurement goes on where it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.side_by_side.trial import Observation

NAME = "side_by_side.ndjson"


class OtherTerms(Exception):
    """The directory holds a measurement that cannot be gone on with."""


class Ledger:
    """A file of JSON lines: the terms of the measurement, then an observation a line, by subject and tool."""

    def __init__(self, directory: Path, terms: Mapping[str, Any], *, resume: bool) -> None:
        self._path = directory / NAME
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Observation] = {}
        directory.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and not resume:
            raise OtherTerms(
                f"{directory} holds a measurement: name a new directory, or add --resume to go on with it."
            )
        if self._path.exists():
            self._read(dict(terms))
        else:
            self._append(dict(terms))

    def get(self, subject: str, tool: str) -> Observation | None:
        """What was observed earlier."""
        return self._kept.get((subject, tool))

    def keep(self, subject: str, tool: str, observation: Observation) -> None:
        """Write an observation down at once. Safe to use from threads."""
        with self._lock:
            self._kept[subject, tool] = observation
            self._append({"subject": subject, "tool": tool, **observation.to_json()})

    def _read(self, terms: dict[str, Any]) -> None:
        whole, _, _cut_off = self._path.read_bytes().rpartition(b"\n")
        self._path.write_bytes(whole + b"\n" if whole else b"")
        lines = [json.loads(line) for line in whole.splitlines()]
        if not lines or lines[0] != json.loads(json.dumps(terms)):
            raise OtherTerms(
                f"{self._path.parent} holds a measurement on other terms: name a new directory, or use the budget, seed,"
                " baselines and tools that it was begun with."
            )
        self._kept = {(one["subject"], one["tool"]): Observation.from_json(one) for one in lines[1:]}

    def _append(self, record: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
