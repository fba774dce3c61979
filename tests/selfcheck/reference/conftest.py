"""A reference server in process, over ASGI, and one in a process of its own, over sockets."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from oip_conformance.contract import Contract, load_contract
from oip_reference.assembly import Settings, assemble
from oip_reference.http.asgi import Application
from oip_reference.wellknown import PROMOTIONS

KEYS = {"main": "key-of-main", "second": "key-of-second"}


@dataclass(frozen=True)
class Reply:
    """One answer: status, headers (lower case) and the body as JSON, text or None."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    def refused(self, status: int) -> Any:
        """Holds the answer to the error envelope and returns the detail."""
        assert self.status == status, (self.status, self.content)
        envelope = self.json
        assert self.headers["content-type"] == "application/json"
        assert set(envelope) == {"code", "message", "detailedErrorMessage"}
        assert envelope["code"] == str(status)
        assert isinstance(envelope["message"], str)
        return envelope["detailedErrorMessage"]


@dataclass
class Sandbox:
    """Speaks ASGI with one application and knows a few common wishes."""

    application: Application
    runner: asyncio.Runner
    phones: Iterator[int] = field(default_factory=lambda: iter(range(10_000, 99_999)))

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        tenant: str | None = "main",
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
        media_type: str | None = "application/json",
        base: str = "/v4",
        client: str = "127.0.0.1",
    ) -> Reply:
        """One exchange; `path` with its query, percent-encoded; `raw` instead of a JSON body."""
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        given = {"x-api-key": KEYS[tenant]} if tenant else {}
        if content:
            given["content-length"] = str(len(content))
            if media_type:
                given["content-type"] = media_type
        given.update(headers or {})
        raw_path, _, query = (base + path).partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": raw_path,
            "raw_path": raw_path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
            "client": (client, 50000),
        }
        return self.runner.run(self._exchange(scope, content))

    async def _exchange(self, scope: dict[str, Any], content: bytes) -> Reply:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))

    def new_member(self, tenant: str = "main", **data: Any) -> dict[str, Any]:
        """A freshly created customer's `data`."""
        body = {"data": {"mobilePhone": f"+47999{next(self.phones)}", **data}}
        reply = self.ask("POST", "/customers", body, tenant=tenant)
        assert reply.status == 201, reply.content
        return reply.json["data"]

    def redeem(self, role: str, member: str | None = None, **fields: Any) -> Reply:
        body = {"id": PROMOTIONS.get(role, role), "storeId": "STORE-001", **fields}
        return self.ask("POST", "/promotions/redeem", body | ({"customerId": member} if member else {}))

    def promotion(self, member: str, role: str) -> dict[str, Any] | None:
        """The member's promotion of a role as listed, or None."""
        listed = self.ask("GET", f"/promotions/{member}").json
        return next((item for item in listed if item["id"] == PROMOTIONS[role]), None)


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract()


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as loop:
        yield loop


@pytest.fixture
def made(contract: Contract, runner: asyncio.Runner) -> Callable[..., Sandbox]:
    """Makes a sandbox with the given settings."""

    def make(**settings: Any) -> Sandbox:
        return Sandbox(assemble(Settings(KEYS, **settings), None if "profile" in settings else contract), runner)

    return make


@pytest.fixture
def oip(made: Callable[..., Sandbox]) -> Sandbox:
    """A fresh sandbox in memory."""
    return made()


@dataclass
class Process:
    """A reference server in a process of its own."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> tuple[str, int]:
        url = httpx.URL(self.url)
        return url.host, url.port or 80

    def client(self, tenant: str = "main") -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"x-api-key": KEYS[tenant]}, timeout=10)


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Starts servers with the given options; they end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*options: str | Path) -> Process:
        environment = {
            **os.environ,
            "OIP_REFERENCE_API_KEY": KEYS["main"],
            "OIP_REFERENCE_SECOND_API_KEY": KEYS["second"],
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "oip_reference", "--ready-json", "--until-stdin-closes", *map(str, options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            assert process.stderr is not None
            raise AssertionError(process.stderr.read().decode())
        return Process(json.loads(line)["url"], process)

    yield run
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
