"""The live transport sends what it was given, and nothing of what was answered before."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from oip_conformance.target.transport import LiveTransport, WireRequest


class _Baker(BaseHTTPRequestHandler):
    """Gives everybody a cookie, and says which headers came."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = "\n".join(f"{name.lower()}: {value}" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Set-Cookie", "session=1; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def baker() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Baker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:1/v4", "HTTPS://oip.example/v4", "https://oip.example/v4"])
def test_a_certificate_is_verified_however_the_base_url_begins(base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox beside an API may stand at an https address of its own."""
    asked: list[object] = []
    client = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **options: asked.append(options["verify"]) or client(**options))
    for verify_tls in (True, False):
        LiveTransport(base_url, timeout=5, connections=1, verify_tls=verify_tls)
    context, unverified = asked
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert unverified is False


def test_a_cookie_is_not_sent_back(baker: str) -> None:
    """It could open an account without a key, and no recorded request would show it."""
    transport = LiveTransport(baker, timeout=5, connections=2)
    request = WireRequest("GET", f"{baker}/", ((b"accept", b"application/json"), (b"x-api-key", b"k")))
    try:
        told = [transport.send(request).body.decode().splitlines() for _ in range(2)]
    finally:
        transport.close()
    assert told[0] == told[1]
    assert sorted(line.partition(":")[0] for line in told[0]) == ["accept", "host", "x-api-key"]
