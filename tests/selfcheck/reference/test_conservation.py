"""Points, clips and receipts under parallel calls and a killed process: nothing is made, lost or counted twice."""

from __future__ import annotations

import concurrent.futures
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from oip_reference.wellknown import PROMOTIONS

WORKERS = 8


def new_member(client: httpx.Client, number: int) -> str:
    reply = client.post("/customers", json={"data": {"mobilePhone": f"+47995{number:05d}"}})
    return str(reply.json()["data"]["id"])


def points_of(client: httpx.Client, member: str) -> float:
    return float(client.get(f"/customers/id/{member}").json()["data"]["loyalty"]["points"])


def clips_of(client: httpx.Client, member: str) -> int:
    (card,) = (card for card in client.get(f"/loyalty/loyalty-cards/{member}").json() if card["id"] == "6")
    return int(card["count"])


def receipts_of(client: httpx.Client, member: str) -> list[str]:
    return [receipt["receiptId"] for receipt in client.get(f"/transactions/customerId/{member}").json()]


def batch(member: str, *receipt_ids: str) -> dict[str, Any]:
    item = {"LineNo": 1, "Quantity": 1, "ProductId": "VR-7", "GrossAmount": 100, "TransactionType": "PURCHASE"}
    return {
        "ReceiptRequests": [
            {"Header": {"StoreId": "STORE-001", "ReceiptId": name, "ConsumerId": member}, "Items": [item]}
            for name in receipt_ids
        ]
    }


def points(member: str) -> dict[str, Any]:
    return {"points": 3, "description": "Parallel", "externalId": member}


def clips(member: str, count: int) -> dict[str, Any]:
    return {"id": "6", "memberId": member, "itemCount": count}


def transfer(giver: str, receiver: str, count: int) -> dict[str, Any]:
    return {"fromCustomerId": giver, "toCustomerId": receiver, "loyaltycardId": "6", "clipCount": count}


def in_parallel(calls: list[Callable[[], Any]]) -> list[Any]:
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda call: call(), calls))


def test_parallel_transfers_conserve_clips_and_leave_no_card_below_zero(start):
    with start().client() as client:
        members = [new_member(client, number) for number in range(3)]
        for member in members:
            client.put("/loyalty/loyalty-cards", json=clips(member, 10)).raise_for_status()
        chance = random.Random(1)
        moves = [(*chance.sample(members, 2), chance.randint(1, 8)) for _ in range(150)]
        statuses = in_parallel(
            [
                lambda move=move: client.post("/loyalty/loyalty-cards/transfer-clips", json=transfer(*move)).status_code
                for move in moves
            ]
        )
        counts = [clips_of(client, member) for member in members]

    assert set(statuses) == {200, 400}
    assert sum(counts) == 30
    assert min(counts) >= 0


def test_parallel_bookings_all_count(start):
    with start().client() as client:
        member = new_member(client, 1)
        before = points_of(client, member)
        calls: list[Callable[[], Any]] = [
            lambda: client.post("/loyalty/bonus/addRewardPoints", json=points(member)).status_code
        ] * 60
        calls += [lambda: client.put("/loyalty/loyalty-cards", json=clips(member, 1)).status_code] * 60
        statuses = Counter(in_parallel(calls))
        after, count = points_of(client, member), clips_of(client, member)

    assert after == before + 60 * 3
    assert count == 50
    assert statuses == {200: 60 + 50, 409: 10}


def test_parallel_batches_lose_no_receipt_and_reward_none_twice(start):
    with start().client() as client:
        member = new_member(client, 1)
        before = points_of(client, member)
        own = [f"R-{number}" for number in range(60)]
        calls: list[Callable[[], Any]] = [
            lambda first=first: (
                client.post("/transactions", json=batch(member, *own[first : first + 5], "SHARED")).status_code
            )
            for first in range(0, 60, 5)
        ]
        statuses = in_parallel(calls)
        found, after = receipts_of(client, member), points_of(client, member)

    assert set(statuses) == {200}
    assert sorted(found) == sorted([*own, "SHARED"])
    assert after == before + 61 * 10


@pytest.mark.parametrize("delay", [0.1, 0.5])
def test_what_was_answered_for_survives_a_kill_and_nothing_is_half_done(start, tmp_path, delay):
    database = tmp_path / "oip.db"
    server = start("--database", database)
    with server.client() as client:
        members = [new_member(client, number) for number in range(4)]
        joined = points_of(client, members[0])
        for member in members:
            client.put("/loyalty/loyalty-cards", json=clips(member, 10)).raise_for_status()
    answered: Counter[str] = Counter()
    stored: dict[str, list[str]] = {member: [] for member in members}

    def write(worker: int) -> None:
        member, other = members[worker], members[(worker + 1) % 4]
        with server.client() as client:
            for number in range(100_000):
                names = [f"{worker}-{number}-{part}" for part in range(3)]
                try:
                    if client.post("/transactions", json=batch(member, *names)).status_code == 200:
                        stored[member] += names
                    client.post("/loyalty/loyalty-cards/transfer-clips", json=transfer(member, other, 1))
                    if client.post("/loyalty/bonus/addRewardPoints", json=points(member)).status_code == 200:
                        answered[member] += 1
                except httpx.TransportError:
                    return

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, worker) for worker in range(4)]
        while not all(stored.values()) and not any(writer.done() for writer in writers):
            time.sleep(0.01)
        time.sleep(delay)
        server.process.send_signal(signal.SIGKILL)
        for writer in writers:
            writer.result()

    with start("--database", database).client() as client:
        assert sum(clips_of(client, member) for member in members) == 40
        for member in members:
            found = receipts_of(client, member)
            assert set(stored[member]) <= set(found)
            assert len(found) == len(set(found))
            assert len(found) - len(stored[member]) in (0, 3)
            by_hand = (points_of(client, member) - joined - 10 * len(found)) / 3
            assert by_hand - answered[member] in (0, 1)


@pytest.mark.parametrize("delay", [0.0, 0.2])
def test_limits_and_unique_phones_hold_over_a_kill_and_a_restart(start, tmp_path, delay):
    """Four tills try the same people one after another, in the life before the kill and again in the one after."""
    database = tmp_path / "oip.db"
    people = 50
    created: list[str] = []
    redeemed: list[str] = []

    def till(server: Any) -> None:
        with server.client() as client:
            for number in range(people):
                phone = f"+47994{number:05d}"
                try:
                    if client.post("/customers", json={"data": {"mobilePhone": phone}}).status_code == 201:
                        created.append(phone)
                    for _ in range(2):
                        body = {"id": PROMOTIONS["open"], "storeId": "STORE-001", "customerId": phone}
                        if client.post("/promotions/redeem", json=body).status_code == 200:
                            redeemed.append(phone)
                except httpx.TransportError:
                    return

    for life in range(2):
        server = start("--database", database)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            tills = [pool.submit(till, server) for _ in range(4)]
            if life == 0:
                while len(created) < 3 and not any(done.done() for done in tills):
                    time.sleep(0.005)
                time.sleep(delay)
                server.process.send_signal(signal.SIGKILL)
            for done in tills:
                done.result()

    unanswered = 4
    with server.client() as client:
        total = client.get("/reports/customers").json()["metaData"]["totalRecords"]
        assert total == people + 61
        assert people - unanswered <= len(created) == len(set(created)) <= people
        for phone, count in Counter(redeemed).items():
            (promotion,) = (p for p in client.get(f"/promotions/{phone}").json() if p["id"] == PROMOTIONS["open"])
            assert promotion["redemptionCount"] == len(promotion["redemptionHistory"]) == 5
            assert 5 - unanswered <= count <= 5
