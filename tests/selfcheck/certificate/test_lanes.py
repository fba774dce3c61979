"""Calls made at the same time are told apart by their place, so that nothing depends on which thread came first."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from oip_conformance.evidence import Exchange, SentRequest, current_lane, in_lane
from oip_conformance.evidence.exchange import ReceivedResponse
from oip_conformance.generation.phones import PhoneRange
from oip_conformance.generation.synthetic import SyntheticPeople
from oip_conformance.scenario import comparing
from oip_conformance.scenario.comparing import at_once
from oip_conformance.scenario.oip import Oip
from oip_conformance.target import LimitReached, NeverAsked, RememberingRedactor, ReplayTransport
from oip_conformance.target.transport import WireRequest

URL = "http://127.0.0.1:9/v4"


def people() -> SyntheticPeople:
    return SyntheticPeople("LANES", PhoneRange("+4759000000", "+4759009999"), 1)


def story() -> Oip:
    """One who tells stories to no target."""
    target = SimpleNamespace(keys=SimpleNamespace(second="key"))
    return Oip(target, SimpleNamespace(), people())  # type: ignore[arg-type]


def in_this_order(order: tuple[int, ...], oip: Oip) -> list[list[str]]:
    """Three lanes draw two ids each; `order` says which of them comes first each time."""
    turn, places = threading.Condition(), list(order) * 2

    def draw(place: int) -> str:
        with turn:
            turn.wait_for(lambda: places[0] == place, timeout=10)
            drawn = oip.fresh_id("receipt")
            places.pop(0)
            turn.notify_all()
            return drawn

    return at_once([lambda place=place: [draw(place), draw(place)] for place in range(3)])  # type: ignore[misc]


def test_ids_follow_from_the_lane_whatever_thread_comes_first() -> None:
    found = [in_this_order(order, story()) for order in itertools.permutations(range(3))]
    assert all(one == found[0] for one in found)


def test_no_id_is_drawn_twice() -> None:
    """Neither in two lanes, nor in two turns of one test, nor in two tests, nor by the second tenant."""
    oip, drawn = story(), []
    for _ in range(3):
        oip.begin()
        for _ in range(2):
            drawn += at_once([lambda: oip.fresh_id("receipt")] * 4)
        drawn += [oip.fresh_id("receipt"), oip.as_second_tenant().fresh_id("receipt")]
    assert len(set(drawn)) == len(drawn) == 30


def test_a_test_that_is_run_again_draws_the_same_ids() -> None:
    live, again = story(), story()
    for _ in range(5):
        live.begin()
        live.fresh_id("cart")
    live.begin()
    where = live.serial, live.position
    first = [live.fresh_id("cart"), *at_once([lambda: live.fresh_id("cart")] * 3)]
    again.begin(*where)
    assert [again.fresh_id("cart"), *at_once([lambda: again.fresh_id("cart")] * 3)] == first


def test_no_person_is_drawn_inside_a_lane() -> None:
    """Their order would be that of the threads; all tests are run on the reference server, where this would be seen."""
    some = people()
    with pytest.raises(RuntimeError, match="before calls are made at once"):
        at_once([some.next])
    assert some.next() == people().next()


def test_no_call_begins_before_every_lane_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where threads start slowly, the first call would be over before the last one began."""
    ready: list[int] = []

    @contextlib.contextmanager
    def seen(number: int) -> Iterator[None]:
        ready.append(number)
        with in_lane(number):
            yield

    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (time.sleep(0.02), start(thread))[1])
    monkeypatch.setattr(comparing, "in_lane", seen)
    assert at_once([lambda: len(ready)] * 6) == [6] * 6


def test_a_lane_ends_with_its_call() -> None:
    assert at_once([current_lane] * 3) == [1, 2, 3]
    assert current_lane() == 0
    with in_lane(2):
        assert current_lane() == 2
    assert current_lane() == 0


def exchange(number: int, lane: int, status: int, **more: object) -> Exchange:
    sent = SentRequest("GET", f"{URL}/x")
    one = Exchange(f"m-{number:06d}", "t", None, "story", sent, ReceivedResponse(status), 0.0, 0.0, lane=lane)
    return replace(one, **more)  # type: ignore[arg-type]


def replaying(*exchanges: Exchange, limited: bool = False) -> Callable[[], int]:
    transport = ReplayTransport(RememberingRedactor(b"replay"))
    transport.begin(exchanges, limited=limited)
    return lambda: transport.send(WireRequest("GET", f"{URL}/x", (), b"")).status


def test_equal_requests_of_two_lanes_each_find_their_own_answer() -> None:
    ask = replaying(exchange(1, 2, 200), exchange(2, 1, 404), exchange(3, 1, 500), exchange(4, 2, 201))

    def slow() -> list[int]:
        time.sleep(0.05)
        return [ask(), ask()]

    assert at_once([slow, lambda: [ask(), ask()]]) == [[404, 500], [200, 201]]


def test_a_lane_is_not_answered_with_what_another_was() -> None:
    ask = replaying(exchange(1, 1, 200))
    for lane in (0, 2):
        with in_lane(lane), pytest.raises(NeverAsked):
            ask()
    with in_lane(1):
        assert ask() == 200


def test_a_limit_ends_a_lane_whatever_the_others_have_left() -> None:
    ask = replaying(exchange(1, 1, 200), limited=True)
    with in_lane(2), pytest.raises(LimitReached):
        ask()
    with in_lane(1):
        assert ask() == 200


def test_a_second_try_belongs_to_the_lane_of_the_first() -> None:
    ask = replaying(exchange(1, 1, 502), exchange(2, 2, 200), exchange(3, 1, 201, attempt=2))
    with in_lane(1):
        assert ask() == 201
    with in_lane(2):
        assert ask() == 200


def test_an_exchange_keeps_its_lane() -> None:
    one = exchange(1, 3, 200)
    assert Exchange.from_json(one.to_json()) == one
    assert "lane" not in exchange(1, 0, 200).to_json()
