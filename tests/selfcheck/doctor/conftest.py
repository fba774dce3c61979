"""Small targets that answer as they are told, and count what they were asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.contract import contract_for
from oip_conformance.doctor import Diagnosis, examine
from oip_conformance.profile import Profile, load_profile
from oip_conformance.target.embedded import EmbeddedServer, Sandbox

Told = Callable[[BaseHTTPRequestHandler], tuple[int, str, bytes] | None]


class Fake:
    """A target on the loopback. `tell` decides each answer: (status, content type, body), or None to say nothing."""

    def __init__(self, tell: Told) -> None:
        self.asked: list[tuple[str, str]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536
            extra: tuple[tuple[str, str], ...] = ()

            def answer(self) -> None:
                fake.asked.append((self.command, self.path))
                told = tell(self)
                if told is None:
                    self.close_connection = True
                    return
                status, kind, body = told
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in self.extra:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                return

        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
            setattr(Handler, f"do_{method}", Handler.answer)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v4"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def fake() -> Iterator[Callable[[Told], Fake]]:
    """Makes a target that answers as it is told."""
    made: list[Fake] = []

    def make(tell: Told) -> Fake:
        made.append(Fake(tell))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The reference server in a process of its own."""
    with EmbeddedServer() as found:
        yield found


@pytest.fixture
def profile_of(tmp_path: Path) -> Callable[[str], Profile]:
    """Reads a profile from the text of its tables."""

    def read(text: str = "") -> Profile:
        file = tmp_path / "profile.toml"
        file.write_text(f'name = "A vendor"\n{text}', encoding="utf-8")
        return load_profile(file)

    return read


@pytest.fixture
def diagnosed(profile_of: Callable[[str], Profile]) -> Callable[..., Diagnosis]:
    """Examines a target with a profile of this text."""

    def diagnose(url: str, text: str = "", **environment: str) -> Diagnosis:
        profile = profile_of(text)
        return examine(profile, contract_for(profile), url, {"OIP_API_KEY": "key-1", **environment}, deadline=4)

    return diagnose
