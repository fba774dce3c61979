"""Redaction: no spelling of a secret survives capture, equality does, and shapes stay valid."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.evidence import SECRET_MARK, Redactor
from oip_conformance.evidence.bodies import LARGE
from oip_conformance.evidence.redaction import is_national_id

KEY = 'canary key/+"æ=1'
OURS, STRANGER = "+4799900001", "+4791234567"
NATIONAL_ID = "15076500565"


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(b"run", secrets=[KEY], phone_ranges=[("+4799900000", "+4799999999")], phones=["+4712345678"])


@pytest.mark.parametrize(
    "spelling",
    [
        KEY,
        quote(KEY, safe=""),
        quote(KEY),
        json.dumps(KEY)[1:-1],
        json.dumps(KEY, ensure_ascii=False)[1:-1],
        KEY.encode().hex(),
    ],
)
def test_every_spelling_of_a_key_is_replaced(redactor: Redactor, spelling: str) -> None:
    shown = redactor.text(f"before {spelling} after")
    assert spelling not in shown
    assert SECRET_MARK in shown


@given(before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_a_key_inside_base64_text_does_not_survive_at_any_alignment(before: bytes, after: bytes) -> None:
    redactor = Redactor(b"run", secrets=["canary-key-0123456789"])
    text = base64.b64encode(before + b"canary-key-0123456789" + after).decode()
    shown = redactor.text(text)
    assert SECRET_MARK in shown
    padded = shown.split(SECRET_MARK)[0]
    assert b"canary-key" not in base64.b64decode(padded[: len(padded) // 4 * 4])


def test_credential_headers_are_replaced_whatever_their_value_and_case(redactor: Redactor) -> None:
    headers = dict(redactor.headers([(b"X-API-Key", b"anything"), (b"Set-Cookie", b"id=1"), (b"Accept", b"text/html")]))
    assert headers["X-API-Key"].startswith(SECRET_MARK)
    assert headers["Set-Cookie"].startswith(SECRET_MARK)
    assert headers["Accept"] == "text/html"


def test_a_strangers_phone_number_becomes_a_token_of_the_same_shape_and_ours_stays(redactor: Redactor) -> None:
    shown = json.loads(redactor.body(json.dumps({"a": STRANGER, "b": OURS, "c": "+4712345678"}).encode()))
    assert shown["b"] == OURS
    assert shown["c"] == "+4712345678"
    assert shown["a"] != STRANGER
    assert shown["a"][0] == "+"
    assert shown["a"][1:].isdigit()


def test_a_phone_number_has_one_token_in_url_and_body(redactor: Redactor) -> None:
    in_body = redactor.text(STRANGER)
    in_url = redactor.url(f"http://localhost/v4/customers?mobilePhone={quote_plus(STRANGER)}")
    assert in_url.endswith(quote_plus(in_body))


def test_a_national_id_is_replaced_also_as_a_number_and_the_document_stays_json(redactor: Redactor) -> None:
    shown = redactor.body(f'{{"text": "{NATIONAL_ID}", "number": {NATIONAL_ID}, "total": 12345678901}}'.encode())
    value = json.loads(shown)
    assert NATIONAL_ID.encode() not in shown
    assert str(value["number"]) == value["text"]
    assert value["total"] == 12345678901


@pytest.mark.parametrize("before", ["", " ", '"', "-", "+", "x", "1", ".", "%2B"])
@pytest.mark.parametrize("after", ["", " ", '"', ",", "x", "1", "."])
def test_a_national_id_stands_by_itself(before: str, after: str) -> None:
    """Eleven digits inside of a longer number, a word or a decimal are none."""
    text = before + NATIONAL_ID + after
    inside = before in ("x", "1", ".", "%2B") or after in ("x", "1", ".")
    redactor = Redactor(b"run", phone_ranges=[("+10000000000", "+999999999999999")])
    assert (redactor.text(text) == text) is inside


def test_a_card_token_is_the_same_token_in_body_and_path(redactor: Redactor) -> None:
    body = json.loads(redactor.body(b'{"token": "card/1"}'))
    assert redactor.url("http://localhost/v4/payment/token/card%2F1").endswith(body["token"])


def test_a_member_that_is_no_proper_json_text_is_hidden_as_it_stands(redactor: Redactor) -> None:
    shown = redactor.text(r'{"token": "broken\qescape", "secret": "\u00e6"}')
    assert "broken" not in shown
    assert shown.count("oip-token-") == 2


def test_a_short_secret_is_hidden_where_it_stands_alone_and_an_empty_one_nowhere() -> None:
    """What three characters leave in base64 text stands in any other text as well; it is not searched."""
    redactor = Redactor(b"run", secrets=["", "k7æ"])
    assert redactor.text("a k7æ b").startswith(f"a {SECRET_MARK}")
    assert redactor.text(base64.b64encode("k7æ".encode()).decode()) == base64.b64encode("k7æ".encode()).decode()
    assert redactor.text("nothing") == "nothing"


def test_the_same_value_has_another_token_in_another_run() -> None:
    first, second = Redactor(b"one", secrets=["secret-key"]), Redactor(b"two", secrets=["secret-key"])
    assert first.text("secret-key") == first.text("secret-key")
    assert first.text("secret-key") != second.text("secret-key")


def test_redacting_twice_changes_nothing_more(redactor: Redactor) -> None:
    once = redactor.body(json.dumps({"token": "abc", "phone": OURS, "key": KEY, "id": NATIONAL_ID}).encode())
    assert redactor.body(once) == once


def test_recipients_are_hidden_with_and_without_country_code() -> None:
    redactor = Redactor(b"run", people=["+4798765432"])
    shown = redactor.text("98765432 and 4798765432 and +4798765432")
    assert "98765432" not in shown


def test_a_longer_number_is_no_recipients() -> None:
    """Tests send numbers that are far too long; what is hidden of them could never be asked again."""
    redactor = Redactor(b"run", people=["+4798765432"], phone_ranges=[("+4700000000", "+4799999999")])
    assert redactor.text("+47987654320000000000") == "+47987654320000000000"
    assert "98765432" not in redactor.text("+4798765432, 004798765432")


@pytest.mark.parametrize(("digits", "valid"), [("15076500565", True), ("15076500566", False), ("99076500565", False)])
def test_national_ids_are_known_by_date_and_check_digits(digits: str, valid: bool) -> None:
    assert is_national_id(digits.encode()) is valid


@given(st.binary(max_size=200))
def test_no_bytes_make_redaction_fail(content: bytes) -> None:
    Redactor(b"run", secrets=[KEY]).body(content)


@pytest.mark.parametrize("middle", [KEY, STRANGER, NATIONAL_ID, '"token": "t0ken"', "", r"\u0063anary key/+\"æ=1"])
@pytest.mark.parametrize("filler", ["x", "c", "1", "7", "\\", "xy"])
def test_a_large_body_is_cleared_as_a_small_one_is(redactor: Redactor, middle: str, filler: str) -> None:
    """Megabytes of one letter are passed over, and nothing that stands before, between or after them."""
    few, many = (filler * (size // len(filler)) for size in (512, LARGE))
    shown = [redactor.text(f'{{"a": "{part} {middle} {part}"}}') for part in (few, many)]
    assert shown[1] == shown[0].replace(few, many)


def test_a_secret_of_one_letter_is_found_in_a_large_body() -> None:
    secret = "x" * 300
    assert secret not in Redactor(b"run", secrets=[secret]).text("x" * LARGE)
