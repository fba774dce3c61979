"""Prints what generation costs: people a second, shipped cases and their loading, fresh cases and their drawing.

`python benchmarks/generation_speed.py [SEED]`
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from oip_conformance.contract import Contract, load_contract
from oip_conformance.generation import CaseStore, Library, PhoneRange, SyntheticPeople
from oip_conformance.generation.plan import Level


def people(count: int) -> None:
    """How many people are made in a second."""
    started = time.perf_counter()
    for _ in islice(SyntheticPeople("speed", PhoneRange("+4799900000", "+4799999999"), 1), count):
        pass
    print(f"people: {count / (time.perf_counter() - started):,.0f} a second")


def cases(contract: Contract, level: Level, seed: int, cache: Path) -> None:
    """How many cases a run has, and how long it waits for all of them with nothing cached."""
    fresh: Counter[str] = Counter()
    started = time.perf_counter()
    store = CaseStore(cache_directory=cache)
    with Library(contract, level, seed, store=store, progress=lambda _, count: fresh.update(drawn=count)) as library:
        library.prefetch()
        found = [case for operation in contract.operations.values() for case in library.cases(operation)]
    seconds = time.perf_counter() - started
    meanings = ", ".join(f"{count} {meaning}" for meaning, count in Counter(case.intent for case in found).items())
    print(f"{level}, seed {seed}: {len(found)} cases ({meanings}), {fresh['drawn']} drawn, {seconds:.1f} s")


def main(seed: int) -> None:
    """Print it all."""
    contract = load_contract()
    people(10_000)
    with TemporaryDirectory() as cache:
        cases(contract, "smoke", seed, Path(cache))
        cases(contract, "standard", 0, Path(cache))
        cases(contract, "standard", seed, Path(cache))
        cases(contract, "standard", seed, Path(cache))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
