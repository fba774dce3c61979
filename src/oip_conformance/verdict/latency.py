"""Latencies counted while a run goes on: percentiles from a histogram whose size does not grow with the traffic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

EDGES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Upper edges, in milliseconds, of the bars that reports draw; one more bar holds what is slower."""

_GROWTH = math.log(1.05)
_SHORTEST = 0.05


class Latencies:
    """How long answers took. A percentile is at most 5 % off, the longest is exact; a bucket is kept only when used.

    From 0.05 ms to ten minutes there are 340 buckets, so memory is bounded whatever a run sends.
    """

    def __init__(self) -> None:
        self._buckets: dict[int, int] = {}
        self._longest = 0.0

    def add(self, milliseconds: float) -> None:
        """Count one answer."""
        bucket = math.ceil(math.log(max(milliseconds, _SHORTEST) / _SHORTEST) / _GROWTH - 1e-9)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self._longest = max(self._longest, milliseconds)

    def merge(self, other: Latencies) -> None:
        """Add what another process counted."""
        for bucket, count in other._buckets.items():
            self._buckets[bucket] = self._buckets.get(bucket, 0) + count
        self._longest = max(self._longest, other._longest)

    def percentile(self, share: float) -> float:
        """The time in milliseconds within which this share of the answers came; 0 when there was none."""
        wanted, seen = share * sum(self._buckets.values()), 0
        for bucket, count in sorted(self._buckets.items()):
            seen += count
            if seen >= wanted:
                return round(min(_upper(bucket), self._longest), 2)
        return 0.0

    def summary(self) -> dict[str, Any]:
        """What results.json says: median, 95th percentile and longest in milliseconds, and the bars of `EDGES`."""
        bars = [0] * (len(EDGES) + 1)
        for bucket, count in self._buckets.items():
            value = min(_upper(bucket), self._longest)
            bars[next((position for position, edge in enumerate(EDGES) if value <= edge), len(EDGES))] += count
        return {
            "p50": self.percentile(0.5),
            "p95": self.percentile(0.95),
            "max": round(self._longest, 2),
            "histogram": bars,
        }

    def to_json(self) -> dict[str, Any]:
        """A JSON value from which `from_json` makes equal latencies."""
        return {
            "longest": self._longest,
            "buckets": {str(bucket): count for bucket, count in sorted(self._buckets.items())},
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Latencies:
        """The latencies that `to_json` wrote."""
        found = cls()
        found._longest = float(record["longest"])
        found._buckets = {int(bucket): int(count) for bucket, count in record["buckets"].items()}
        return found


def _upper(bucket: int) -> float:
    return _SHORTEST * math.exp(bucket * _GROWTH)
