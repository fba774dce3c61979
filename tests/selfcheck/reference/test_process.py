"""The server as a process: it keeps what it answered for, and neither bytes nor clients nor signals upset it."""

from __future__ import annotations

import concurrent.futures
import os
import random
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from oip_reference.wellknown import PROMOTIONS

BYTES = [b"\x00", b"\r\n", b"\n", b"\xff", b"\xc3\x28", b"%", b"%zz", b"%ff", b" ", b":", b"//", b"?", b"#", b"{", b'"',
         b"\\ud800", b"9" * 400, b"content-length: 5\r\n", b"content-length: -1\r\n", b"transfer-encoding: chunked\r\n",
         b"upgrade: websocket\r\nconnection: upgrade\r\n", b"expect: 100-continue\r\n", b"[" * 3000, b"A" * 70000,
         b"1e999", b"HTTP/2.0", b"CONNECT x:1 "]  # fmt: skip
HEAD = b" HTTP/1.1\r\nhost: x\r\nx-api-key: key-of-main\r\nconnection: close\r\n"
REQUESTS = [
    b"GET /v4/stores" + HEAD + b"\r\n",
    b"GET /v4/customers?mobilePhone=%2B4712345678" + HEAD + b"\r\n",
    b"POST /v4/customers" + HEAD + b"content-type: application/json\r\ncontent-length: 39\r\n\r\n"
    b'{"data":{"mobilePhone":"+4712345678"}}\n',
    b"POST /v4/promotions/redeem" + HEAD + b"content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    b'1f\r\n{"id":"abc","storeId":"STORE"} \r\n0\r\n\r\n',
]


def answered(address: tuple[str, int], request: bytes) -> bytes:
    """All that comes back for raw bytes, after which the client says no more."""
    with socket.create_connection(address, timeout=5) as connection:
        received = b""
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionError:
            return received or b"reset"
        return received


def mutated(chance: random.Random, request: bytes) -> bytes:
    changed = bytearray(request)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0:
                changed[place:place] = chance.choice(BYTES)
            case 1:
                changed[place : place + chance.randrange(1, 8)] = b""
            case 2:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case _:
                changed = changed[:place] or bytearray(b"G")
    return bytes(changed) or b"G"


def test_any_bytes_get_a_documented_answer(start):
    server = start()
    chance = random.Random(20240101)
    for _ in range(1500):
        request = mutated(chance, chance.choice(REQUESTS))
        reply = answered(server.address, request)
        documented = reply.startswith(b"HTTP/1.1 ") and reply[9:10] != b"5"
        assert documented or reply == b"reset" or not request.strip(), (request[:300], reply[:300])
    with server.client() as client:
        assert client.get("/stores").status_code == 200


def test_half_open_and_idle_clients_do_not_stop_it(start):
    server = start()
    idle = [socket.create_connection(server.address) for _ in range(100)]
    for number, connection in enumerate(idle):
        connection.sendall((b"", b"GET /v4/st", REQUESTS[2][:-10])[number % 3])
    with server.client() as client:
        assert [client.get("/stores").status_code for _ in range(50)] == [200] * 50
    for connection in idle:
        connection.close()


def test_parallel_creates_with_one_phone_make_one_customer(start):
    server = start()
    with server.client() as client, concurrent.futures.ThreadPoolExecutor(16) as pool:
        body = {"data": {"mobilePhone": "+4799600001", "externalId": "SAME"}}
        statuses = sorted(pool.map(lambda _: client.post("/customers", json=body).status_code, range(48)))
    assert statuses == [201] + [409] * 47


def test_parallel_redemptions_never_pass_the_limit(start):
    server = start()
    with server.client() as client, concurrent.futures.ThreadPoolExecutor(16) as pool:
        member = client.post("/customers", json={"data": {"mobilePhone": "+4799600002"}}).json()["data"]["id"]
        body = {"id": PROMOTIONS["open"], "storeId": "STORE-001", "customerId": member}
        statuses = sorted(pool.map(lambda _: client.post("/promotions/redeem", json=body).status_code, range(48)))
        listed = client.get(f"/promotions/{member}").json()
    assert statuses == [200] * 5 + [400] * 43
    assert listed[0]["redemptionCount"] == len(listed[0]["redemptionHistory"]) == 5


@pytest.mark.parametrize("delay", [0.05, 0.4])
def test_nothing_it_answered_for_is_lost_when_it_is_killed(start, tmp_path, delay):
    database = tmp_path / "oip.db"
    server = start("--database", database)
    promised: dict[str, str] = {}

    def write(worker: int) -> None:
        with server.client() as client:
            for number in range(100_000):
                phone = f"+4799{worker}{number:05d}"
                try:
                    reply = client.post("/customers", json={"data": {"mobilePhone": phone}})
                    promised[phone] = reply.json()["data"]["id"]
                    redeem = {"id": PROMOTIONS["single_use"], "storeId": "S", "customerId": promised[phone]}
                    if client.post("/promotions/redeem", json=redeem).status_code == 200:
                        promised[f"redeemed {phone}"] = promised[phone]
                except httpx.TransportError:
                    return

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, worker) for worker in range(4)]
        while not promised:
            time.sleep(0.01)
        time.sleep(delay)
        server.process.send_signal(signal.SIGKILL)
        for writer in writers:
            writer.result()
    assert promised

    with start("--database", database).client() as client:
        for phone, member in promised.items():
            if phone.startswith("redeemed"):
                assert len(client.get(f"/promotions/redeemed/{member}").json()) == 1
            else:
                assert client.get("/customers", params={"mobilePhone": phone}).json()["data"]["id"] == member


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "stdin"])
def test_it_ends_at_once_also_with_open_connections(start, how):
    server = start()
    half = socket.create_connection(server.address)
    half.sendall(REQUESTS[2][:-10])
    with server.client() as client:
        assert client.get("/stores").status_code == 200
        before = time.monotonic()
        if how == "stdin":
            server.process.stdin.close()
        else:
            server.process.send_signal(getattr(signal, how))
        assert server.process.wait(timeout=5) == 0
        assert time.monotonic() - before < 1
    half.close()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--defect", "accepts_an_expired_promotio"], "did you mean accepts_an_expired_promotion?"),
        (["--variation", "nonsense"], "there is no variation nonsense"),
        (["--profile", "no-such-file.toml"], "no-such-file.toml"),
        (["--database", "no-such-directory/oip.db"], "no-such-directory"),
        (["--allow", "nonsense"], "nonsense"),
        (["--tenant", "shop"], "'shop' is not NAME=FILE"),
        (["--tenant", "main=shop.toml"], "main is --profile's"),
        (["--tenant", "shop=no-such-file.toml"], "no-such-file.toml"),
    ],
)
def test_wrong_use_is_said_in_one_line_and_ends_with_2(options, said):
    done = subprocess.run(
        [sys.executable, "-m", "oip_reference", *options], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    done = subprocess.run([sys.executable, "-m", "oip_reference", "--database", str(path)], capture_output=True,
                          text=True, timeout=20, check=False)  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


def test_its_memory_stays_flat_over_many_requests(start, tmp_path):
    server = start("--database", tmp_path / "oip.db")
    with server.client() as client:
        member = client.post("/customers", json={"data": {"mobilePhone": "+4799600003"}}).json()["data"]["id"]

        def ask(times: int) -> int:
            for number in range(times):
                client.get(f"/customers/id/{member}")
                client.get(f"/customers/id/NOBODY-{number}")
                client.put("/customers", json={"data": {"id": member, "firstName": f"Name {number}"}})
                client.post("/customers", content=b"[" * 5000, headers={"content-type": "application/json"})
            with open(f"/proc/{server.process.pid}/statm") as statm:  # noqa: PTH123
                return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

        warm = ask(150)
        assert ask(300) - warm < 2_000_000


@pytest.mark.parametrize("case", ["title_case", "capitals"])
@pytest.mark.parametrize("framing", ["packs_bodies_with_gzip", "packs_bodies_with_deflate", "sends_bodies_in_chunks"])
def test_bodies_are_framed_whatever_the_case_of_header_names(start, case, framing):
    """Two lengths, of the body and of the packed one, would be no HTTP."""
    server = start("--variation", f"writes_header_names_in_{case}", "--variation", framing)
    with server.client() as client:
        stores = client.get("/stores")
    assert stores.status_code == 200
    assert stores.json()
    assert len(stores.headers.get_list("content-length")) == (0 if framing == "sends_bodies_in_chunks" else 1)
