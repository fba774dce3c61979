"""The ledger: what each process writes down of its tests as they end, so that an interrupted run keeps its outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from oip_conformance.verdict.outcome import Outcome


class Ledger:
    """Appends outcomes and other facts to a file of JSON lines, at once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)

    def outcome(self, outcome: Outcome) -> None:
        """Write down one outcome."""
        self._write({"kind": "outcome", **outcome.to_json()})

    def fact(self, kind: str, **values: Any) -> None:
        """Write down another fact: the coverage of a process, a created record, a note."""
        self._write({"kind": kind, **values})

    def close(self) -> None:
        """Stop writing."""
        self._file.close()

    def _write(self, record: dict[str, Any]) -> None:
        self._file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def read_ledgers(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """All facts of these ledgers; a last line that was cut off when its process was killed is left out."""
    for path in paths:
        with path.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    yield orjson.loads(line)
