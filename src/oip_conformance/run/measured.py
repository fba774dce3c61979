"""How much each story sends and makes, as measured on the embedded server: `spec/plan.json`, from which runs are planned.

Written anew from standard runs with different seeds whenever a story changes:

    python -m oip_conformance.run.measured RUN_DIR RUN_DIR ...
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import orjson

from oip_conformance.evidence import EVIDENCE_NAME, EvidenceFile, load_attempts
from oip_conformance.resources import spec_directory

PLAN_NAME = "plan.json"
CASES = "operations/test_operations.py"
"""The test that sends operations their cases; those are counted, not measured."""

MARGIN = 1.25
"""A story that draws is planned with its largest measured figure and a quarter more."""

_OUTSIDE = ("preflight",)


@dataclass(frozen=True)
class Amount:
    """A number of requests, and of customers made by them. `drawn` when it hangs on the seed."""

    requests: int
    records: int
    drawn: bool = False


@dataclass(frozen=True)
class Measured:
    """The amounts of the stories by their names, and of the records that generated cases refer to (`stock`)."""

    stories: Mapping[str, Amount]
    stock: Amount

    def to_text(self) -> str:
        """The table as it ships: a story a line, with its requests and customers."""
        rows = [f"    {_text(name)}: {_row(one)}" for name, one in sorted(self.stories.items())]
        lines = ["{", f'  "stock": {_row(self.stock)},', '  "stories": {', ",\n".join(rows), "  }", "}", ""]
        return "\n".join(lines)


def load_measured(path: Path | None = None) -> Measured:
    """The table that ships."""
    table = orjson.loads((path or spec_directory() / PLAN_NAME).read_bytes())
    return Measured({name: Amount(*row) for name, row in table["stories"].items()}, Amount(*table["stock"]))


def measure(runs: Iterable[Path]) -> Measured:
    """The amounts that these runs took, the largest of each story."""
    seen = [_amounts(directory) for directory in runs]
    stories = {}
    for name in {name for requests, _ in seen for name in requests}:
        requests = [one[name] for one, _ in seen if name in one]
        records = [made[name] for one, made in seen if name in one]
        drawn = len(set(requests)) > 1 or len(set(records)) > 1
        share = MARGIN if drawn else 1.0
        stories[name] = Amount(ceil(max(requests) * share), ceil(max(records) * share), drawn)
    return Measured(stories, stories.pop(CASES, Amount(0, 0)))


def _amounts(directory: Path) -> tuple[Counter[str], Counter[str]]:
    told = {attempt.test for attempt in load_attempts(directory)}
    requests = Counter({name: 0 for name in told if not name.startswith((CASES, *_OUTSIDE))})
    records: Counter[str] = Counter()
    for exchange in EvidenceFile(directory / EVIDENCE_NAME):
        name = CASES if exchange.test.startswith(CASES) else exchange.test
        if name in _OUTSIDE or (name == CASES and exchange.case):
            continue
        requests[name] += 1
        made = exchange.operation == "createMember" and exchange.response and exchange.response.status == 201
        records[name] += bool(made)
    return requests, records


def _row(amount: Amount) -> str:
    return _text([amount.requests, amount.records, *([True] if amount.drawn else [])])


def _text(value: object) -> str:
    return orjson.dumps(value).decode()


def main(runs: list[str]) -> None:
    """Write the table of these runs."""
    (spec_directory() / PLAN_NAME).write_text(measure(map(Path, runs)).to_text(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
