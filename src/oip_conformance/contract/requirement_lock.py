"""The lock: a committed file with each id and the digest of its meaning. No id is reused, none is silently reworded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from oip_conformance.contract.requirement_model import Requirement
from oip_conformance.contract.requirement_problems import Mistakes, RequirementError

HEADING = "# The ids of the register and what stands under each: sha256 of level, statement and operations. Add with:\n"
COMMAND = "python -m oip_conformance.contract.requirements lock"

_LINE = re.compile(r"(OIP-[A-Z]{2,6}-\d{2}) (sha256:[0-9a-f]{64})")


def read_lock(path: Path) -> dict[str, str]:
    """Digests by id; empty when there is no lock yet. Raises RequirementError REQ-20."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise RequirementError("REQ-20", f"{path.name} cannot be read.", [str(problem)]) from problem
    locked: dict[str, str] = {}
    mistakes = Mistakes(path.name)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or found[1] in locked:
            mistakes.add("REQ-20", f"line {number}", "is no entry, or an id for the second time")
        else:
            locked[found[1]] = found[2]
    mistakes.raise_if_any()
    return locked


def check_lock(requirements: Iterable[Requirement], path: Path) -> tuple[str, ...]:
    """The ids that are not locked yet. Raises RequirementError when a locked one vanished or changed its meaning."""
    locked = read_lock(path)
    by_id = {one.id: one for one in requirements}
    mistakes = Mistakes(path.name)
    for name, digest in locked.items():
        if name not in by_id:
            mistakes.add("REQ-21", name, "is locked and no longer in the register")
        elif by_id[name].meaning != digest:
            mistakes.add("REQ-22", name, "says something else than when it was locked")
    mistakes.raise_if_any()
    return tuple(name for name in by_id if name not in locked)


def write_lock(requirements: Iterable[Requirement], path: Path) -> tuple[str, ...]:
    """Lock what is new, in the order of the register; returns the new ids. Raises as `check_lock` does."""
    requirements = tuple(requirements)
    new = check_lock(requirements, path)
    if new:
        lines = "".join(f"{one.id} {one.meaning}\n" for one in requirements)
        path.write_text(f"{HEADING}# {COMMAND}\n{lines}", encoding="utf-8")
    return new
