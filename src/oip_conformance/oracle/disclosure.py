"""Rules on what a response must not give away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from oip_conformance.evidence import SECRET_MARK
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule
from oip_conformance.oracle.seen import Seen


@dataclass(frozen=True)
class Trace:
    """Something that only the inside of a server looks like.

    The pattern is searched for where one of the words stands, without one of which it cannot match.
    """

    what: str
    words: tuple[bytes, ...]
    pattern: re.Pattern[bytes]

    def places_in(self, response: bytes) -> tuple[bytes, ...]:
        """The places of a response that look like it, each as it is spelt, in their order."""
        if not any(word in response for word in self.words):
            return ()
        return tuple(dict.fromkeys(one.group() for one in self.pattern.finditer(response)))


TRACES = (
    Trace(
        "a Python traceback",
        (b"Traceback (most", b'File "', b'File \\"'),
        re.compile(rb'Traceback \(most recent call last\)|File \\?"[^"]+", line \d+'),
    ),
    Trace(
        "a Java stack trace",
        (b".java:", b".kt:", b".scala:", b"java.lang.", b"java.util.", b"java.sql."),
        re.compile(rb"\bat [\w.$]+\([\w]+\.(java|kt|scala):\d+\)|\bjava\.(lang|util|sql)\.\w+Exception"),
    ),
    Trace(
        "a .NET stack trace",
        (b".cs:line ", b"System.", b"Microsoft."),
        re.compile(rb"\.cs:line \d+|\bSystem\.\w*Exception\b|Microsoft\.(AspNetCore|EntityFramework)"),
    ),
    Trace(
        "a Node.js stack trace",
        (b"(/", b"(node:", b":\\", b"node_modules/"),
        re.compile(rb"\bat [^\n]{1,120}\((?:/|node:|[A-Z]:\\)[^)\n]+:\d+:\d+\)|node_modules/"),
    ),
    Trace(
        "a PHP error",
        (b"<b>", b"Stack trace:"),
        re.compile(rb"<b>(Fatal error|Warning|Parse error)</b>|Stack trace:\s*#0"),
    ),
    Trace("a Go panic", (b"goroutine ", b"panic: "), re.compile(rb"\bgoroutine \d+ \[|\bpanic: runtime error")),
    Trace(
        "a database message",
        (b"SQL", b"ORA-", b"syntax error", b"sqlite", b"UNIQUE constraint", b"psycopg", b"Unclosed quotation",
         b"SELECT", b"INSERT INTO", b"UPDATE", b"DELETE FROM"),
        re.compile(
            rb"SQLSTATE|\bORA-\d{5}\b|syntax error at or near|near \\?\"\w*\\?\": syntax error|sqlite3?\.\w*Error"
            rb"|UNIQUE constraint failed|\bpsycopg|You have an error in your SQL syntax|Unclosed quotation mark"
            rb"|\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^\"]{1,200}\b(FROM|VALUES|WHERE|SET)\b",
        ),
    ),
    Trace(
        "a path of the server",
        (b"/usr/", b"/var/", b"/opt/", b"/home/", b"/srv/", b"/etc/"),
        re.compile(rb"/(?<![\w:/.]/)(usr|var|opt|home|srv|etc)/[\w.-]+/[\w./-]+"),
    ),
    Trace("a path of the server", (b":\\",), re.compile(rb"[A-Z]:\\(?!u[0-9A-Fa-f]{4})\\?\w+\\\\?\w+")),
)  # fmt: skip


CREDENTIALS = (
    Trace(
        "a connection string",
        (b"assword=", b"assword =", b"PASSWORD=", b"wd="),
        re.compile(
            rb"\b(?i:server|host|data source|user id|uid|user)\s?=[^\"]{1,200};\s*(?i:password|pwd)\s?=[^;\"\s]+",
        ),
    ),
    Trace(
        "an address with a password",
        (b"://",),
        re.compile(
            rb"\b(?:postgres(?:ql)?|mysql|mariadb|mssql|mongodb(?:\+srv)?|rediss?|amqps?|ldaps?)://[^\s:/@\"]*:[^\s@\"]+@",
        ),
    ),
    Trace(
        "the hash of a password",
        (b"$2a$", b"$2b$", b"$2y$", b"$argon2"),
        re.compile(rb"\$2[aby]\$\d\d\$[./A-Za-z0-9]{22}|\$argon2(?:id|i|d)\$v=\d+\$"),
    ),
    Trace("a private key", (b"PRIVATE KEY-----",), re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
)


@rule("OIP-CORE-07")
def no_internals_are_shown(scene: Scene) -> Judgement:
    """No response shows a stack trace, a path of the server, a query or a database message that it was not sent."""
    return _shows(scene, TRACES, "The response shows the server's inside", _TRACES_OF)


@rule("OIP-CORE-24")
def no_credential_is_shown(scene: Scene) -> Judgement:
    """No response shows how the server reaches its own systems, a private key or the hash of a password."""
    return _shows(scene, CREDENTIALS, "The response shows a credential of the server", _CREDENTIALS_OF)


_Traces: TypeAlias = tuple[tuple[str, bytes], ...]
_TRACES_OF: Seen[_Traces] = Seen()
_CREDENTIALS_OF: Seen[_Traces] = Seen()


def _shows(scene: Scene, traces: tuple[Trace, ...], title: str, seen: Seen[_Traces]) -> Judgement:
    """Broken where a response has one of the traces, and its request did not send it."""
    response = scene.exchange.response
    if response is None or not response.body:
        return None
    found = seen(response.body_digest, lambda: tuple(_traces_in(response.body, traces)))
    if not found:
        return KEPT
    request = scene.exchange.request
    sent = request.body + b"\n" + unquote_to_bytes(request.url)
    what, place = next(((what, place) for what, place in found if place not in sent), ("", b""))
    if not place:
        return KEPT
    shown = place[:80].decode("utf-8", "replace")
    return Broken(f"shows {what}", title, f"no trace of {what}", shown)


def _traces_in(response: bytes, traces: tuple[Trace, ...]) -> Iterator[tuple[str, bytes]]:
    """Whatever of the traces is in a response, with what it is."""
    return ((trace.what, place) for trace in traces for place in trace.places_in(response))


@rule("OIP-CORE-08")
def no_secret_is_echoed(scene: Scene) -> Judgement:
    """No response carries an API key, in its body or in a header."""
    response = scene.exchange.response
    if response is None:
        return None
    mark = SECRET_MARK.encode()
    places = ["the body"] if mark in response.body else []
    places += [
        f"the header {name}"
        for name, value in response.headers
        if SECRET_MARK in value and name.lower() not in ("set-cookie",)
    ]
    if places:
        return Broken(
            "echoes the API key", "A response carries an API key", "no key in a response", f"one in {places[0]}"
        )
    return KEPT
