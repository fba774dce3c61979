"""A certificate says how many runs were tried, as far as the folder beside its run tells."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import orjson


def test_the_runs_of_this_profile_and_target_that_lie_beside_it_are_counted(forger: Any, tmp_path: Path) -> None:
    recording = forger.json("recording.json")
    folder = tmp_path / "reports"
    mine = folder / "run-9"
    shutil.copytree(forger.directory, mine)
    beside = {
        "run-1": recording,
        "run-2": {**recording, "url": "http://127.0.0.1:2/v4"},
        "run-3": {**recording, "profile_digest": "sha256:" + "0" * 64},
        "run-4": {**recording, "embedded": False},
        "run-5": {"format": 1},
    }
    for name, content in beside.items():
        (folder / name).mkdir()
        (folder / name / "recording.json").write_bytes(orjson.dumps(content))
    (folder / "latest").symlink_to(folder / "run-1")

    forger.directory = mine
    forger.seal()

    assert forger.predicate["runs"]["earlier"] == ["run-1", "run-2"]
    assert forger.predicate["runs"]["tried"] == 3
