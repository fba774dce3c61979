"""Fetching a contract or an overlay from the web address at which its owner publishes it."""

from __future__ import annotations

import http.client
import queue
import threading
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from oip_conformance.contract.errors import ContractError

LARGEST = 16 * 1024 * 1024
"""Bytes of a document at the most."""
SECONDS = 20.0
"""Seconds that fetching one document may take, redirects included."""

_GRACE = 0.2
"""Seconds more, in which whoever fetches says itself what was wrong."""
_CHECK = "Open the address in a browser, or save the file and name that."


def is_address(source: object) -> bool:
    """Whether a source is a web address and not a file."""
    return isinstance(source, str) and source.lower().startswith(("http://", "https://"))


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to the web only: never from https to http, never to another scheme."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after not in ("http", "https") or (before, after) == ("https", "http"):
            raise urllib.error.URLError(f"it redirects to {after}:")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(address: str, *, seconds: float = SECONDS, largest: int = LARGEST) -> bytes:
    """The document at an address, with all that takes time in so many seconds. Raises ContractError CON-10."""
    outcome: queue.SimpleQueue[bytes | ContractError] = queue.SimpleQueue()

    def work() -> None:
        try:
            outcome.put(_fetched(address, seconds, largest))
        except ContractError as problem:
            outcome.put(problem)

    threading.Thread(target=work, daemon=True).start()  # whoever sends a byte now and then keeps the wait for one alive
    try:
        found = outcome.get(timeout=seconds + _GRACE)
    except queue.Empty:
        raise _late(_shown(address), seconds) from None
    if isinstance(found, ContractError):
        raise found
    return found


def _late(shown: str, seconds: float) -> ContractError:
    return ContractError("CON-10", f"{shown} takes more than {seconds:g} s.", hint="Save it as a file.")


def _fetched(address: str, seconds: float, largest: int) -> bytes:
    shown = _shown(address)
    ends = time.monotonic() + seconds
    try:
        request = urllib.request.Request(address, headers={"Accept": "application/json, application/yaml, */*;q=0.1"})
        with urllib.request.build_opener(_SafeRedirects).open(request, timeout=seconds) as answer:
            content = bytearray()
            while part := answer.read1(65536):
                content += part
                if len(content) > largest:
                    raise ContractError(
                        "CON-10", f"{shown} is larger than {largest // 1024 // 1024} MiB.", hint="Save it as a file."
                    )
                if time.monotonic() > ends:
                    raise _late(shown, seconds)
            return bytes(content)
    except urllib.error.HTTPError as problem:
        with problem:
            raise ContractError("CON-10", f"{shown} answers {problem.code}.", hint=_CHECK) from None
    except http.client.HTTPException as problem:
        said = str(problem).strip() or type(problem).__name__
        raise ContractError("CON-10", f"what {shown} sends is not HTTP: {said}.", hint=_CHECK) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "reason", None) or problem
        raise ContractError("CON-10", f"{shown} cannot be fetched: {reason}.", hint=_CHECK) from None


def _shown(address: str) -> str:
    """An address without what may be secret in it: credentials and query."""
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
    except ValueError:
        return "the address"
