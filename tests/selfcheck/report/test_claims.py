"""A claim is made of a story only where the recorded answers show it, and decides nothing where others answered otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from oip_conformance.evidence import Exchange, ReceivedResponse, SentRequest
from oip_conformance.reproduction.claims import claim_of
from oip_conformance.reproduction.player import Player, Undecided

JSON = (("Content-Type", "application/json"),)
ONE, TWO = "4D192E78-28B3-4944-BB29-6E93F216C4C9", "03D545F5-0C20-477F-98DA-E95D94802847"
FIRST, SECOND = "REC-OIPC-2BJJ4E-1000038-2287ed74", "REC-OIPC-2BJJ4E-1000039-1d5e5be5"


def step(answer: Any, *, path: str = "/x", sent: Any = None, lane: int = 0, operation: str = "op") -> Exchange:
    """An exchange whose answer is JSON."""
    body = b"" if sent is None else json.dumps(sent).encode()
    return Exchange(
        f"m-{abs(hash((path, lane, str(answer))))}",
        "t",
        operation,
        "story",
        SentRequest("GET" if sent is None else "POST", f"http://127.0.0.1:9/v4{path}", (), body),
        ReceivedResponse(200, JSON, json.dumps(answer).encode()),
        0.0,
        0.1,
        lane=lane,
    )


POINTS = step({"data": {"points": 1054}}, operation="read")
BOOKED = [step({}, sent={"points": 1}, lane=lane) for lane in (1, 2)]
MADE = [step({"id": one}, sent={}, lane=lane) for lane, one in enumerate((ONE, TWO, TWO), start=1)]
SENT = [step({}, sent={"id": one}, lane=lane) for lane, one in enumerate((FIRST, SECOND), start=1)]
LISTED = step([{"id": FIRST}], operation="list")
TWICE = step([{"id": FIRST}, {"id": SECOND}, {"id": SECOND}], operation="list")
READ = [step({"id": TWO}, path=f"/c/{ONE}", lane=1), step({"id": TWO}, path=f"/c/{TWO}", lane=2)]
COUNTED = [step([{"count": one}], path=f"/{place}") for place, one in enumerate((0, 1))]

TILLS = [
    step({}, sent={"id": ONE, "customerId": TWO, "receiptId": f"REC-OIPC-2BJJ4E-10000{n}-2287ed7{n}"}, lane=n)
    for n in (1, 2, 3)
]
ELSEWHERE = step({}, sent={"id": FIRST, "customerId": SECOND}, lane=1)
SHOWN = step([{"id": ONE, "redemptionCount": 1}], path=f"/promotions/{TWO}")
REFUSED = replace(TILLS[2], response=ReceivedResponse(400, JSON, b"{}"))

STORIES: dict[str, tuple[str, str, list[Exchange], Exchange, list[Any]]] = {
    "sum": ("points 30 + 4095 = 4125", "1054", [*BOOKED, POINTS], POINTS, ["other than", "/data/points", 4125]),
    "distinct": ("three different ids", str([ONE, TWO, TWO]), MADE, MADE[2], ["distinct", "op", "/id"]),
    "lost": (
        "2 receipts once each",
        "1 missing, 0 repeated",
        [*SENT, LISTED],
        LISTED,
        ["once each", [FIRST, SECOND], 1, "missing"],
    ),
    "mixed up": (f"{ONE!r} at /id", repr(TWO), READ, READ[0], ["asked for", [[0, ONE], [1, TWO]]]),
    "in all": (
        "2 clips in all, none below zero",
        "[0, 1]",
        [*BOOKED, *COUNTED],
        BOOKED[0],
        ["in all", 2, "/0/count", 2],
    ),
    "too many": ("1 of 3 to succeed", "3", [*TILLS, SHOWN], SHOWN, ["succeeded", [0, 1, 2], 1, "more"]),
    "too few": (
        "3 of 3 to succeed",
        "2 succeeded",
        [*TILLS[:2], ELSEWHERE, REFUSED, SHOWN],
        SHOWN,
        ["succeeded", [0, 1, 3], 3, "fewer"],
    ),
    "counted once": (
        "redemptionCount 3 of open",
        "1",
        [*TILLS, ELSEWHERE, SHOWN],
        SHOWN,
        ["counted", [0, 1, 2], ONE, "redemptionCount"],
    ),
}


def played(claim: list[Any], steps: list[Exchange], end: Exchange) -> bool:
    """What a script says of these answers."""
    player = Player({"fresh": [], "tokens": {}}, "http://127.0.0.1:9/v4", {})
    for one in steps:
        status = 400 if one is REFUSED else 200
        told = {"method": "GET", "path": "/x", "lane": one.lane, "operation": one.operation, "status": status}
        response = one.response
        answer = None if response is None else (response.status, {}, response.body)
        player.told.append(({**told, "end": one is end}, answer))
    return player.shows(*claim)


@pytest.mark.parametrize("name", STORIES)
def test_a_claim_is_made_of_what_the_answers_show_and_shows_it_again(name: str) -> None:
    expected, got, steps, end, claim = STORIES[name]
    assert claim_of({"expected": expected, "got": got}, steps, end) == claim
    assert played(claim, steps, end)


@pytest.mark.parametrize(
    ("name", "got"),
    [
        ("sum", "1055"),
        ("sum", "nothing"),
        ("distinct", str([ONE, TWO])),
        ("distinct", "a list"),
        ("lost", "2 missing, 0 repeated"),
        ("in all", "[0, 7]"),
        ("in all", "lost"),
        ("too many", "2 succeeded"),
        ("too many", "some"),
        ("counted once", "2"),
        ("counted once", "3"),
    ],
)
def test_no_claim_is_made_of_what_the_answers_do_not_show(name: str, got: str) -> None:
    expected, _, steps, end, _ = STORIES[name]
    assert claim_of({"expected": expected, "got": got}, steps, end) is None


def test_answers_that_name_what_was_asked_for_are_not_mixed_up() -> None:
    sound = [step({"id": ONE}, path=f"/c/{ONE}", lane=1), READ[1]]
    assert claim_of({"expected": "x", "got": "y"}, sound, sound[0]) is None
    assert not played(["asked for", [[0, ONE], [1, TWO]]], sound, sound[0])


def test_sound_answers_show_nothing() -> None:
    right = step({"data": {"points": 4125}}, operation="read")
    assert not played(STORIES["sum"][4], [*BOOKED, right], right)
    assert not played(["distinct", "op", "/id"], MADE[:2], MADE[1])
    whole = step([{"id": FIRST}, {"id": SECOND}], operation="list")
    for how in ("missing", "repeated"):
        assert not played(["once each", [FIRST, SECOND], 1, how], [*SENT, whole], whole)
    assert played(["once each", [FIRST, SECOND], 1, "repeated"], [*SENT, TWICE], TWICE)
    kept = [step([{"count": 1}], path=f"/{place}") for place in range(2)]
    assert not played(STORIES["in all"][4], [*BOOKED, *kept], BOOKED[0])
    assert not played(["succeeded", [0, 1, 2], 2, "more"], [*TILLS[:2], REFUSED, SHOWN], SHOWN)
    assert not played(["succeeded", [0, 1, 2], 3, "fewer"], [*TILLS, SHOWN], SHOWN)
    two = step([{"id": SECOND, "redemptionCount": 0}, {"id": ONE, "redemptionCount": 2}], path=f"/promotions/{TWO}")
    assert not played(STORIES["counted once"][4], [*TILLS[:2], REFUSED, two], two)


def test_what_went_another_way_decides_nothing() -> None:
    refused = replace(BOOKED[0], response=ReceivedResponse(409, JSON, b"{}"))
    silent = replace(BOOKED[0], response=None)
    broken = replace(BOOKED[0], response=ReceivedResponse(500, JSON, b"{}"))
    for other in (refused, silent, broken):
        with pytest.raises(Undecided):
            played(STORIES["sum"][4], [other, BOOKED[1], POINTS], POINTS)
    other = replace(TILLS[2], response=ReceivedResponse(429, JSON, b"{}"))
    with pytest.raises(Undecided):
        played(["succeeded", [0, 1, 2], 3, "fewer"], [*TILLS[:2], other, SHOWN], SHOWN)
    empty = step([], operation="list")
    with pytest.raises(Undecided):
        played(STORIES["counted once"][4], [*TILLS, empty], empty)
    with pytest.raises(Undecided):
        played(STORIES["lost"][4], [*SENT, empty], empty)
    with pytest.raises(Undecided):
        played(STORIES["in all"][4], [*BOOKED, COUNTED[0], step([], path="/9")], BOOKED[0])
