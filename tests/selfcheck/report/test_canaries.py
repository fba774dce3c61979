"""No file that a run leaves holds a key, a token, a phone number or a national id that passed by, in any spelling."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from oip_conformance.evidence.redaction import is_national_id

KEY, SECOND = 'canary-key/+"æ=19', "second-canary-7731"
TOKEN, PHONE, NATIONAL_ID = "tok-canary-55012", "+4741234567", "01017000027"
PROFILE = f"""
name = "Canaries"
[claims]
classes = "all"
[fixtures]
stores = ["STORE-001"]
[safety]
writes = true
[safety.external]
sendSms = ["{PHONE}"]
"""


def spellings(secret: str) -> set[bytes]:
    """A value as it may hide: plain, escaped for JSON, XML, HTML, shells and URLs, in hexadecimal, in base64 at any offset."""
    raw = secret.encode()
    found = {
        raw,
        quote(secret).encode(),
        quote(secret, safe="").encode(),
        json.dumps(secret)[1:-1].encode(),
        json.dumps(json.dumps(secret)[1:-1])[1:-1].encode(),
        "".join(f"%{one:02x}" for one in raw).encode(),
        "".join(f"&#{ord(one)};" for one in secret).encode(),
        "".join(f"&#x{ord(one):x};" for one in secret).encode(),
        "".join(f"\\u{ord(one):04x}" for one in secret).encode(),
        json.dumps(secret)[1:-1].replace("/", "\\/").encode(),
        secret.replace("&", "&amp;").replace('"', "&quot;").encode(),
        secret.replace('"', "&#34;").encode(),
        repr(secret)[1:-1].encode(),
        raw.hex().encode(),
        raw.hex().upper().encode(),
    }
    for shift in range(3):
        start, end = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        found |= {encode(b"\0" * shift + raw)[start:end] for encode in (base64.b64encode, base64.urlsafe_b64encode)}
    return found


def escape(text: str) -> bytes:
    """A text as JSON may spell it: every letter by its number."""
    return b"".join(b"\\u%04x" % ord(one) for one in text)


class Chatty(BaseHTTPRequestHandler):
    """A target that puts every secret it knows into every answer."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = {
            "status": "ok",
            "key": KEY,
            "percent": quote(KEY, safe=""),
            "base64": base64.b64encode(f"x{KEY}".encode()).decode(),
            "hex": KEY.encode().hex(),
            "percent of all": "".join(f"%{one:02x}" for one in KEY.encode()),
            "entities": "".join(f"&#{ord(one)};" for one in KEY),
            "hexadecimal entities": "".join(f"&#x{ord(one):x};" for one in KEY),
            "HTML": html.escape(KEY),
            "second": SECOND,
            "token": TOKEN,
            "ssn": NATIONAL_ID,
            "text": f"call {PHONE} or {PHONE[1:]} or {PHONE[3:]}, number {NATIONAL_ID}",
        }
        content = json.dumps(body).encode()
        escaped = [escape(one) for one in (KEY, SECOND, PHONE, NATIONAL_ID)]
        escaped.append(json.dumps(KEY)[1:-1].replace("/", "\\/").encode())
        content = gzip.compress(content[:-1] + b"".join(b',"e%d":"%s"' % pair for pair in enumerate(escaped)) + b"}")
        self.send_response(500)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Echo", quote(KEY))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = answer  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def leaks(tmp_path_factory) -> tuple[Path, str]:
    """A run against the chatty target: its directory and what it printed."""
    folder = tmp_path_factory.mktemp("canaries")
    (folder / "profile.toml").write_text(PROFILE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Chatty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [sys.executable, "-c", "from oip_conformance.cli import main; main()", "certify", "--level", "smoke"]
    command += ["--profile", "profile.toml", "--target", f"http://127.0.0.1:{server.server_address[1]}/v4", "--har"]
    command += ["--only", "getHealth", "--only", "getStores", "--output", str(folder / "run")]
    keys = {"OIP_API_KEY": KEY, "OIP_SECOND_API_KEY": SECOND, "GITHUB_ACTIONS": "true"}
    page = folder / "run-page.md"
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **keys, "GITHUB_STEP_SUMMARY": str(page)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    server.shutdown()
    server.server_close()
    assert done.returncode == 1, done.stdout + done.stderr
    page.rename(folder / "run" / "step-summary.md")
    return folder / "run", done.stdout + done.stderr


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


WRITTEN = (
    "report.html",
    "summary.md",
    "junit.xml",
    "ctrf.json",
    "badge.svg",
    "results.json",
    "evidence.har",
    "failures",
)


def test_the_national_id_is_one():
    assert is_national_id(NATIONAL_ID.encode())


def test_the_target_was_heard(leaks):
    directory, output = leaks
    assert all((directory / name).exists() for name in WRITTEN)
    evidence = content(directory / "evidence.ndjson.gz")
    assert b"oip-secret-" in evidence
    assert b"oip-token-" in evidence
    assert "::error" in output
    failing = {one["requirement"] for one in json.loads(content(directory / "results.json"))["failures"]}
    assert {"OIP-CORE-02", "OIP-CORE-08"} <= failing, "that the key was shown is a failure of its own"


@pytest.mark.parametrize(
    "secret", [KEY, SECOND, TOKEN, PHONE, PHONE[1:], PHONE[3:], NATIONAL_ID], ids=lambda one: f"canary {one[:4]}"
)
def test_no_file_holds_a_canary(leaks, secret):
    directory, output = leaks
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert len(files) > 12
    for path in files:
        text = content(path)
        for spelling in spellings(secret):
            assert spelling not in text, f"{path.relative_to(directory)} holds {spelling!r}"
    assert not any(spelling in output.encode() for spelling in spellings(secret))
