"""Builds the case store that ships: `python -m oip_conformance.generation.build`. Run it when the contract changes.

Only operations whose requests changed are drawn again; `--all` draws everything, for a change of the generators.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from oip_conformance.contract import Contract, load_contract, standard_overlay_path
from oip_conformance.generation.digest import request_digest
from oip_conformance.generation.library import Library
from oip_conformance.generation.plan import SHIPPED_SEED, Level
from oip_conformance.generation.store import SHIPPED, CaseStore, file_name, write_cases

LEVELS: tuple[Level, ...] = ("smoke", "standard")


def contracts() -> list[Contract]:
    """The contracts whose cases ship: the standard one, and the one of the next release."""
    overlay = standard_overlay_path("4.3")
    return [load_contract(), *([load_contract(overlays=[overlay])] if overlay.is_file() else [])]


def wanted() -> dict[str, tuple[Contract, str, Level, str]]:
    """By file name: contract, operation id, level and request digest of everything that ships."""
    return {
        file_name(digest, level, SHIPPED_SEED): (contract, operation.id, level, digest)
        for contract in contracts()
        for operation in contract.operations.values()
        for digest in [request_digest(contract, operation)]
        for level in LEVELS
    }


def build(directory: Path, *, everything: bool) -> tuple[int, int]:
    """Draw what is missing, remove what is not wanted any more; how many files were drawn and removed."""
    directory.mkdir(parents=True, exist_ok=True)
    files = wanted()
    present = {path.name for path in directory.glob("*.ndjson.gz")}
    for name in present - files.keys():
        (directory / name).unlink()
    drawn = 0
    with TemporaryDirectory() as scratch:
        store = CaseStore(shipped=None, cache_directory=Path(scratch))
        for contract in contracts():
            for level in LEVELS:
                missing = {
                    name: operation
                    for name, (owner, operation, its_level, _) in files.items()
                    if its_level == level and owner.digest == contract.digest and (everything or name not in present)
                }
                with Library(contract, level, SHIPPED_SEED, store=store, progress=_tell) as library:
                    library.prefetch(contract.operation(operation) for operation in missing.values())
                    for name, operation in missing.items():
                        write_cases(directory / name, files[name][3], library.cases(contract.operation(operation)))
                        drawn += 1
    return drawn, len(present - files.keys())


def _tell(operation: str, count: int) -> None:
    print(f"  {operation}: {count} cases", file=sys.stderr)


def main(arguments: list[str]) -> int:
    """Build the store and say what it holds."""
    if set(arguments) - {"--all"}:
        print("usage: python -m oip_conformance.generation.build [--all]", file=sys.stderr)
        return 2
    started = time.perf_counter()
    drawn, removed = build(SHIPPED, everything="--all" in arguments)
    size = sum(path.stat().st_size for path in SHIPPED.glob("*.ndjson.gz"))
    print(f"{drawn} files drawn, {removed} removed, {size / 1e6:.2f} MB, {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
