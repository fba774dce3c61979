"""What a run leaves beside its exchanges, so that it can be judged again by anybody: no secrets, and nothing of the machine.

recording.json   what was asked for: target, level, seed, selection, which keys there were, the profile
contract.json    the contract as it was tested, overlays and bindings applied
tests.ndjson     where each attempt at a test stood when it began
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from oip_conformance.contract import Contract, ContractError
from oip_conformance.evidence.plain import plain_json
from oip_conformance.evidence.storage import EvidenceError
from oip_conformance.profile import Profile, ProfileError, profile_of

RECORDING_NAME = "recording.json"
CONTRACT_NAME = "contract.json"
TESTS_NAME = "tests.ndjson"

_FORMAT = 1


@dataclass(frozen=True)
class Attempt:
    """Where an attempt at a test stood when it began.

    `after` is the number of exchanges that its process had begun before, `people` the place in the order of synthetic
    people, `serial` and `position` those of the fresh ids. Until the next attempt of `worker`, all exchanges are its own.
    """

    test: str
    worker: str
    after: int
    at: dt.datetime
    people: tuple[int, int]
    serial: int
    position: int
    general: bool = False
    """Whether the test only sends, and the general rules judge its exchanges."""
    ended: bool = True
    """Whether the run let it end. One that was cut off in the middle has no outcome."""

    def to_json(self) -> dict[str, Any]:
        """A JSON value from which `from_json` makes an equal attempt."""
        return {**asdict(self), "at": self.at.isoformat(), "people": list(self.people)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Attempt:
        """The attempt that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        next_one, step = record["people"]
        return cls(
            str(record["test"]),
            str(record["worker"]),
            int(record["after"]),
            dt.datetime.fromisoformat(record["at"]),
            (int(next_one), int(step)),
            int(record["serial"]),
            int(record["position"]),
            bool(record["general"]),
            bool(record["ended"]),
        )


@dataclass(frozen=True)
class Recording:
    """What a run was asked for. `keys` names the credentials it had; the profile stands as evidence shows it, redacted."""

    url: str
    embedded: bool
    level: str
    seed: int
    classes: tuple[str, ...]
    only: tuple[str, ...]
    production: bool
    keys: tuple[str, ...]
    profile_digest: str
    profile: Mapping[str, Any] = field(repr=False)
    collected: bool = True
    """Whether the run came as far as collecting its tests."""

    def to_json(self) -> dict[str, Any]:
        """The value of recording.json."""
        return {"format": _FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Recording:
        """The recording that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        if record["format"] != _FORMAT:
            raise ValueError(f"format {record['format']!r}")
        values = {name: record[name] for name in cls.__dataclass_fields__}
        for name in ("classes", "only", "keys"):
            values[name] = tuple(map(str, values[name]))
        if not isinstance(values["profile"], Mapping) or not isinstance(values["seed"], int):
            raise TypeError("profile or seed")
        return cls(**values)

    def load_profile(self) -> Profile:
        """The profile of the run, as evidence shows it. Raises EvidenceError."""
        try:
            return profile_of(self.profile)
        except ProfileError as problem:
            raise EvidenceError(
                "EVI-04", f"the profile in {RECORDING_NAME} is none ({problem.problems[0]}).", _AGAIN
            ) from None


def write_recording(
    directory: Path, recording: Recording, contract: Contract, attempts: Iterable[Mapping[str, Any]]
) -> None:
    """Write what a run leaves beside its exchanges into its directory."""
    plain = orjson.OPT_APPEND_NEWLINE
    (directory / RECORDING_NAME).write_bytes(orjson.dumps(recording.to_json(), option=plain | orjson.OPT_INDENT_2))
    (directory / CONTRACT_NAME).write_bytes(orjson.dumps(contract.document, option=plain))
    with (directory / TESTS_NAME).open("wb") as lines:
        for attempt in attempts:
            lines.write(orjson.dumps(Attempt.from_json(attempt).to_json(), option=plain))


def load_recording(directory: Path) -> Recording:
    """What the run in a directory was asked for. Raises EvidenceError."""
    try:
        return Recording.from_json(plain_json(_read(directory / RECORDING_NAME)))
    except (KeyError, TypeError, ValueError) as problem:
        raise _unreadable(RECORDING_NAME, problem) from problem


def load_recorded_contract(directory: Path) -> Contract:
    """The contract that the run in a directory tested. Raises EvidenceError."""
    try:
        content = _read(directory / CONTRACT_NAME)
        if outside := _OUTSIDE.search(content):
            raise ValueError(
                f"it refers to something outside itself, {outside.group()[:120].decode('utf-8', 'replace')}"
            )
        return Contract(plain_json(content))
    except (KeyError, TypeError, ValueError, AttributeError, ContractError) as problem:
        raise _unreadable(CONTRACT_NAME, problem) from problem


def load_attempts(directory: Path) -> list[Attempt]:
    """The attempts at the tests of the run in a directory, in order for each of its processes. Raises EvidenceError."""
    lines = _read(directory / TESTS_NAME).splitlines()
    try:
        return [Attempt.from_json(plain_json(line)) for line in lines]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise _unreadable(TESTS_NAME, problem) from problem


_AGAIN = "The file was changed after the run; take it from the run directory again."
_LARGEST = 64 * 1024**2
_OUTSIDE = re.compile(rb'"\$(?:ref|dynamicRef)"\s*:\s*"[^#]')
"""A reference that a validator would follow to the network or the disk of whoever verifies; no contract of a run has one."""


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise EvidenceError("EVI-02", f"{path.name} is larger than any run writes it.", _AGAIN)
        return path.read_bytes()
    except OSError as problem:
        raise EvidenceError(
            "EVI-01", f"there is no {path.name} in {path.parent.name}.", "Name a run directory."
        ) from problem


def _unreadable(name: str, problem: Exception) -> EvidenceError:
    return EvidenceError("EVI-04", f"{name} is not what a run writes ({type(problem).__name__}: {problem}).", _AGAIN)
