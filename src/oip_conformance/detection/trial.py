"""One trial: one run of the suite against one server, in a process of its own, and what it saw."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from oip_conformance.detection.forking import forked
from oip_conformance.evidence import EVIDENCE_NAME, EvidenceFile
from oip_conformance.profile import ProfileError
from oip_conformance.resources import spec_directory
from oip_conformance.run.certify import certify
from oip_conformance.run.options import RunOptions
from oip_conformance.run.problems import RunProblem
from oip_conformance.session import Level
from oip_conformance.verdict.state import State
from oip_conformance.verdict.tally import EVERY_EXCHANGE

ANSWER = "sighting.json"

TELLING = 2
"""So many tests of all that show a requirement broken are looked at again with another seed."""


@dataclass(frozen=True)
class Order:
    """What to run: the options that start the server, the level, the seed, the requirements and the tests (none: all of
    them), and the name of an example profile (empty: the default one)."""

    server_options: tuple[str, ...]
    level: Level
    seed: int
    only: tuple[str, ...] = ()
    profile: str = ""
    tests: tuple[str, ...] = ()

    def on_the_sound_server(self) -> Order:
        """The same run without the deviation."""
        return replace(self, server_options=())


@dataclass(frozen=True)
class Sighting:
    """What a run saw: the state of every requirement, how many exchanges reached it, its first failure in words, and the
    tests that show it best.

    `problem` says why there is nothing to see: the server did not start, the time was up.
    """

    states: Mapping[str, State] = field(default_factory=dict)
    reached: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    shown_by: Mapping[str, Sequence[str]] = field(default_factory=dict)
    applied: tuple[str, ...] = ()
    exchanges: int = 0
    seconds: float = 0.0
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON value from which `from_json` makes an equal sighting."""
        return {
            "states": {name: str(state) for name, state in self.states.items()},
            "reached": dict(self.reached),
            "words": dict(self.words),
            "shown_by": {name: list(tests) for name, tests in self.shown_by.items()},
            "applied": list(self.applied),
            "exchanges": self.exchanges,
            "seconds": self.seconds,
            "problem": self.problem,
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Sighting:
        """The sighting that `to_json` wrote."""
        return cls(
            {name: State(state) for name, state in record["states"].items()},
            record["reached"],
            record["words"],
            record["shown_by"],
            tuple(record["applied"]),
            record["exchanges"],
            record["seconds"],
            record["problem"],
        )

    @classmethod
    def of(cls, results: Mapping[str, Any], evidence: EvidenceFile) -> Sighting:
        """What a run says in its results, in brief; its evidence knows the tests of what was seen in passing."""
        words: dict[str, str] = {}
        for failure in results["failures"]:
            operation = f"{failure['operation']}: " if failure["operation"] else ""
            words.setdefault(
                failure["requirement"], f"{operation}expected {failure['expected']}; got {failure['got']}"[:300]
            )
        listed = results["requirement_results"]
        for one in listed:
            if one["reason"]:
                words.setdefault(one["id"], one["reason"][:300])
        return cls(
            {one["id"]: State(one["state"]) for one in listed},
            {one["id"]: sum(outcome["reached"] for outcome in one["outcomes"]) for one in listed},
            words,
            _shown_by(results["failures"], evidence),
            tuple(results["target"]["deviations"]),
            results["evidence"]["exchanges"],
            results["run"]["seconds"],
        )


def _shown_by(failures: Sequence[Mapping[str, Any]], evidence: EvidenceFile) -> dict[str, list[str]]:
    """The tests that show each requirement broken: what judges itself, or else what sent the exchange that is cited."""
    tests: dict[str, list[str]] = {}
    for one in sorted(failures, key=lambda one: -int(one["count"])):
        named = [test for test in one["tests"] if not test.startswith(EVERY_EXCHANGE)]
        if not named and one["exchange"] and (shown := evidence.kept(one["exchange"])) is not None:
            named = [shown.test]
        tests.setdefault(one["requirement"], []).extend(named)
    return {name: list(dict.fromkeys(found))[:TELLING] for name, found in tests.items()}


class _Nobody(Console):
    """Whom a trial tells how it goes."""

    def print(self, *_: Any, **__: Any) -> None:
        """Lay out nothing: a run of a few requests would spend a twentieth of its time on it."""


def perform(order: Order, directory: str) -> None:
    """Run the suite in this process, which does nothing else, and leave what was seen in `directory`."""
    os.environ.pop("OIP_API_KEY", None)
    said = Path(directory, "said.txt").open("w", encoding="utf-8")  # noqa: SIM115  (open as long as the process lives)
    sys.stdout = sys.stderr = said
    options = RunOptions(
        profile=spec_directory() / "profiles" / f"{order.profile}.toml" if order.profile else None,
        level=order.level,
        only=order.only,
        tests=order.tests,
        seed=order.seed,
        output=Path(directory, "run"),
        server_options=order.server_options,
        look_ahead=False,
        launch=forked,
        reports=False,
    )
    try:
        run = certify(options, _Nobody(file=io.StringIO()))
        cited = {one["exchange"] for one in run.results["failures"] if one["exchange"]}
        sighting = Sighting.of(run.results, EvidenceFile(run.directory / EVIDENCE_NAME, keep=cited))
    except (RunProblem, ProfileError) as problem:
        sighting = Sighting(problem=f"{problem}")
    Path(directory, ANSWER).write_bytes(orjson.dumps(sighting.to_json()))


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for one trial, gone when it is over."""
    return tempfile.TemporaryDirectory(prefix="oip-detect-", ignore_cleanup_errors=True)
