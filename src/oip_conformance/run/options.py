"""What the `certify` command was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from oip_conformance.session import Level
from oip_conformance.target.embedded import Launch, spawned


@dataclass(frozen=True)
class RunOptions:
    """The options of one run, as given. `workers` 0 means as many as the machine has cores."""

    profile: Path | None = None
    url: str | None = None
    contract: Path | None = None
    level: Level = "standard"
    classes: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    seed: int | None = None
    workers: int = 1
    output: Path | None = None
    waivers: Path | None = None
    budget: float | None = None
    har: bool = False
    production: bool = False
    server_options: tuple[str, ...] = ()
    """Passed on to the embedded server: `--defect ID`, `--variation ID`."""
    tests: tuple[str, ...] = ()
    """Only these tests of what is asked for, by their names as evidence has them; the rest of the scope stays untested."""
    look_ahead: bool = True
    """Whether a selection is refused that reaches no test, before anything is sent; a caller may know that it does."""
    launch: Launch = spawned
    """How the embedded server is started."""
    reports: bool = True
    """Whether reports for people are written besides the results; who runs the suite a thousand times reads none."""
