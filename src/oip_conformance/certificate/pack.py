"""Reading a run directory that a stranger handed over: only the files a run writes, only plain files, none too large.

Nothing in it names a file that is then opened, and nothing is written to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from oip_conformance.certificate.binding import REPORT_FOLDERS, REPORTS, SUBJECT_FILES
from oip_conformance.certificate.canonical import canonical
from oip_conformance.certificate.envelope import LARGEST, Envelope
from oip_conformance.certificate.errors import CertificateError
from oip_conformance.certificate.issuing import CERTIFICATE_NAME, READABLE_NAME, REFUSED_NAME
from oip_conformance.certificate.statement import PREDICATE_TYPE, STATEMENT_TYPE
from oip_conformance.evidence import EVIDENCE_NAME, plain_json
from oip_conformance.verdict.results import RESULTS_NAME, ResultsError, load_results

_LIMITS: Mapping[str, int] = {
    RESULTS_NAME: 512 * 1024**2,
    EVIDENCE_NAME: 4 * 1024**3,
    "evidence.har": 64 * 1024**3,
    CERTIFICATE_NAME: LARGEST,
    REFUSED_NAME: LARGEST,
    READABLE_NAME: LARGEST,
}
_USUAL = 64 * 1024**2


@dataclass(frozen=True)
class Pack:
    """A run directory as it was handed over. `surplus` names what the envelope has beside what is signed and its label;
    `refusal` says why there is no certificate, when the run said so."""

    directory: Path
    results: dict[str, Any]
    envelope: Envelope | None
    statement: dict[str, Any] | None
    label: str
    surplus: tuple[str, ...]
    refusal: dict[str, Any] | None
    readable: str | None

    @property
    def predicate(self) -> dict[str, Any] | None:
        """What the certificate says; None when there is none that could be read as ours."""
        if self.statement is None or self.statement.get("predicateType") != PREDICATE_TYPE:
            return None
        predicate = self.statement.get("predicate")
        return predicate if isinstance(predicate, dict) else None


def open_pack(directory: Path) -> Pack:
    """Read a run directory. Raises CertificateError."""
    if not directory.is_dir():
        raise CertificateError(
            "VER-01", f"{directory} is no directory.", "Name a run directory, such as reports/latest."
        )
    for name in {*SUBJECT_FILES, *REPORTS, *_LIMITS}:
        _check(directory / name)
    try:
        results = load_results(directory)
        plain_json((directory / RESULTS_NAME).read_bytes())
    except ResultsError as problem:
        raise CertificateError(
            "VER-01" if problem.code == "RES-01" else "VER-10", problem.message, problem.hint
        ) from problem
    except ValueError as problem:
        raise CertificateError("VER-10", f"{RESULTS_NAME} cannot be read: {problem}.", _TAKE_IT_AGAIN) from problem
    path = directory / CERTIFICATE_NAME
    envelope, statement, label, surplus = None, None, "", tuple[str, ...]()
    if path.exists():
        content = path.read_bytes()
        envelope = Envelope.from_bytes(content)
        record = orjson.loads(content)
        label, surplus = record.get("label", ""), tuple(_surplus(record))
        statement = _statement(envelope.payload)
    refused, readable = directory / REFUSED_NAME, directory / READABLE_NAME
    return Pack(
        directory,
        results,
        envelope,
        statement,
        label if isinstance(label, str) else "",
        surplus,
        _object(refused.read_bytes(), REFUSED_NAME) if refused.exists() else None,
        readable.read_text(encoding="utf-8", errors="replace") if readable.exists() else None,
    )


_TAKE_IT_AGAIN = "Take the run directory again."


def _check(path: Path) -> None:
    plain = path.is_dir() if path.name in REPORT_FOLDERS else path.is_file()
    if path.is_symlink() or (path.exists() and not plain):
        raise CertificateError("VER-02", f"{path.name} is a link or no plain file.", _TAKE_IT_AGAIN)
    if path.exists() and path.stat().st_size > _LIMITS.get(path.name, _USUAL):
        code = "VER-05" if path.name == CERTIFICATE_NAME else "VER-02"
        raise CertificateError(code, f"{path.name} is larger than any run writes it.", _TAKE_IT_AGAIN)


def _statement(payload: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(payload)
        canonical(value)
    except (ValueError, TypeError):
        value = None
    if not isinstance(value, dict) or value.get("_type") != STATEMENT_TYPE:
        raise CertificateError(
            "VER-04", "the certificate's payload is no in-toto statement.", "Take it from whoever issued it again."
        )
    return value


def _surplus(record: Mapping[str, Any]) -> Iterator[str]:
    """What stands in an envelope unsigned, and is not what every certificate has there."""
    yield from sorted(set(record) - {"payload", "payloadType", "signatures", "label"})
    for signature in record["signatures"]:
        yield from sorted(set(signature) - {"keyid", "sig"})


def _object(content: bytes, name: str) -> dict[str, Any]:
    try:
        value = orjson.loads(content)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise CertificateError("VER-02", f"{name} is not what a run writes.", _TAKE_IT_AGAIN)
    return value
