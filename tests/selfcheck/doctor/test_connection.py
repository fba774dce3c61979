"""Whatever keeps a target from being tested is named by its own code, and a sound one is found fit."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from oip_conformance.doctor import Diagnosis
from oip_conformance.target.embedded import Sandbox

Diagnosed = Callable[..., Diagnosis]
Answering = Callable[[Callable[[BaseHTTPRequestHandler], tuple[int, str, bytes] | None]], Any]


def error(status: int) -> tuple[int, str, bytes]:
    """An error in the envelope."""
    body = {"code": str(status), "message": "Error", "detailedErrorMessage": ""}
    return status, "application/json", json.dumps(body).encode()


def codes(diagnosis: Diagnosis) -> list[str]:
    """The codes of what stops a run."""
    return [one.code for one in diagnosis.stopping]


def test_a_sound_target_is_fit(sandbox: Sandbox, diagnosed: Diagnosed) -> None:
    """Nothing stops a run against the reference server, and the second key is taken."""
    keys = {"OIP_API_KEY": sandbox.key, "OIP_SECOND_API_KEY": sandbox.second_key}
    diagnosis = diagnosed(sandbox.url, **keys)
    assert codes(diagnosis) == []
    assert not diagnosis.remarks
    assert {one.code for one in diagnosis.advice} <= {"CFG-77"}


def test_the_doctor_only_reads(fake: Answering, diagnosed: Diagnosed) -> None:
    """Whatever the profile claims and allows, nothing but GET and OPTIONS is sent."""
    target = fake(lambda _: (200, "application/json", b"[]"))
    diagnosed(target.url, "[safety]\nwrites = true")
    assert len(target.asked) > 10
    assert {method for method, _ in target.asked} == {"GET"}
    assert not [path for _, path in target.asked if "/lookup" in path or "/enrich" in path]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, "text/html", b"<h1>Portal</h1>"), "CFG-35"),
        ((302, "text/html", b""), "CFG-36"),
        ((404, "text/html", b"<h1>404</h1>"), "CFG-37"),
        ((404, "application/json", b'{"error": "no route"}'), "CFG-37"),
        (error(401), "CFG-38"),
        (error(403), "CFG-39"),
        (None, "CFG-34"),
    ],
    ids=["a portal", "a redirect", "nothing there", "another API", "wrong key", "allow list", "closes"],
)
def test_each_way_of_not_being_let_in_has_its_code(
    answer: tuple[int, str, bytes] | None, code: str, fake: Answering, diagnosed: Diagnosed
) -> None:
    """One code, and a next step that fits it."""
    assert codes(diagnosed(fake(lambda _: answer).url)) == [code]


def test_a_wrong_key_is_seen_beside_reads_that_need_none(fake: Answering, diagnosed: Diagnosed) -> None:
    """A health check that anybody may ask says nothing of the key; an operation that lets only the key in does."""

    def open_health(request: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        return (200, "application/json", b"{}") if request.path.endswith("/health") else error(401)

    def one_lets_in(request: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        return error(401) if "/stores" in request.path or not request.headers["x-api-key"] else error(404)

    assert codes(diagnosed(fake(open_health).url)) == ["CFG-38"]
    assert "CFG-38" not in codes(diagnosed(fake(one_lets_in).url))


def test_a_refused_connection_is_told_apart_from_an_unknown_host(diagnosed: Diagnosed) -> None:
    """A closed port and a name that does not exist are different mistakes."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert codes(diagnosed(f"http://127.0.0.1:{port}/v4")) == ["CFG-31"]
    assert codes(diagnosed("http://no-such-host.invalid/v4")) == ["CFG-30"]


def test_a_target_that_says_nothing_is_given_up_in_time(diagnosed: Diagnosed) -> None:
    """The doctor's patience ends within seconds, whatever the profile allows an answer to take."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        diagnosis = diagnosed(f"http://127.0.0.1:{silent.getsockname()[1]}/v4", "[target]\ntimeout_seconds = 60.0")
    assert codes(diagnosis) == ["CFG-32"]
    assert time.monotonic() - began < 10


def test_tls_against_a_plain_port_is_named(sandbox: Sandbox, diagnosed: Diagnosed) -> None:
    """https where http is spoken."""
    assert codes(diagnosed(sandbox.url.replace("http:", "https:"))) == ["CFG-33"]


def test_a_port_that_speaks_something_else_is_named(diagnosed: Diagnosed) -> None:
    """What answers is no HTTP."""
    import threading

    with socket.create_server(("127.0.0.1", 0)) as greeter:

        def greet() -> None:
            for _ in range(4):
                connection, _ = greeter.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"220 mail.example ESMTP ready\r\n")

        threading.Thread(target=greet, daemon=True).start()
        assert codes(diagnosed(f"http://127.0.0.1:{greeter.getsockname()[1]}/v4")) == ["CFG-34"]


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"OIP_API_KEY": ""}, "CFG-41"),
        ({"OIP_API_KEY": "key\n1"}, "CFG-45"),
        ({"OIP_API_KEY": '"key"'}, "CFG-45"),
        ({"OIP_SECOND_API_KEY": "key-1"}, "CFG-46"),
    ],
)
def test_keys_are_looked_at_before_they_are_sent(
    environment: dict[str, str], code: str, fake: Answering, diagnosed: Diagnosed
) -> None:
    """A key that is missing, mangled or given twice is told, and a mangled one never travels."""
    target = fake(lambda _: (200, "application/json", b"[]"))
    diagnosis = diagnosed(target.url, **environment)
    assert code in codes(diagnosis)
    if code != "CFG-46":
        assert not target.asked


def test_a_second_key_that_is_refused_is_told(fake: Answering, diagnosed: Diagnosed) -> None:
    """The first key is fine."""
    target = fake(lambda one: error(401) if one.headers["x-api-key"] == "bad" else (200, "application/json", b"[]"))
    assert codes(diagnosed(target.url, OIP_SECOND_API_KEY="bad")) == ["CFG-47"]


def test_a_busy_gateway_is_advice(fake: Answering, diagnosed: Diagnosed) -> None:
    """It passes, and stops nothing."""
    diagnosis = diagnosed(fake(lambda _: error(502)).url)
    assert codes(diagnosis) == []
    assert "CFG-48" in [one.code for one in diagnosis.advice]
