"""What the reference server can do wrong, or otherwise, on purpose: read from its own list, as any user could."""

from __future__ import annotations

import difflib
import fnmatch
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from oip_conformance.run.problems import RunProblem
from oip_conformance.verdict.state import ExitCode

Kind = Literal["defect", "variation"]


@dataclass(frozen=True)
class Deviation:
    """One deliberate difference of the reference server from its sound self.

    A defect `breaks` each of the requirements it names, and those in `also` (patterns such as `OIP-PROMO-*`) cannot but
    fail with them; a variation breaks none.
    """

    id: str
    kind: Kind
    family: str
    summary: str
    breaks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    profile: str = ""
    """The example profile that it needs, by name; empty for the default one."""

    @property
    def option(self) -> str:
        """What starts the server with it."""
        return f"--{self.kind}={self.id}"

    def accounts_for(self, requirement: str) -> bool:
        """Whether a failure of this requirement is what the deviation says of itself."""
        return requirement in self.breaks or any(fnmatch.fnmatchcase(requirement, pattern) for pattern in self.also)

    def to_json(self) -> dict[str, Any]:
        """The deviation as it stands in detection.json."""
        return {
            "id": self.id,
            "kind": self.kind,
            "family": self.family,
            "summary": self.summary,
            "breaks": list(self.breaks),
            "also": list(self.also),
        }


def known_deviations() -> tuple[Deviation, ...]:
    """All that the reference server knows, defects first. Raises RunProblem DET-02."""
    command = [sys.executable, "-m", "oip_reference", "--list", "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        known = json.loads(said.stdout)
        return tuple(
            Deviation(
                one["id"],
                kind,
                one["family"],
                one["lie"],
                tuple(one["breaks"]),
                tuple(one["also"]),
                one["profile"],
            )
            for kind, entries in _kinds(known)
            for one in entries
        )
    except (ValueError, KeyError, TypeError) as problem:
        last = (said.stderr.strip().splitlines() or [str(problem)])[-1]
        raise RunProblem(
            "DET-02",
            f"the reference server does not list its deviations: {last}",
            f"Run `{' '.join(['python', *command[1:]])}` to see why.",
            ExitCode.SUITE_ERROR,
        ) from problem


def _kinds(known: dict[str, Any]) -> list[tuple[Kind, list[dict[str, Any]]]]:
    return [("defect", known["defects"]), ("variation", known["variations"])]


def choose(
    known: Iterable[Deviation],
    *,
    defects: Sequence[str] = (),
    variations: Sequence[str] = (),
    shard: tuple[int, int] = (1, 1),
    sample: int | None = None,
    turn: int = 0,
) -> tuple[Deviation, ...]:
    """The deviations to examine: those named (patterns may be used), else all of them; then a shard, then a sample.

    A sample takes every n-th, and another one with each `turn`, so that so many turns in a row see all of them.
    Raises RunProblem DET-01 for a name that nothing has.
    """
    known = tuple(known)
    if defects or variations:
        chosen = [*_named(known, "defect", defects), *_named(known, "variation", variations)]
        known = tuple(dict.fromkeys(chosen))
    number, count = shard
    known = known[number - 1 :: count]
    if sample is not None and 0 < sample < len(known):
        step = -(-len(known) // sample)
        known = known[turn % step :: step]
    return known


def _named(known: Sequence[Deviation], kind: Kind, names: Sequence[str]) -> list[Deviation]:
    ours = {one.id: one for one in known if one.kind == kind}
    found: list[Deviation] = []
    for name in names:
        matching = fnmatch.filter(ours, name)
        if not matching:
            near = difflib.get_close_matches(name, ours, 3)
            hint = (
                f"Did you mean {', '.join(near)}?" if near else "`oip-conformance detect --list` shows what there is."
            )
            raise RunProblem("DET-01", f"there is no {kind} {name!r}.", hint)
        found += [ours[one] for one in matching]
    return found
