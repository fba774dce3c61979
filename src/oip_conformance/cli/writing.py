"""Writing a file that the command line was asked for."""

from __future__ import annotations

from pathlib import Path

from oip_conformance.run.problems import RunProblem


def written(file: Path, text: str) -> None:
    """Write text into a file. Raises RunProblem RUN-06 when that cannot be done."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise RunProblem("RUN-06", f"{file} cannot be written ({problem.strerror}).", "Name another file.") from problem
