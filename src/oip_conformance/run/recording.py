"""Keeping what a run needs to be judged again: settings without secrets, the profile redacted, the contract, the attempts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from oip_conformance.evidence import Recording, Redactor, write_recording
from oip_conformance.session import Session, Settings


def keep_recording(settings: Settings, attempts: Iterable[Mapping[str, Any]], *, collected: bool = True) -> Recording:
    """Write recording.json, contract.json and tests.ndjson into the run directory."""
    session = Session(settings)
    profile = session.profile
    recording = Recording(
        url=settings.url,
        embedded=settings.embedded,
        level=settings.level,
        seed=settings.seed,
        classes=settings.classes,
        only=settings.only,
        production=settings.production,
        keys=tuple(name for name, key in (("main", settings.key), ("second", settings.second_key)) if key),
        profile_digest=profile.digest,
        profile=_shown(profile.model_dump(mode="json"), session.redactor),
        collected=collected,
    )
    write_recording(Path(settings.directory), recording, session.contract, attempts)
    return recording


def _shown(value: Any, redactor: Redactor, name: str = "") -> Any:
    """A part of a profile as evidence shows it; a national id keeps its eleven digits, for tests that count with them."""
    if isinstance(value, dict):
        return {key: _shown(item, redactor, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item, redactor, name) for item in value]
    if not isinstance(value, str):
        return value
    shown = redactor.text(value)
    return "9" * len(value) if name == "ssn" and shown == value else shown


def replay_settings(recording: Recording, directory: Path, workplace: Path) -> Settings:
    """The settings under which the run in `directory` is run again, with its ledger in `workplace`."""
    keys = {name: f"replayed-{name}-key-0000" for name in recording.keys}
    return Settings(
        directory=str(workplace),
        url=recording.url,
        embedded=recording.embedded,
        level=recording.level,  # type: ignore[arg-type]  # checked where it is compared
        seed=recording.seed,
        classes=recording.classes,
        only=recording.only,
        production=recording.production,
        key=keys.get("main"),
        second_key=keys.get("second"),
        replay=str(directory),
    )
