"""Prints how surely the generators reach each boundary: `python benchmarks/generation_power.py [TRIALS]`."""

from __future__ import annotations

import sys
import time

from oip_conformance.generation.power import claims, measure


def main(trials: int) -> int:
    """Measure every claim; 1 when a boundary is reached less often than claimed."""
    weak = 0
    print(f"{'subject':24} {'boundary':40} {'draws':>5} {'claimed':>8} {'measured':>8}")
    for claim in claims():
        started = time.perf_counter()
        for reach in measure(claim, trials):
            weak += reach.share < reach.claimed
            print(
                f"{reach.subject:24} {reach.boundary:40} {reach.draws:5} {reach.claimed:8.0%} {reach.share:8.1%}"
                f"{'  weaker than claimed' if reach.share < reach.claimed else ''}"
            )
        print(f"{'':24} {trials} series in {time.perf_counter() - started:.1f} s")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
