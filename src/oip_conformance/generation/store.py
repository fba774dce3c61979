"""The case store: drawn cases in files, one for an operation's requests, a level and a seed.

Cases of the standard contract ship inside the package; others are kept in the user's cache. A file is named for the
digest of what the operation takes, so a changed contract costs only the operations whose requests it changes.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import tempfile
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import orjson

from oip_conformance.generation.case import Case

FORMAT = 1
_PACKAGE = Path(__file__).resolve().parent
SHIPPED = _PACKAGE / "store"
CACHE_VARIABLE = "OIP_CONFORMANCE_CACHE"


class StoreError(Exception):
    """GEN-03: a shipped file of cases cannot be read."""

    code = "GEN-03"

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"the shipped cases in {path.name} cannot be read: {problem}")
        self.hint = "install the suite again, or in a checkout run: python -m oip_conformance.generation.build"


class Damaged(Exception):
    """A file of cases that does not hold what it says."""


class CaseStore:
    """Cases by request digest, level and seed: shipped first, then cached. Either place may be None."""

    def __init__(self, shipped: Path | None = SHIPPED, cache_directory: Path | None = None) -> None:
        self.shipped = shipped
        self.cache = cache_directory if cache_directory is not None else default_cache()

    def has(self, digest: str, level: str, seed: int) -> bool:
        """Whether there is a file of these cases, whatever its state."""
        name = file_name(digest, level, seed)
        return (self.shipped is not None and (self.shipped / name).is_file()) or (self.cache / name).is_file()

    def find(self, digest: str, level: str, seed: int) -> list[Case] | None:
        """The stored cases, or None when they have to be drawn. A damaged cache file is forgotten.

        Raises StoreError when the shipped file is damaged.
        """
        name = file_name(digest, level, seed)
        if self.shipped is not None and (path := self.shipped / name).is_file():
            try:
                return read_cases(path, digest)
            except (Damaged, OSError) as problem:
                raise StoreError(path, str(problem)) from problem
        path = self.cache / name
        try:
            return read_cases(path, digest) if path.is_file() else None
        except (Damaged, OSError):
            path.unlink(missing_ok=True)
            return None

    def keep(self, digest: str, level: str, seed: int, cases: list[Case]) -> None:
        """Put drawn cases into the cache. Where nothing can be written, nothing is kept."""
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            write_cases(self.cache / file_name(digest, level, seed), digest, cases)
        except OSError:
            return


def file_name(digest: str, level: str, seed: int) -> str:
    """The name of the file for a request digest, level and seed."""
    return f"{digest[:24]}-{level}-{seed}.ndjson.gz"


def write_cases(path: Path, digest: str, cases: list[Case], dropped: Mapping[str, int] | None = None) -> None:
    """Write a file of cases: a header line, then a line a case. It appears at once or not at all; equal cases give
    equal bytes. Raises OSError."""
    header = {"format": FORMAT, "digest": digest, "count": len(cases), "dropped": dict(dropped or {})}
    lines = [orjson.dumps(header), *(orjson.dumps(case.to_json()) for case in cases)]
    packed = gzip.compress(b"\n".join(lines) + b"\n", 9, mtime=0)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(packed)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_cases(path: Path, digest: str) -> list[Case]:
    """The cases of a file. Raises Damaged when it is cut, changed or of another format, OSError when unreadable."""
    try:
        lines = gzip.decompress(path.read_bytes()).splitlines()
        header = orjson.loads(lines[0])
        cases = [Case.from_json(orjson.loads(line)) for line in lines[1:]]
        whole = header["format"] == FORMAT and header["digest"] == digest and header["count"] == len(cases)
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError, LookupError, TypeError, AttributeError) as problem:
        raise Damaged(f"{type(problem).__name__}: {problem}") from problem
    if not whole:
        raise Damaged("its header does not fit what it holds")
    return cases


def default_cache() -> Path:
    """Where this machine keeps caches, in a folder for this very version of the generators."""
    return cache_root() / f"cases-{_machinery()}"


def cache_root() -> Path:
    """The folder for all of the suite's caches: $OIP_CONFORMANCE_CACHE, or where the platform wants them."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "oip-conformance"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "oip-conformance" / "Cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oip-conformance"


@cache
def _machinery() -> str:
    """What drawing depends on besides contract and seed: our code, and the libraries that draw."""
    digest = hashlib.sha256(f"{version('schemathesis')} {version('hypothesis')} {FORMAT}".encode())
    for path in sorted(_PACKAGE.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
