"""evidence.har: the recorded exchanges as HTTP Archive 1.2, to open in a browser's network panel."""

from __future__ import annotations

import base64
import datetime as dt
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import orjson

from oip_conformance.evidence import Exchange
from oip_conformance.report.model import RunRecord


def write(run: RunRecord, directory: Path) -> Path:
    """Write evidence.har into a run directory, an entry at a time; one page a test would be too many, so there is none."""
    path = directory / "evidence.har"
    creator = {"name": "oip-conformance", "version": run.results["suite"]["version"]}
    comment = "Keys, tokens and personal numbers were replaced when they were recorded."
    head = orjson.dumps({"version": "1.2", "creator": creator, "comment": comment, "pages": []})
    with path.open("wb") as file:
        file.write(b'{"log":' + head[:-1] + b',"entries":[')
        for number, exchange in enumerate(run.evidence):
            file.write((b",\n" if number else b"\n") + orjson.dumps(entry(exchange)))
        file.write(b"\n]}}\n")
    return path


def entry(exchange: Exchange) -> dict[str, Any]:
    """One exchange as a HAR entry; status 0 stands for no answer, as browsers write it."""
    milliseconds = round(exchange.elapsed * 1000, 3)
    return {
        "startedDateTime": dt.datetime.fromtimestamp(exchange.started, dt.UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"{exchange.id} {exchange.test} {exchange.why}".strip(),
    }


def _request(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request
    found: dict[str, Any] = {
        "method": request.method,
        "url": _uri(request.url),
        "httpVersion": exchange.response.http_version if exchange.response else "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in request.headers],
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(urlsplit(request.url).query, keep_blank_values=True, errors="replace")
        ],
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        kind = next((value for name, value in request.headers if name.lower() == "content-type"), "")
        found["postData"] = {"mimeType": kind, "text": request.body.decode("utf-8", "replace")}
    return found


def _uri(url: str) -> str:
    """A URL as the archive must hold it: what was sent with forbidden characters has them percent-encoded."""
    return _LONE_PERCENT.sub("%25", quote(url, safe="%:/?#[]@!$&'()*+,;=~"))


def _response(exchange: Exchange) -> dict[str, Any]:
    response = exchange.response
    if response is None:
        return {
            "status": 0,
            "statusText": exchange.fault or "",
            "httpVersion": "",
            "cookies": [],
            "headers": [],
            "content": {"size": 0, "mimeType": "x-unknown"},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        }
    content: dict[str, Any] = {
        "size": len(response.body),
        "mimeType": response.header("content-type") or "x-unknown",
    }
    try:
        content["text"] = response.body.decode("utf-8")
    except UnicodeDecodeError:
        content |= {"text": base64.b64encode(response.body).decode(), "encoding": "base64"}
    return {
        "status": response.status,
        "statusText": HTTPStatus(response.status).phrase if response.status in _PHRASED else "",
        "httpVersion": response.http_version,
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in response.headers],
        "content": content,
        "redirectURL": response.header("location") or "",
        "headersSize": -1,
        "bodySize": len(response.body),
    }


_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_PHRASED = frozenset(status.value for status in HTTPStatus)
