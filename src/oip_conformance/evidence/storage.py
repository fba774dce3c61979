"""Evidence on disk: one gzip file of JSON lines a run, read as a stream."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

import orjson

from oip_conformance.evidence.bodies import LARGE
from oip_conformance.evidence.exchange import Exchange

EVIDENCE_NAME = "evidence.ndjson.gz"


_TEST = re.compile(rb'\{"id":"[^"\\]*","test":("(?:[^"\\]|\\.)*"),')
"""The test of an exchange, as the beginning of its line names it."""


_ID = re.compile(rb'\{"id":("(?:[^"\\]|\\.)*"),')
"""The id of an exchange, with which its line begins."""

_AT_ONCE = 1024**2
"""So many bytes are unpacked at a time."""

LONGEST_LINE = 256 * 1024**2
"""So many bytes an exchange may have: the largest bodies that are sent and read, with everything escaped."""
MOST_UNPACKED, AT_FIRST = 200, 1024**3
"""Evidence unpacks to so many times its size, and to so many bytes more for bodies that are large and say nothing."""


class Digest(Protocol):
    """What takes in bytes, as those of hashlib do."""

    def update(self, data: bytes, /) -> None: ...


class EvidenceError(Exception):
    """Evidence that cannot be read. `code`: EVI-01 missing, EVI-02 damaged, EVI-03 a record that is no exchange, EVI-04 another
    record of a run that is none."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(f"{code}: {message} {hint}")
        self.code = code
        self.message = message
        self.hint = hint


def gather(parts: Iterable[Path], target: Path) -> str:
    """Join the recorders' files into one evidence file; returns its digest (sha256 over the uncompressed lines).

    A last line that was cut off when its process was killed is left out; all whole lines are kept.
    """
    digest = hashlib.sha256()
    with (
        target.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=4, mtime=0) as packed,
    ):
        for part in parts:
            with part.open("rb") as lines:
                for line in lines:
                    if line.endswith(b"\n"):
                        packed.write(line)
                        digest.update(line)
    return f"sha256:{digest.hexdigest()}"


class EvidenceFile:
    """A run's evidence, streamed. `keep` names exchanges to hold in memory, packed, so that `get` answers at once."""

    def __init__(self, path: Path, keep: Collection[str] = ()) -> None:
        self.path = path
        wanted = {orjson.dumps(one) for one in keep}
        self._kept: dict[str, bytes] = {}
        for line in self._lines(_Allowance(path)) if wanted else ():
            if (found := _ID.match(line)) and found.group(1) in wanted:
                self._kept[orjson.loads(found.group(1))] = zlib.compress(line, 1)

    def __iter__(self) -> Iterator[Exchange]:
        left = _Allowance(self.path)
        for number, line in enumerate(self._lines(left), start=1):
            yield left.for_bodies_of(self._exchange(line, f"line {number}"))

    def into(self, digest: Digest) -> Iterator[Exchange]:
        """All exchanges, none written otherwise than a run does; the lines that they stand in go into a digest on the way."""
        left = _Allowance(self.path)
        for number, line in enumerate(self._lines(left), start=1):
            digest.update(line)
            yield left.for_bodies_of(self._exchange(line, f"line {number}", plainly=True))

    def of_stories(self, general: Collection[str]) -> Iterator[Exchange]:
        """The exchanges of all tests but these, which are not even read: most of a run's exchanges are theirs."""
        skipped = {orjson.dumps(test) for test in general}
        left = _Allowance(self.path)
        for line in self._lines(left):
            found = _TEST.match(line)
            if found is None or found.group(1) not in skipped:
                yield left.for_bodies_of(self._exchange(line))

    def kept(self, exchange_id: str) -> Exchange | None:
        """The exchange with this id, if it is one of those held in memory."""
        packed = self._kept.get(exchange_id)
        return self._exchange(zlib.decompress(packed)) if packed else None

    def get(self, exchange_id: str) -> Exchange | None:
        """The exchange with this id, or None."""
        return self.kept(exchange_id) or next((exchange for exchange in self if exchange.id == exchange_id), None)

    def digest(self) -> str:
        """sha256 over the uncompressed lines, as `gather` returned it."""
        digest = hashlib.sha256()
        for line in self._lines(_Allowance(self.path)):
            digest.update(line)
        return f"sha256:{digest.hexdigest()}"

    def _exchange(self, line: bytes, place: str = "a line", *, plainly: bool = False) -> Exchange:
        try:
            record = orjson.loads(line)
            if plainly and orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) != line:
                raise ValueError("it is not written as a run writes it")
            return Exchange.from_json(record)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise EvidenceError(
                "EVI-03",
                f"{place} of {self.path.name} is not an exchange ({type(problem).__name__}: {problem}).",
                "The file was changed after the run; take it from the run directory again.",
            ) from problem

    def _lines(self, left: _Allowance) -> Iterator[bytes]:
        try:
            left.more(MOST_UNPACKED * self.path.stat().st_size)
            with gzip.open(self.path, "rb") as packed, io.BufferedReader(packed, _AT_ONCE) as lines:
                for line in iter(partial(lines.readline, LONGEST_LINE), b""):
                    left.take(len(line))
                    if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                        raise left.exceeded()
                    yield line
        except FileNotFoundError as problem:
            raise EvidenceError(
                "EVI-01", f"there is no {self.path.name} in {self.path.parent.name}.", "Name a run directory."
            ) from problem
        except (OSError, EOFError, zlib.error) as problem:
            raise _damaged(self.path, str(problem)) from problem


class _Allowance:
    """The bytes to which evidence may still unpack: its lines, and the large bodies that stand packed in them."""

    def __init__(self, path: Path) -> None:
        self._path, self._left = path, AT_FIRST

    def more(self, size: int) -> None:
        """Allow so many bytes more."""
        self._left += size

    def take(self, size: int) -> None:
        """Count so many bytes. Raises EvidenceError EVI-02 when they are too many."""
        self._left -= size
        if self._left < 0:
            raise self.exceeded()

    def for_bodies_of(self, exchange: Exchange) -> Exchange:
        """The exchange, its large bodies counted."""
        bodies = (exchange.request.body, exchange.response.body if exchange.response else b"")
        self.take(sum(len(body) for body in bodies if len(body) >= LARGE))
        return exchange

    def exceeded(self) -> EvidenceError:
        """What to say of evidence that is too large."""
        return _damaged(self._path, "it unpacks to more than any run records")


def _damaged(path: Path, why: str) -> EvidenceError:
    return EvidenceError(
        "EVI-02",
        f"{path.name} is damaged ({why}).",
        "It was cut or changed after the run; take it from the run directory again.",
    )
