"""Other spellings of the same text, written out: what JSON, URLs and HTML let stand for a letter becomes the letter.

Only letters are written out that mean nothing to any of the three, so that a JSON text stays one and says the same. A plus
is a space in a URL, and stays `%2B` there.
"""

from __future__ import annotations

import re

# Each begins with one letter that is no choice, so that a body of megabytes is searched for it quickly.
_JSON = re.compile(rb"\\(?:\\|/|u[0-9A-Fa-f]{4})")
_PERCENT = re.compile(rb"%(?:[2-7][0-9A-Fa-f]|[89A-Fa-f][0-9A-Fa-f](?:%[89A-Fa-f][0-9A-Fa-f])*)")
_ENTITY = re.compile(rb"&#(?:(\d{1,7})|[xX]([0-9A-Fa-f]{1,6}));")
LONG_RUN = 256
"""So many equal letters are no number, and in a secret of fewer letters they do not stand."""
_MEANS_SOMETHING = frozenset(b'"\\%&<')


def written_out(content: bytes) -> bytes:
    """A text with its escapes of JSON (`\\u0061`, `\\/`), of URLs (`%61`) and of HTML (`&#97;`) written out; those that stay
    are spelt in one way."""
    for sign, pattern, letter in ((b"\\", _JSON, _of_json), (b"%", _PERCENT, _of_url), (b"&#", _ENTITY, _of_html)):
        if sign in content:
            content = pattern.sub(letter, content)
    return content


def without_long_runs(content: bytes) -> bytes:
    """A text in which the letter or digit in its middle stands no more than so often in a row: megabytes of one letter hide
    nothing, and take long to search."""
    middle = content[len(content) // 2 :][:1]
    return re.sub(b"%s{%d,}" % (middle, LONG_RUN), middle * LONG_RUN, content) if middle.isalnum() else content


def _of_json(found: re.Match[bytes]) -> bytes:
    text = found.group()
    if text.startswith(b"\\u"):
        return _letter(int(text[2:], 16)) or text.lower()
    return b"/" if text == b"\\/" else text


def _of_url(found: re.Match[bytes]) -> bytes:
    raw = bytes.fromhex(found.group().replace(b"%", b"").decode())
    try:
        return b"".join((one != "+" and _letter(ord(one))) or b"%%%02X" % ord(one) for one in raw.decode())
    except UnicodeDecodeError:
        return found.group()


def _of_html(found: re.Match[bytes]) -> bytes:
    decimal, hexadecimal = found.groups()
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return _letter(code) or b"&#%d;" % code


def _letter(code: int) -> bytes:
    """A letter, or nothing for what is none or would mean something."""
    surrogate, control = 0xD800 <= code <= 0xDFFF, code < 0x20 or 0x7F <= code < 0xA0
    if surrogate or control or code > 0x10FFFF or code in _MEANS_SOMETHING:
        return b""
    return chr(code).encode()
