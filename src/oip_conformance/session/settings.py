"""What a run was asked to do, handed from the command to every process that takes part."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, Self

from oip_conformance.profile import Profile, default_profile, load_profile

Level = Literal["smoke", "standard", "deep"]
LEVELS: tuple[Level, ...] = ("smoke", "standard", "deep")

VARIABLE = "OIP_CONFORMANCE_SESSION"
"""The environment variable in which a command hands the settings to its own processes."""


@dataclass(frozen=True)
class Settings:
    """What a run was asked to do. `run_key` (hex) keys the redaction tokens and the tags of made records.

    `classes` and `only` are empty for everything, and so are `tests`, the names of those to run of what was asked for;
    `deviations` are those the embedded server was started with; `budget` is the time in seconds that a deep run may take,
    `deadline` when it is over (seconds since the epoch). A run with a budget goes in rounds, each with the next seed;
    `spent` and `created` count what earlier rounds sent and made.
    """

    directory: str
    url: str
    embedded: bool
    level: Level = "smoke"
    seed: int = 0
    profile: str | None = None
    contract: str | None = None
    classes: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    workers: int = 1
    production: bool = False
    budget: float | None = None
    deadline: float | None = None
    round: int = 0
    spent: int = 0
    created: int = 0
    deviations: tuple[str, ...] = ()
    replay: str | None = None
    """The run directory whose evidence answers instead of a target."""
    run_key: str = field(default_factory=lambda: os.urandom(16).hex(), repr=False)
    key: str | None = field(default=None, repr=False)
    second_key: str | None = field(default=None, repr=False)

    @property
    def parts(self) -> Path:
        """The folder in which each process leaves what it recorded, until it is gathered."""
        return Path(self.directory) / "parts"

    def load_profile(self) -> Profile:
        """The profile of the run. Raises ProfileError."""
        return load_profile(Path(self.profile)) if self.profile else default_profile()

    def includes(self, level: str) -> bool:
        """Whether a test of this level runs at the level of the run."""
        return LEVELS.index(self.level) >= LEVELS.index(level) if level in LEVELS else False

    def to_environment(self) -> dict[str, str]:
        """The environment that hands these settings to a process started from here."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """The settings that this process was handed, if any."""
        text = environment.get(VARIABLE)
        if not text:
            return None
        values = json.loads(text)
        for name in ("classes", "only", "tests", "deviations"):
            values[name] = tuple(values[name])
        return cls(**values)
