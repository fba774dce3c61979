"""The run directory: where a run leaves everything, named for its time, target and level."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from oip_conformance.run.problems import RunProblem


def make_run_directory(reports: Path, url: str | None, level: str, output: Path | None = None) -> Path:
    """A fresh directory for one run: `output`, or one below `reports` that `latest` points at. Raises RunProblem."""
    host = urlsplit(url).netloc if url else "embedded"
    name = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}-{re.sub(r'[^A-Za-z0-9.]+', '-', host).strip('-')}-{level}"
    try:
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
            if any(output.iterdir()):
                raise RunProblem(
                    "RUN-06", f"the output directory {output} is not empty.", "Name a new or an empty directory."
                )
            return output.resolve()
        reports.mkdir(parents=True, exist_ok=True)
        directory = next(
            path
            for number in range(1000)
            if not (path := reports / (name if not number else f"{name}-{number}")).exists()
        )
        directory.mkdir()
        _point(reports / "latest", directory)
    except OSError as problem:
        raise RunProblem(
            "RUN-06",
            f"the output directory cannot be used ({problem.strerror or problem}).",
            "Name a directory that can be written with --output.",
        ) from problem
    return directory.resolve()


def find_run(path: Path, reports: Path = Path("reports")) -> Path:
    """The run that a command names: a directory, or the id of a run below `reports`, as reports name it."""
    below = reports / path
    if path.exists() or not below.is_dir():
        latest = path.is_file() and path.name == "latest"  # where the system has no symbolic links
        return path.with_name(path.read_text(encoding="utf-8", errors="replace").strip()) if latest else path
    return below


def _point(link: Path, directory: Path) -> None:
    """Make `latest` name the newest run: a symbolic link where the system has them, else a file with the name."""
    fresh = link.with_name(f".latest-{os.getpid()}")
    try:
        fresh.symlink_to(directory.name, target_is_directory=True)
        fresh.replace(link)
    except OSError:
        fresh.unlink(missing_ok=True)
        if not link.is_dir():
            link.write_text(f"{directory.name}\n", encoding="utf-8")
