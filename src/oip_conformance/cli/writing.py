"""Writing a file that the command line was asked for."""

from __future__ import annotations

from pathlib import Path

from oip_conformance.run.problems import RunProblem


def check_room(file: Path | None) -> None:
    """Refuse a file that cannot be written, before the work for it is done. Raises RunProblem RUN-06."""
    if file is not None and file.is_dir():
        raise RunProblem("RUN-06", f"{file} is a directory.", "Name a file in it.")
    if file is not None and not file.parent.is_dir():
        raise RunProblem("RUN-06", f"there is no directory {file.parent}.", "Make it, or name another file.")


def written(file: Path, text: str) -> None:
    """Write text into a file. Raises RunProblem RUN-06 when that cannot be done."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise RunProblem("RUN-06", f"{file} cannot be written ({problem.strerror}).", "Name another file.") from problem
