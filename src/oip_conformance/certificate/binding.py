"""What a certificate binds by digest: the files that are judged again, and the reports that people read in their place.

A report says what the results say. Whoever changes one changes what people believe of the run, so each is bound as well. Of a
folder the list of its files is bound, as `find allure-results -type f | LC_ALL=C sort | xargs sha256sum | sha256sum` has it
(`dirHash` in the digest sets of in-toto).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oip_conformance.certificate.canonical import file_digest
from oip_conformance.evidence import CONTRACT_NAME, EVIDENCE_NAME, RECORDING_NAME, TESTS_NAME
from oip_conformance.verdict.results import RESULTS_NAME

SUBJECT_FILES = (RESULTS_NAME, EVIDENCE_NAME, RECORDING_NAME, CONTRACT_NAME, TESTS_NAME)
"""The files that a certificate cannot be without. No other file is read by the names that a certificate has in it."""

REPORT_FILES = ("created.json", "report.html", "summary.md", "junit.xml", "ctrf.json", "badge.svg", "evidence.har")
REPORT_FOLDERS = ("failures", "allure-results")
REPORTS = frozenset({*REPORT_FILES, *REPORT_FOLDERS})


def files_of(directory: Path) -> Iterator[dict[str, Any]]:
    """The files that are judged again, as subjects of a statement."""
    for name in SUBJECT_FILES:
        yield {"name": name, "digest": {"sha256": file_digest(directory / name)}}


def reports_of(directory: Path) -> Iterator[dict[str, Any]]:
    """The reports that lie in a directory, as subjects of a statement."""
    for name in REPORT_FILES:
        if (directory / name).is_file():
            yield {"name": name, "digest": {"sha256": file_digest(directory / name)}}
    for name in REPORT_FOLDERS:
        if (directory / name).is_dir():
            yield {"name": name, "digest": {"dirHash": _folder_digest(directory / name)}}


def _folder_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(folder.parent).as_posix(), path) for path in folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            digest.update(f"a link or no plain file  {name}\n".encode("utf-8", "surrogateescape"))
        elif path.is_file():
            digest.update(f"{file_digest(path)}  {name}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
