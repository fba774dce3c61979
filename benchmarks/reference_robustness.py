"""Throws what it can at a served reference server: Schemathesis from its own command line, then bytes.

`python benchmarks/reference_robustness.py [--seconds 120] [--bytes 3000] [--seed N]
[--defect ID]`: a long Schemathesis run of all
phases and all checks, bounded by time; then, bounded by number, broken HTTP, random bytes, cut and oversized bodies; then
HEAD, OPTIONS and unknown methods on every path. Prints one JSON object and each fault; ends with 1 when there is one.

What Schemathesis reports although the readings of the register ask for it is counted as expected, with its reason.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from oip_conformance.contract import Contract, Operation, load_contract

KEY = "benchmark-main"
CONTRACT = Path(__file__).parents[1] / "spec/openapi.yaml"

EXPECTED = {
    (
        "ST202",
        None,
    ): "what does not exist is answered 400 where the documentation has no 404 (R-20), and some schemas are"
    " wider than the documented meaning",
    ("ST103", "GET /promotions/{id}"): "the documentation forgets 401 here; a missing key is answered so all the same",
    ("ST103", "GET /promotions/mobilePhone"): "the documentation forgets 401 here",
    ("ST201", "POST /import"): "any text is CSV",
}
"""(code, operation or None for all) -> why a failure of Schemathesis is none of the server."""

NOISE = (b"\x00", b"\r\n", b"\n", b"\xff", b"\xc3\x28", b"%", b"%zz", b"%ff", b"%2F", b" ", b":", b"//", b"..", b"?", b"#",
         b"{", b"[" * 3000, b'"', b"\\ud800", b"9" * 400, b"1e999", b"A" * 70_000, b"HTTP/2.0", b"CONNECT x:1 ",
         b"content-length: 5\r\n", b"content-length: -1\r\n", b"content-length: 99999999999999999999\r\n",
         b"transfer-encoding: chunked\r\n", b"transfer-encoding: gzip, chunked\r\n", b"ffffffffffffffff\r\n",
         b"upgrade: websocket\r\nconnection: upgrade\r\n", b"expect: 100-continue\r\n")  # fmt: skip


@dataclass
class Findings:
    """What was sent, how it was answered, and what should not have happened."""

    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def fault(self, what: str, example: str) -> None:
        self.faults[what] += 1
        self.examples.setdefault(what, example)


@contextmanager
def serving(defects: list[str]) -> Iterator[tuple[str, int, Path]]:
    """URL, process id and log of `oip-conformance serve`, which ends with its standard input."""
    environment = {**os.environ, "OIP_REFERENCE_API_KEY": KEY}
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        command = [sys.executable, "-m", "oip_conformance", "serve", "--ready-json", "--until-stdin-closes"]
        command += ["--database", str(Path(folder) / "oip.db")]
        command += [word for defect in defects for word in ("--defect", defect)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment
        ) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            yield json.loads(server.stdout.readline())["url"], server.pid, Path(folder) / "log"
            server.stdin.close()
            server.wait(timeout=10)


def schemathesis(url: str, seconds: int, seed: int, findings: Findings) -> None:
    """All phases and checks of Schemathesis, as anybody runs it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(CONTRACT), "--url", url,
                   "-H", f"x-api-key: {KEY}", "--checks", "all", "--max-time", str(seconds), "--max-examples", "1000",
                   "--seed", str(seed), "--continue-on-failure", "--report", "json", "--report-dir", folder]  # fmt: skip
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        reports = list(Path(folder).glob("*.json"))
        if not reports:
            raise SystemExit(f"Schemathesis did not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        report = json.loads(reports[0].read_text())
    findings.sent["schemathesis"] += report["test_cases"]["generated"]
    for error in report["errors"]:
        findings.fault("Schemathesis could not test", json.dumps(error)[:300])
    for failure in report["failures"]:
        for operation in failure["operations"]:
            name = operation if isinstance(operation, str) else operation.get("label", str(operation))
            reason = EXPECTED.get((failure["code"], name)) or EXPECTED.get((failure["code"], None))
            if reason:
                findings.expected[f"{failure['code']}: {reason}"] += 1
            else:
                findings.fault(f"{failure['code']} {failure['title']}", name)


@dataclass(frozen=True)
class Wish:
    """A well-formed request, not framed yet."""

    method: str
    target: bytes
    media_type: str | None
    content: bytes

    def framed(self) -> bytes:
        """The request as HTTP, its length announced."""
        head = b"%b %b HTTP/1.1\r\nhost: x\r\nx-api-key: %b\r\nconnection: close\r\n"
        kind = f"content-type: {self.media_type}\r\n".encode() if self.media_type else b""
        length = b"content-length: %d\r\n" % len(self.content) if self.content else b""
        return head % (self.method.encode(), self.target, KEY.encode()) + kind + length + b"\r\n" + self.content


def wishes(contract: Contract) -> list[Wish]:
    """Every operation with every media type and every published example."""
    made = []
    for operation in contract.operations.values():
        target = f"/v4{address(operation)}".encode()
        if not operation.request_media_types:
            made.append(Wish(operation.method, target, None, b""))
        for media_type in operation.request_media_types:
            for example in operation.request_examples(media_type).values() or ({"file": "x"},):
                content = example.encode() if isinstance(example, str) else json.dumps(example).encode()
                made.append(Wish(operation.method, target, media_type, content))
    return made


def address(operation: Operation) -> str:
    """The operation's path with something in every place."""
    query = "&".join(f"{p.name}=1" for p in operation.parameters if p.location == "query" and p.required)
    return re.sub(r"\{[^}]*\}", "1", operation.path) + (f"?{query}" if query else "")


def thrown(chance: random.Random, wish: Wish) -> bytes:
    """A request that was spoilt before it was framed, so that it gets far, or after; or bytes that never were one."""
    match chance.randrange(10):
        case 0:
            return chance.randbytes(chance.choice((1, 10, 100, 5000)))
        case 1 | 2 | 3:
            return spoilt(chance, wish.framed()) or b"G"
        case 4 | 5:
            clean = spoilt(chance, wish.target).translate(None, b" \r\n")
            return replace(wish, target=b"/v4/" + clean.removeprefix(b"/v4/")).framed()
        case _:
            return replace(wish, content=spoilt(chance, wish.content or b"{}")).framed()


def spoilt(chance: random.Random, what: bytes) -> bytes:
    """Bytes with something put in, taken out, changed or cut off."""
    changed = bytearray(what)
    for _ in range(chance.choice((1, 1, 2, 4))):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0:
                changed[place:place] = chance.choice(NOISE)
            case 1:
                changed[place : place + chance.randrange(1, 30)] = b""
            case 2:
                changed[place : place + 1] = chance.randbytes(1)
            case 3:
                changed[place:place] = chance.randbytes(chance.randrange(1, 50))
            case _:
                del changed[place:]
    return bytes(changed)


def exchanged(address: tuple[str, int], request: bytes, *, says_end: bool) -> bytes | None:
    """All that comes back for raw bytes; None when nothing comes and the connection stays open."""
    with socket.create_connection(address, timeout=3 if says_end else 0.3) as connection:
        received = b""
        try:
            connection.sendall(request)
            if says_end:
                connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionError:
            return received or b"reset"
        except TimeoutError:
            return received or None
        return received


def what_is_wrong(reply: bytes | None) -> str | None:
    """Why an answer is none that is documented; a closed connection is one for bytes that are no request."""
    if reply in (None, b"", b"reset"):
        return None
    assert reply is not None
    head, _, body = reply.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        return what_is_wrong(body or None)
    if not re.match(rb"HTTP/1\.1 [2-4]\d\d ", head):
        return "not a documented status"
    if head[9:10] == b"4" and body and b"HTTP/1.1" not in body:
        try:
            envelope = json.loads(body)
        except ValueError:
            return "a refusal that is no JSON"
        if not {"code", "message"} <= set(envelope) or envelope["code"] != head[9:12].decode():
            return "a refusal outside the envelope"
    return None


def throw_bytes(url: str, contract: Contract, number: int, seed: int, findings: Findings) -> None:
    chance, known, target = random.Random(seed), wishes(contract), host_and_port(url)
    for _ in range(number):
        request = thrown(chance, chance.choice(known))
        reply = exchanged(target, request, says_end=chance.random() < 0.95)
        findings.sent["bytes"] += 1
        findings.statuses["silence" if not reply else reply[9:12].decode("latin-1")] += 1
        wrong = what_is_wrong(reply)
        if wrong:
            findings.fault(wrong, f"{request[:200]!r} -> {(reply or b'')[:200]!r}")


def throw_large_bodies(url: str, findings: Findings) -> None:
    """Bodies over the limit, with and without an announced length, are refused in the envelope."""
    large = b'{"data":{"mobilePhone":"+4712345678","firstName":"' + b"x" * (5 * 1024 * 1024) + b'"}}'
    headers = {"x-api-key": KEY, "content-type": "application/json"}
    for content in (large, iter([large])):
        reply = httpx.post(f"{url}/customers", content=content, headers=headers, timeout=30)
        findings.sent["large bodies"] += 1
        if reply.status_code != 400 or reply.json().get("code") != "400":
            findings.fault("a body over the limit is not refused with 400 in the envelope", reply.text[:200])


def ask_every_path(url: str, contract: Contract, findings: Findings) -> None:
    """OPTIONS says what is allowed, HEAD is GET without its body, and other methods answer 405 with Allow."""
    paths: dict[str, list[Operation]] = {}
    for operation in contract.operations.values():
        paths.setdefault(operation.path, []).append(operation)
    with httpx.Client(base_url=url, headers={"x-api-key": KEY}) as client:
        for path, operations in paths.items():
            methods, asked = {operation.method for operation in operations}, address(operations[0])
            options = client.options(asked)
            allowed = set(options.headers.get("allow", "").split(", "))
            findings.sent["methods"] += 1
            if options.status_code != 204 or options.content or not methods <= allowed:
                findings.fault("OPTIONS does not say what is allowed", path)
            if "GET" in methods:
                head, get = client.head(asked), client.get(asked)
                if head.content or (head.status_code, head.headers) != (get.status_code, get.headers):
                    findings.fault("HEAD is not GET without its body", path)
            for method in {"DELETE", "GET", "PATCH", "POST", "PUT", "TRACE", "PROPFIND"} - allowed:
                reply = client.request(method, asked)
                findings.sent["methods"] += 1
                if reply.status_code != 405 or not reply.headers.get("allow") or reply.json()["code"] != "405":
                    findings.fault("a method that is not known is not answered 405 with Allow", f"{method} {path}")


def host_and_port(url: str) -> tuple[str, int]:
    return httpx.URL(url).host, httpx.URL(url).port or 80


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=120, help="time for Schemathesis; 0 leaves it out")
    options.add_argument("--bytes", type=int, default=3000, help="requests of spoilt bytes")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--defect", action="append", default=[], help="serve with this fault, to see it found")
    chosen = options.parse_args()
    contract, findings = load_contract(), Findings()
    with serving(chosen.defect) as (url, pid, log):
        if chosen.seconds:
            schemathesis(url, chosen.seconds, chosen.seed, findings)
        throw_bytes(url, contract, chosen.bytes, chosen.seed, findings)
        throw_large_bodies(url, findings)
        ask_every_path(url, contract, findings)
        if (
            httpx.get(f"{url}/stores", headers={"x-api-key": KEY}).status_code != 200
            or not Path(f"/proc/{pid}").exists()
        ):
            findings.fault("it does not serve any more", "GET /stores")
        said = log.read_text(errors="replace")
        if said:
            findings.fault("it wrote to its log", said[-500:])
    counted = {name: dict(getattr(findings, name)) for name in ("sent", "statuses", "expected", "faults")}
    print(json.dumps(counted, ensure_ascii=False))
    for what, example in findings.examples.items():
        print(f"{what}: {example}", file=sys.stderr)
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())
