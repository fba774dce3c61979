"""The floor of branch coverage: fails where a package that judges has less of its branches tested.

Run it where `coverage run` left its data; several files of them (of processes that tests started) are taken together.
Prints a table in Markdown. Ends with 1 under the floor, and where a package was not measured at all.
"""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from pathlib import PurePath

import coverage

FLOOR = 0.95
PACKAGES = ("oracle", "verdict", "evidence", "certificate")
HOME = "src/oip_conformance"


def measured() -> tuple[Counter[str], Counter[str], dict[str, list[str]]]:
    """For each package: its branches, those of them that were taken, and the lines that others leave from."""
    data = coverage.Coverage()
    with contextlib.suppress(coverage.exceptions.NoDataError):
        data.combine()
    data.load()
    there: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    left: dict[str, list[str]] = {name: [] for name in PACKAGES}
    for file in sorted(data.get_data().measured_files()):
        package = _package(PurePath(file))
        if package is None:
            continue
        for line, (exits, seen) in sorted(data.branch_stats(file).items()):
            there[package] += exits
            taken[package] += seen
            if seen < exits:
                left[package].append(f"{PurePath(file).name}:{line}")
    return there, taken, left


def _package(file: PurePath) -> str | None:
    inside = file.as_posix().partition(f"{HOME}/")[2]
    name = inside.partition("/")[0]
    return name if name in PACKAGES else None


def main() -> int:
    """Print the table; 1 when something is below the floor."""
    there, taken, left = measured()
    print(f"| package | branches | taken | floor {FLOOR:.0%} | not taken, at |\n| --- | --- | --- | --- | --- |")
    low = [name for name in PACKAGES if not there[name] or taken[name] < FLOOR * there[name]]
    for name in PACKAGES:
        share = f"{taken[name] / there[name]:.1%}" if there[name] else "not measured"
        word = "**below**" if name in low else "kept"
        print(f"| {name} | {there[name]} | {share} | {word} | {', '.join(left[name])} |")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
