"""Latencies are counted in bounded memory and their percentiles are near the truth."""

from __future__ import annotations

import json
import random

from oip_conformance.verdict.latency import Latencies


def test_percentiles_are_within_five_percent_of_the_truth() -> None:
    draw = random.Random(7)
    values = sorted(draw.lognormvariate(1.5, 1.2) for _ in range(20_000))
    counted = Latencies()
    for value in values:
        counted.add(value)
    for share in (0.5, 0.95):
        truth = values[int(share * len(values))]
        assert abs(counted.percentile(share) - truth) <= 0.06 * truth
    assert counted.summary()["max"] == round(values[-1], 2)
    assert sum(counted.summary()["histogram"]) == len(values)


def test_memory_does_not_grow_with_traffic() -> None:
    counted = Latencies()
    for number in range(100_000):
        counted.add((number % 60_000) * 10.0)
    assert len(counted.to_json()["buckets"]) <= 400


def test_two_processes_add_up_to_one() -> None:
    one, two, both = Latencies(), Latencies(), Latencies()
    for number in range(500):
        (one if number % 3 else two).add(number / 7)
        both.add(number / 7)
    one.merge(Latencies.from_json(json.loads(json.dumps(two.to_json()))))
    assert one.to_json() == both.to_json()


def test_nothing_sent_has_no_latency() -> None:
    assert Latencies().summary() == {"p50": 0.0, "p95": 0.0, "max": 0.0, "histogram": [0] * 13}
