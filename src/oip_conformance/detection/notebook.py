"""The notebook: findings written down as they are made, so that an interrupted matrix goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from oip_conformance.detection.deviations import Deviation
from oip_conformance.detection.finding import Finding, Word
from oip_conformance.run.problems import RunProblem

NAME = "detection.ndjson"


class Notebook:
    """A file of JSON lines: the terms of the run, then a finding a line."""

    def __init__(self, directory: Path, terms: Mapping[str, Any], *, resume: bool) -> None:
        self._path = directory / NAME
        self.written: dict[tuple[str, str], dict[str, Any]] = {}
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise RunProblem(
                "RUN-06", f"{directory} cannot be used ({problem.strerror}).", "Name a directory that can be written."
            ) from problem
        if self._path.exists() and not resume:
            raise RunProblem(
                "DET-03",
                f"{directory} holds another matrix.",
                "Name a new directory, or add --resume to go on with it.",
            )
        if self._path.exists():
            self._read(dict(terms))
        else:
            self._write(dict(terms))

    def finding(self, deviation: Deviation) -> Finding | None:
        """What was found earlier about a deviation that is still the same."""
        record = self.written.get((deviation.kind, deviation.id))
        if record is None or any(record[name] != value for name, value in deviation.to_json().items()):
            return None
        return Finding(
            deviation,
            Word(record["word"]),
            record["where"],
            record["caught_by"],
            tuple(record["missed"]),
            record["blamed"],
            record["reason"],
            record["runs"],
            record["exchanges"],
            record["seconds"],
        )

    def write(self, finding: Finding) -> None:
        """Write a finding down at once."""
        self._write(finding.to_json())

    def _read(self, terms: dict[str, Any]) -> None:
        whole, _, _cut_off = self._path.read_bytes().rpartition(b"\n")
        self._path.write_bytes(whole + b"\n" if whole else b"")
        try:
            lines = [orjson.loads(line) for line in whole.splitlines()]
        except ValueError:
            lines = []
        if not lines or lines[0] != orjson.loads(orjson.dumps(terms)):
            raise RunProblem(
                "DET-03",
                f"{self._path.parent} holds a matrix on other terms.",
                "Name a new directory, or use the level, seeds and version that it was begun with.",
            )
        self.written = {(one["kind"], one["id"]): one for one in lines[1:]}

    def _write(self, record: dict[str, Any]) -> None:
        with self._path.open("ab") as file:
            file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
