"""What JSON, URLs and HTML may write for a letter is written out, and nothing else is touched."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.evidence import Redactor
from oip_conformance.evidence.spelling import without_long_runs, written_out

SECRETS = ("a-key-of-9", "k/+\"æ=19\\<&%'", "ключ-7731")


def escapes(text: str) -> dict[str, str]:
    """Every way in which each letter of a text may be escaped."""
    units = text.encode("utf-16-be")
    pairs = [units[place : place + 2].hex() for place in range(0, len(units), 2)]
    return {
        "json": "".join(f"\\u{one}" for one in pairs),
        "json in capitals": "".join(f"\\u{one.upper()}" for one in pairs),
        "solidus": json.dumps(text)[1:-1].replace("/", "\\/"),
        "url": "".join(f"%{one:02x}" for one in text.encode()),
        "URL": "".join(f"%{one:02X}" for one in text.encode()),
        "html": "".join(f"&#{ord(one)};" for one in text),
        "hexadecimal": "".join(f"&#x{ord(one):X};" for one in text),
    }


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("way", escapes(""))
def test_no_escape_hides_a_secret(secret: str, way: str) -> None:
    redactor = Redactor(b"key", secrets=[secret])
    hidden = f'{{"echo":"bad {escapes(secret)[way]}."}}'.encode()
    shown = redactor.body(hidden)
    assert shown.startswith(b'{"echo":"bad oip-secret-'), shown
    assert redactor.body(shown) == shown
    headers = redactor.headers([(b"X-Echo", escapes(secret)[way].encode())])
    assert headers[0][1].startswith("oip-secret-")


def test_no_escape_hides_a_number() -> None:
    redactor = Redactor(b"key")
    for number, token in (("+4741234567", b"+999"), ("01017000027", b"99")):
        for way in ("json", "html", "hexadecimal"):
            assert redactor.body(escapes(number)[way].encode()).startswith(token)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda part: st.lists(part), max_leaves=8))
def test_a_json_text_says_the_same_when_its_escapes_are_written_out(value: object) -> None:
    """As far as the texts in it hold no escape of a URL or of HTML."""
    text = json.dumps(value)
    if "%" not in text and "&#" not in text:
        assert json.loads(written_out(text.encode())) == value


@given(st.binary())
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(written_out(content), bytes)


@pytest.mark.parametrize(
    "text",
    [b"", b"plain", b"\\\\u0061", b"\\u00", b"\\ud800", b"\\u0022", b"%22", b"%2B47", b"100 %", b"%ff", b"&#34;"],
)
def test_what_means_something_stays(text: bytes) -> None:
    assert written_out(text) == text


def test_a_text_that_hides_nothing_is_kept_as_it_came() -> None:
    redactor = Redactor(b"key", secrets=["a-key"])
    for body in (b'{"name":"\\u00d8yvind","url":"https:\\/\\/x\\/%61"}', b"100 %41 &#97;"):
        assert redactor.body(body) == body


@pytest.mark.parametrize(
    ("content", "brief"),
    [
        (b"", b""),
        (b"abc", b"abc"),
        (b'{"a":"' + b"x" * 5000 + b'"}', b'{"a":"' + b"x" * 256 + b'"}'),
        (b"7" * 5000, b"7" * 256),
        (b"\\" * 5000, b"\\" * 5000),
        (b"%" * 5000, b"%" * 5000),
        (b"xy" * 5000, b"xy" * 5000),
    ],
)
def test_of_long_runs_of_a_letter_or_digit_a_short_one_is_left(content: bytes, brief: bytes) -> None:
    assert without_long_runs(content) == brief
