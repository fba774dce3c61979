"""Rules on what a response must not give away."""

from __future__ import annotations

import re

from oip_conformance.evidence import SECRET_MARK
from oip_conformance.oracle.judgement import KEPT, Broken, Judgement, Scene
from oip_conformance.oracle.registry import rule

_INTERNALS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("a Python traceback", re.compile(rb'Traceback \(most recent call last\)|File "[^"]+", line \d+')),
    (
        "a Java stack trace",
        re.compile(rb"\bat [\w.$]+\([\w]+\.(java|kt|scala):\d+\)|\bjava\.(lang|util|sql)\.\w+Exception"),
    ),
    (
        "a .NET stack trace",
        re.compile(rb"\.cs:line \d+|\bSystem\.\w*Exception\b|Microsoft\.(AspNetCore|EntityFramework)"),
    ),
    ("a Node.js stack trace", re.compile(rb"\bat [^\n]{1,120}\((?:/|node:|[A-Z]:\\)[^)\n]+:\d+:\d+\)|node_modules/")),
    ("a PHP error", re.compile(rb"<b>(Fatal error|Warning|Parse error)</b>|Stack trace:\s*#0")),
    ("a Go panic", re.compile(rb"\bgoroutine \d+ \[|\bpanic: runtime error")),
    (
        "a database message",
        re.compile(
            rb"SQLSTATE|\bORA-\d{5}\b|syntax error at or near|near \\?\"\w*\\?\": syntax error|sqlite3?\.\w*Error"
            rb"|UNIQUE constraint failed|\bpsycopg|You have an error in your SQL syntax|Unclosed quotation mark"
            rb"|\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^\"]{1,200}\b(FROM|VALUES|WHERE|SET)\b",
        ),
    ),
    (
        "a path of the server",
        re.compile(rb"(?<![\w:/.])/(usr|var|opt|home|srv|etc)/[\w.-]+/[\w./-]+|[A-Z]:\\\\?\w+\\\\?\w+"),
    ),
)


@rule("OIP-CORE-07")
def no_internals_are_shown(scene: Scene) -> Judgement:
    """No response shows a stack trace, a path of the server, a query or a database message that it was not sent."""
    response = scene.exchange.response
    if response is None or not response.body:
        return None
    for what, pattern in _INTERNALS:
        found = pattern.search(response.body)
        if found and found.group() not in scene.exchange.request.body:
            shown = found.group()[:80].decode("utf-8", "replace")
            return Broken(f"shows {what}", "The response shows the server's inside", f"no trace of {what}", shown)
    return KEPT


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
