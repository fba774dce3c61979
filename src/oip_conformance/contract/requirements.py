"""The requirement register: `spec/requirements.yaml`, held to its lock.

`python -m oip_conformance.contract.requirements lock` adds new ids to the lock; `check` says whether all is well.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from oip_conformance.contract.requirement_lock import check_lock, write_lock
from oip_conformance.contract.requirement_model import UNTESTABLE, Requirement, RequirementSet
from oip_conformance.contract.requirement_problems import RequirementError, UnknownRequirement
from oip_conformance.contract.requirement_register import read_register
from oip_conformance.resources import spec_directory

__all__ = [
    "UNTESTABLE",
    "Requirement",
    "RequirementError",
    "RequirementSet",
    "UnknownRequirement",
    "load_requirements",
    "standard_register_path",
]


def standard_register_path() -> Path:
    """The register that ships."""
    return spec_directory() / "requirements.yaml"


def load_requirements(path: Path | None = None) -> RequirementSet:
    """Read a register (default: the one that ships) and hold it to the lock beside it. Raises RequirementError.

    Read once by a process for as long as the files do not change.
    """
    path = path or standard_register_path()
    return _load(path, _stamp(path), _stamp(_lock_of(path)))


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=8)
def _load(path: Path, _stamp: int, _lock_stamp: int) -> RequirementSet:
    requirements = read_register(path)
    check_lock(requirements, _lock_of(path))
    return requirements


def main(arguments: Sequence[str]) -> int:
    """`lock` or `check` [REGISTER]; exit code 0 when all is well, 1 when ids wait to be locked, 2 for a mistake."""
    if not arguments or arguments[0] not in ("lock", "check") or len(arguments) > 2:
        print("usage: python -m oip_conformance.contract.requirements lock|check [REGISTER]", file=sys.stderr)
        return 2
    path = Path(arguments[1]) if len(arguments) == 2 else standard_register_path()
    try:
        requirements = read_register(path)
        if arguments[0] == "lock":
            new = write_lock(requirements, _lock_of(path))
            print(f"{len(new)} new ids locked, {len(requirements)} in all.")
            return 0
        waiting = check_lock(requirements, _lock_of(path))
    except RequirementError as problem:
        print("\n".join([str(problem), *(f"  {cause}" for cause in problem.causes), problem.hint]), file=sys.stderr)
        return 2
    print(
        f"{len(requirements)} requirements, {len(waiting)} not locked yet{': ' if waiting else '.'}{', '.join(waiting)}"
    )
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
