"""A contract is read from where its owner publishes it, within limits, and every failure is a sentence."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from oip_conformance.contract import ContractError, load_contract
from oip_conformance.contract.loading import kept_locally
from oip_conformance.contract.remote import fetch, is_address

from .documents import answers, document, operation


class Site(BaseHTTPRequestHandler):
    """Somebody's web site with OpenAPI files on it, and some surprises."""

    pages: ClassVar[dict[str, Any]] = {
        "/api.json": document({"/a": {"get": operation("a", responses=answers({"$ref": "parts/b.json"}))}}),
        "/parts/b.json": {"type": "integer"},
        "/far.json": document(
            {"/a": {"get": operation("a", responses=answers({"$ref": "http://127.0.0.1:9/b.json"}))}}
        ),
    }

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/api.json")
            self.end_headers()
        elif path == "/file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        elif path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(20):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return
                time.sleep(0.05)
        elif path in self.pages:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(self.pages[path]).encode())
        else:
            self.send_error(404)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_contract_is_read_with_what_lies_beside_it(site: str) -> None:
    for path in ("/api.json", "/api.json?version=2", "/moved"):
        one = load_contract(f"{site}{path}").operation("a")
        assert one.is_response_valid(200, "application/json", 1)
        assert not one.is_response_valid(200, "application/json", "x")


def test_all_processes_of_a_run_read_one_copy_of_it(site: str) -> None:
    with kept_locally(f"{site}/api.json") as file:
        assert file is not None
        assert load_contract(file).digest == load_contract(f"{site}/api.json").digest
    assert not file.exists()
    with kept_locally("there.yaml") as file:
        assert str(file) == "there.yaml"


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("/nowhere", "CON-10", "answers 404"),
        ("/file", "CON-10", "answers 302"),
        ("/far.json", "CON-09", "not beside the contract"),
        ("/slow", "CON-03", "no mapping"),
    ],
)
def test_what_cannot_be_had_is_told(site: str, path: str, code: str, says: str) -> None:
    with pytest.raises(ContractError) as caught:
        load_contract(f"{site}{path}")
    assert caught.value.code == code
    assert says in caught.value.message
    assert caught.value.hint


def test_size_and_time_are_limited(site: str) -> None:
    with pytest.raises(ContractError, match="larger"):
        fetch(f"{site}/api.json", largest=10)
    with pytest.raises(ContractError, match="takes more than"):
        fetch(f"{site}/slow", seconds=0.2)


def test_an_address_is_told_without_its_secrets() -> None:
    with pytest.raises(ContractError) as caught:
        fetch("http://me:secret@127.0.0.1:9/api.yaml?key=hidden")
    assert "secret" not in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("source", ["file:///etc/passwd", "ftp://a/b", "a.yaml", "http:/a", "C:\\a.yaml"])
def test_only_the_web_is_an_address(source: str) -> None:
    assert not is_address(source)


@pytest.mark.parametrize(
    ("said", "says"),
    [(b"HTTP/1.1 200 OK\r\nx-slow: ", "takes more than"), (b"220 mail.example ESMTP ready\r\n", "is not HTTP")],
    ids=["a head that never ends", "another protocol"],
)
def test_what_never_becomes_an_answer_is_told_in_time(said: bytes, says: str) -> None:
    """Also when something arrives all the time."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(4096)
                connection.sendall(said)
                while b"HTTP" in said and not over.wait(0.05):
                    connection.sendall(b"a")

        threading.Thread(target=answer, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(ContractError) as caught:
            fetch(f"http://127.0.0.1:{server.getsockname()[1]}/openapi.yaml", seconds=0.5)
        over.set()
    assert caught.value.code == "CON-10"
    assert says in caught.value.message
    assert time.monotonic() - began < 5
