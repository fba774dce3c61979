"""Exchanges that do not belong together are told, each kind once; those of a real run belong together."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.certificate.evidence_scan import EvidenceScan
from oip_conformance.evidence import Attempt, Exchange, SentRequest

URL = "http://127.0.0.1:9/v4"
TESTS = [
    Attempt(f"t{number}", "m", after, dt.datetime.fromtimestamp(100 + number, dt.UTC), (number, 1), number + 1, 0)
    for number, after in enumerate((0, 3, 3, 6))
]


def exchange(number: int) -> Exchange:
    test = ["t0", "t2", "t3"][(number - 1) // 3]
    return Exchange(f"m-{number:06d}", test, None, "story", SentRequest("GET", f"{URL}/x"), None, 100.0 + number, 0.1)


GOOD = [exchange(number) for number in range(1, 10)]


def codes(exchanges: list[Exchange], attempts: list[Attempt] = TESTS) -> list[str]:
    scan = EvidenceScan(attempts, URL, (100.0, 110.0))
    for one in exchanges:
        scan.add(one)
    return [finding.code for finding in scan.findings()]


def test_a_whole_run_has_nothing_against_it() -> None:
    assert codes(GOOD) == []
    assert codes([]) == ["exchange-missing-at-end"]
    assert codes([], []) == []


@given(st.permutations(GOOD[:3]), st.permutations(GOOD[3:6]))
def test_exchanges_of_one_test_may_end_in_any_order(first: list[Exchange], second: list[Exchange]) -> None:
    assert codes([*first, *second, *GOOD[6:]]) == []


def test_attempts_follow_each_other_from_the_first_on() -> None:
    assert codes(GOOD, TESTS[1:])[0] == "attempts-order"
    for place, change in (
        (0, {"serial": 2}),
        (1, {"after": 4}),
        (2, {"serial": 2}),
        (2, {"people": (0, 1)}),
        (3, {"at": TESTS[0].at - dt.timedelta(seconds=1)}),
    ):
        changed = [replace(one, **change) if number == place else one for number, one in enumerate(TESTS)]
        assert "attempts-order" in codes(GOOD, changed), change
    late = [*TESTS[:3], replace(TESTS[3], at=TESTS[3].at + dt.timedelta(days=1))]
    assert codes(GOOD, late) == ["outside-the-run"]
    others = [replace(one, worker="n") for one in TESTS[:1]]
    assert codes(GOOD, [*TESTS, *others]) == []


@given(st.integers(0, 8))
def test_any_exchange_that_is_missing_or_twice_is_told(number: int) -> None:
    without = codes(GOOD[:number] + GOOD[number + 1 :])
    assert without == (["exchange-missing"] if number < 8 else [])  # the replay misses the last one
    assert codes([*GOOD[: number + 1], *GOOD[number:]]) == ["exchange-twice"]


def test_each_kind_of_oddity_has_its_own_code() -> None:
    odd = {
        "exchange-id": replace(GOOD[8], id="seven"),
        "other-test": replace(GOOD[8], test="t1"),
        "other-target": replace(GOOD[8], request=SentRequest("GET", "http://127.0.0.1:99/v4/x")),
        "outside-the-run": replace(GOOD[8], started=9e9),
    }
    for code, one in odd.items():
        assert codes([*GOOD[:8], one]) == [code]
    assert codes(GOOD[::-1]) == ["out-of-order"]
    assert codes([*GOOD[:8], replace(GOOD[8], request=SentRequest("GET", f"{URL}.evil.example/x"))]) == ["other-target"]
    assert codes([*GOOD[:8], replace(GOOD[8], request=SentRequest("GET", f"{URL}?a=1"))]) == []
    assert codes([replace(GOOD[0], id="q-000001")], []) == ["other-test"]
