"""Redaction at capture: a secret becomes a keyed token of the run, so equality survives and the value does not.

What is replaced, in requests and responses alike, before anything is kept:

- known secrets (API keys, recipients), in plain, percent-encoded, JSON-escaped, HTML, hexadecimal and base64 spellings;
- the values of credential headers, and of body members and path parameters that carry a token or a national id;
- national identity numbers with valid check digits;
- phone numbers outside the ranges that the profile reserves for synthetic customers.

A text that hides something of this behind escapes (`\\u0061`, `%61`, `&#97;`) is written out, and only then kept.

A replaced number keeps its shape, so that a schema that accepted the value accepts its token: judging again from
evidence reaches the same word as judging live, because both see the redacted exchange only.
"""

from __future__ import annotations

import base64
import hmac
import html
import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from oip_conformance.evidence.bodies import LARGE
from oip_conformance.evidence.exchange import Headers
from oip_conformance.evidence.spelling import LONG_RUN, without_long_runs, written_out

CREDENTIAL_HEADERS = frozenset({b"x-api-key", b"authorization", b"proxy-authorization", b"cookie", b"set-cookie"})
SECRET_MARK = "oip-secret-"
"""How the token of a known secret begins; an oracle that finds one in a response knows that a secret was echoed."""
TOKEN_MARK = "oip-token-"
"""How the token of any other redacted value begins: a card token, a national id in a member or a path."""

_MEMBER = re.compile(rb'("(?i:token|ssn|password|secret|api[-_]?key|authorization)"\s*:\s*")((?:[^"\\]|\\.)+)(")')
_CREDENTIAL = re.compile(rb"(?:[A-Za-z-]+ |[\w-]+=)?oip-secret-[0-9a-f]{16}")
"""A credential that is a known secret and at most its scheme or name, which may be shown."""
_SEGMENT = re.compile(rb"(/payment/token/|/lookup/ssn/)([^/?#\s]+)", re.IGNORECASE)
_NATIONAL_ID = re.compile(rb"\d{11}(?<![0-9A-Za-z.]\d{11})(?![0-9A-Za-z.])")
_DIGITS_ALONE, _ELEVEN_DIGITS = bytes(48 if 48 <= one < 58 else 32 for one in range(256)), re.compile(b"0" * 11 + b"0*")
"""With these a body of megabytes is asked in milliseconds where eleven digits stand together in it, if at all."""
_PHONES = {
    sign: re.compile(b"(%s)" % sign.replace(b"+", rb"\+") + rb"([1-9]\d{6,14})(?!\d)")
    for sign in (b"+", b"%2B", b"%2b")
}
"""A phone number after each spelling of the plus; a pattern that begins with one letter is searched for quickly."""


class Redactor:
    """Replaces secrets and personal numbers; the same value becomes the same token within one run.

    `run_key` keys the tokens, so that nobody without it can test a guess. `secrets` are hidden wherever they stand,
    and so are the phone numbers of `people`, with and without country code.
    `phone_ranges` are (first, last) pairs of E.164 numbers that may be shown, `phones` single ones.
    """

    def __init__(
        self,
        run_key: bytes,
        *,
        secrets: Iterable[str] = (),
        people: Iterable[str] = (),
        phone_ranges: Iterable[tuple[str, str]] = (),
        phones: Iterable[str] = (),
    ) -> None:
        self._run_key = run_key
        self._ranges = [(int(first.lstrip("+")), int(last.lstrip("+"))) for first, last in phone_ranges]
        self._shown = {int(phone.lstrip("+")) for phone in phones}
        spellings: dict[bytes, bytes] = {}
        for secret in secrets:
            if secret:
                token = self._token(SECRET_MARK, secret.encode())
                for spelling in _spellings(secret):
                    spellings.setdefault(spelling, token)
        numbers = {spelling for phone in people for spelling in _phone_spellings(phone)} - spellings.keys()
        for number in numbers:
            spellings.setdefault(number, b"999" + self._digits(number[-8:], max(4, len(number) - 3)))
        self._tokens = spellings
        self._header = lru_cache(maxsize=2048)(self._header_shown)
        """Most headers of a run are those of the message before."""
        self._known = (
            re.compile(b"|".join(_spelt(item, numbers) for item in sorted(spellings, key=len, reverse=True)))
            if spellings
            else None
        )

    def body(self, content: bytes) -> bytes:
        """A body without its secrets."""
        if not content:
            return content
        if len(content) >= LARGE and max(map(len, self._tokens), default=0) < LONG_RUN:
            brief = without_long_runs(content)
            if len(brief) < LARGE and self._through(self._cleared, brief) == brief:
                return content
        return self._through(self._cleared, content)

    def _cleared(self, text: bytes) -> bytes:
        return self._numbers(_MEMBER.sub(self._member, self._plain(text)))

    def url(self, url: str) -> str:
        """A URL without its secrets."""
        raw = self._plain(url.encode("utf-8", "surrogateescape"))
        return self._numbers(_SEGMENT.sub(self._segment, raw)).decode("utf-8", "replace")

    def headers(self, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        """Headers without their secrets; the values of credential headers are replaced whatever they are."""
        return tuple(map(self._header, headers))

    def _header_shown(self, header: tuple[bytes, bytes]) -> tuple[str, str]:
        name, value = header
        if name.lower() in CREDENTIAL_HEADERS and value:
            plain = self._plain(value)
            value = plain if _CREDENTIAL.fullmatch(plain) else self._token(SECRET_MARK, value)
        else:
            value = self._through(lambda text: self._numbers(_SEGMENT.sub(self._segment, self._plain(text))), value)
        return name.decode("latin-1"), value.decode("latin-1")

    def text(self, text: str) -> str:
        """Any other text without its secrets: a message, a log line, a command line."""
        return self.body(text.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")

    @staticmethod
    def _through(clear: Callable[[bytes], bytes], content: bytes) -> bytes:
        """A text that was cleared as it stands and, where that hides nothing less, as it reads with its escapes written out."""
        shown = clear(content)
        bare = written_out(shown)
        if bare == shown:
            return shown
        hidden = clear(bare)
        return shown if hidden == bare else hidden

    def _plain(self, content: bytes) -> bytes:
        if self._known is None or not any(one in content for one in self._tokens):
            return content
        return self._known.sub(lambda found: self._tokens[found.group()], content)

    def _numbers(self, content: bytes) -> bytes:
        content = self._national_ids(content)
        for sign, pattern in _PHONES.items():
            if sign in content:
                content = pattern.sub(self._phone, content)
        return content

    def _national_ids(self, content: bytes) -> bytes:
        pieces, end = [], 0
        for digits in _ELEVEN_DIGITS.finditer(content.translate(_DIGITS_ALONE)):
            found = _NATIONAL_ID.match(content, digits.start())
            if found is not None and is_national_id(found.group()):
                pieces += [content[end : found.start()], self._national_id(found)]
                end = found.end()
        return b"".join((*pieces, content[end:])) if pieces else content

    def _member(self, found: re.Match[bytes]) -> bytes:
        try:
            value = str(json.loads(b'"' + found.group(2) + b'"')).encode("utf-8", "surrogatepass")
        except ValueError:
            value = found.group(2)
        return found.group(1) + self._token(TOKEN_MARK, value) + found.group(3)

    def _national_id(self, found: re.Match[bytes]) -> bytes:
        return b"99" + self._digits(found.group(), 9)

    def _segment(self, found: re.Match[bytes]) -> bytes:
        return found.group(1) + self._token(TOKEN_MARK, unquote_to_bytes(found.group(2)))

    def _phone(self, found: re.Match[bytes]) -> bytes:
        number = int(found.group(2))
        if number in self._shown or any(first <= number <= last for first, last in self._ranges):
            return found.group()
        return found.group(1) + b"999" + self._digits(found.group(2), 8)

    def _token(self, mark: str, value: bytes) -> bytes:
        if value.startswith((SECRET_MARK.encode(), TOKEN_MARK.encode())):
            return value
        return mark.encode() + self._mac(value).hex()[:16].encode()

    def _digits(self, value: bytes, count: int) -> bytes:
        return str(int.from_bytes(self._mac(value)) % 10**count).zfill(count).encode()

    def _mac(self, value: bytes) -> bytes:
        return hmac.digest(self._run_key, value, "sha256")


def is_national_id(digits: bytes) -> bool:
    """Whether eleven digits are a Norwegian national id: a date (also D-number or synthetic) and both check digits."""
    numbers = [digit - 48 for digit in digits]
    day, month = numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3]
    if not 1 <= day % 40 <= 31 or day > 71 or not 1 <= month % 20 % 40 <= 12:
        return False
    return _check(numbers, (3, 7, 6, 1, 8, 9, 4, 5, 2), 9) and _check(numbers, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 10)


def _check(numbers: list[int], weights: tuple[int, ...], position: int) -> bool:
    remainder = 11 - sum(map(int.__mul__, weights, numbers)) % 11
    return numbers[position] == (0 if remainder == 11 else remainder)


def _spelt(spelling: bytes, numbers: set[bytes]) -> bytes:
    """A pattern that finds a spelling; a longer number that begins with a phone number is another number."""
    return re.escape(spelling) + (rb"(?!\d)" if spelling in numbers else b"")


_KEPT = '"\\%&<'
"""Letters that are not written out, since they would mean something: a secret with one is known by its spelling."""


def _spellings(secret: str) -> set[bytes]:
    raw = secret.encode()
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: raw,
        lambda: quote(secret, safe="").encode(),
        lambda: quote(secret).encode(),
        lambda: quote(secret, safe="").lower().encode(),
        lambda: json.dumps(secret)[1:-1].encode(),
        lambda: json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        lambda: raw.hex().encode(),
        lambda: raw.hex().upper().encode(),
        lambda: html.escape(secret).encode(),
        lambda: html.escape(secret).replace("&quot;", "&#34;").replace("&#x27;", "&#39;").encode(),
        lambda: "".join(f"&#{ord(one)};" if one in _KEPT else one for one in secret).encode(),
        lambda: "".join(f"&#x{ord(one):x};" if one in _KEPT else one for one in secret).encode(),
        lambda: "".join(f"%{ord(one):02X}" if one in f"{_KEPT}+" else one for one in secret).encode(),
        lambda: "".join(f"\\u{ord(one):04x}" if one in _KEPT else one for one in secret).encode(),
    )
    spellings = {way() for way in ways}
    if len(raw) >= 6:
        spellings |= set(_base64_cores(raw))
    return spellings


def _phone_spellings(phone: str) -> set[bytes]:
    """A phone number without its plus, and its local part without the Norwegian country code."""
    digits = "".join(character for character in phone if character.isdigit())
    local = digits.removeprefix("47") if len(digits) == 10 else digits
    return {spelling.encode() for spelling in (digits, local) if len(spelling) >= 6}


def _base64_cores(raw: bytes) -> Iterable[bytes]:
    """The characters that a value always leaves in base64 text, for each of its three possible alignments."""
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * shift + raw)
            start = -(-shift * 8 // 6)
            end = (shift + len(raw)) * 8 // 6
            yield encoded[start:end]
