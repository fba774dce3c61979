"""Which suite judged: version, digests of its own tests and code, and what it stands on."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

import oip_conformance
from oip_conformance.certificate.canonical import digest_of
from oip_conformance.resources import spec_directory, suite_directory

DISTRIBUTION = "oip-conformance"
DETECTION_NAME = "detection.json"
_FIGURES: Mapping[str, type] = {
    "suite": dict,
    "requirements": dict,
    "run": dict,
    "complete": bool,
    "sentence": str,
    "counts": dict,
    "families": dict,
    "requirements_without_a_catch": dict,
}
"""What a certificate says of the matrix."""

_SHIPPED_WITHIN = ("_spec/", "_suite/")
"""Folders of the wheel that lie elsewhere in a checkout; they have digests of their own."""


def suite_identity() -> dict[str, Any]:
    """The suite that runs here."""
    dependencies = dict(sorted(_dependencies()))
    return {
        "name": DISTRIBUTION,
        "version": oip_conformance.__version__,
        "python": sys.version.split()[0],
        "tests_digest": tests_digest(),
        "code_digest": code_digest(),
        "dependencies": dependencies,
        "dependencies_digest": digest_of(dependencies),
    }


@cache
def tests_digest() -> str:
    """sha256 over the names and contents of the conformance tests."""
    return _tree_digest(suite_directory(), "*.py", "*.ini")


@cache
def code_digest() -> str:
    """sha256 over the names and contents of the suite's modules."""
    return _tree_digest(Path(oip_conformance.__file__).parent, "*.py")


def detection_figures() -> dict[str, Any] | None:
    """What this version of the suite detects, by the matrix that ships with it; None when none ships.

    The file is detection.json as `detect` writes it. Its findings, one for each deviation, may be left out of it.
    """
    try:
        content = (spec_directory() / DETECTION_NAME).read_bytes()
        matrix = orjson.loads(content)
    except (OSError, ValueError):
        return None
    if not isinstance(matrix, dict) or not all(isinstance(matrix.get(name), kind) for name, kind in _FIGURES.items()):
        return None
    summary = {name: matrix[name] for name in _FIGURES}
    return {"digest": f"sha256:{hashlib.sha256(content).hexdigest()}", "summary": summary}


def _tree_digest(folder: Path, *patterns: str) -> str:
    digest = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for pattern in patterns for path in folder.rglob(pattern)}
    for name, path in sorted(files.items()):
        if name.startswith(_SHIPPED_WITHIN):
            continue
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(b"%s\0%d\0" % (name.encode(), len(content)))
        digest.update(content)
    return f"sha256:{digest.hexdigest()}"


def _dependencies() -> Iterator[tuple[str, dict[str, str]]]:
    """Version and digest (sha256 over the list of its files' digests) of what is required directly, and of theirs."""
    waiting, seen = [DISTRIBUTION], {DISTRIBUTION}
    while waiting:
        for requirement in importlib.metadata.requires(waiting.pop()) or ():
            name = _normal(re.split(r"[\s;<>=!~\[(]", requirement, maxsplit=1)[0])
            if name in seen or "extra ==" in requirement:
                continue
            seen.add(name)
            try:
                found = importlib.metadata.distribution(name)
            except importlib.metadata.PackageNotFoundError:
                continue  # a marker leaves it out on this machine
            waiting.append(name)
            yield name, {"version": found.version, "digest": _installed_digest(found)}


def _installed_digest(distribution: importlib.metadata.Distribution) -> str:
    lines = (distribution.read_text("RECORD") or "").splitlines()
    kept = sorted(line for line in lines if not line.startswith("..") and ".pyc," not in line and "sha256=" in line)
    return f"sha256:{hashlib.sha256(chr(10).join(kept).encode()).hexdigest()}"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
