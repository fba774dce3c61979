"""Whether the reads that a profile claims, or declares not activated, behave so; writes are not tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oip_conformance.contract import Operation
from oip_conformance.doctor.probe import Probe, Probed, can_be_read
from oip_conformance.profile import Profile

Found = Iterator[tuple[str, str, str]]


@dataclass(frozen=True)
class Remark:
    """Something a run will fail with as it stands: the requirement, the operation, and what was seen.

    It is no mistake of the configuration alone: either the claim is wrong, or the target is.
    """

    requirement: str
    operation: str
    message: str

    def __str__(self) -> str:
        return f"{self.requirement} {self.operation}: {self.message}"


def examine_claims(probe: Probe, profile: Profile) -> tuple[list[tuple[str, str, str]], list[Remark]]:
    """Problems of paths and methods, and claims that the target does not bear out."""
    problems: list[tuple[str, str, str]] = []
    remarks: list[Remark] = []
    for operation in probe.contract.operations.values():
        activation = profile.activation(operation)
        if activation == "undeclared" or not can_be_read(operation) or not probe.has_time:
            continue
        answer = _earlier(probe, operation) or probe.read(operation)
        if activation == "activated":
            problems += _misplaced(operation, answer)
            if answer.status == 403:
                remarks.append(Remark("OIP-ACT-01", operation.id, "it is claimed and answers 403, not activated."))
        elif answer.status not in (403, None) and not answer.busy:
            message = f"it is declared not activated and answers {answer.status} instead of 403."
            remarks.append(Remark("OIP-ACT-02", operation.id, message))
    return problems, remarks


def _earlier(probe: Probe, operation: Operation) -> Probed | None:
    return next((one for one in probe.asked if one.operation == operation.id and one.answer is not None), None)


def _misplaced(operation: Operation, answer: Probed) -> Found:
    place = f"operations.{operation.id}"
    if answer.status == 405:
        allowed = answer.header("allow") or "nothing"
        yield "CFG-90", f"{place}.method", f"{operation.path} does not know {operation.method}; it allows {allowed}."
    undocumented = not operation.documents(404)
    if answer.status == 404 and operation.path_source == "inferred" and undocumented:
        yield "CFG-89", f"{place}.path", f"{operation.path} answers 404."
