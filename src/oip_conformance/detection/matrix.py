"""The kill matrix: all findings of a detection run, added up, with what the sound server itself looked like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oip_conformance.contract.requirements import RequirementSet
from oip_conformance.detection.finding import Finding, Word, requirements_without_a_catch
from oip_conformance.verdict.state import ExitCode

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Matrix:
    """Findings in the order of the deviations; `facts` says of what run they are."""

    findings: Sequence[Finding]
    requirements: RequirementSet
    facts: Mapping[str, Any]
    complete: bool = False
    """Whether every known deviation was examined, so that a requirement without a catch has none."""

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each word, for each kind."""
        counted = Counter((finding.deviation.kind, finding.word) for finding in self.findings)
        kinds = Counter(finding.deviation.kind for finding in self.findings)
        return {
            "defects": kinds["defect"],
            "caught": counted["defect", Word.CAUGHT],
            "caught_with_others_blamed": counted["defect", Word.BLAMED_OTHERS],
            "intermittent": counted["defect", Word.INTERMITTENT],
            "missed": counted["defect", Word.MISSED] + counted["defect", Word.NOT_EXERCISED],
            "variations": kinds["variation"],
            "accepted": counted["variation", Word.ACCEPTED],
            "flagged": counted["variation", Word.FLAGGED],
            "no_run": sum(count for (_, word), count in counted.items() if word in (Word.NO_RUN, Word.NOT_APPLIED)),
        }

    @property
    def families(self) -> dict[str, dict[str, int]]:
        """For each family of defects how many there are, and how many are caught."""
        defects = [finding for finding in self.findings if finding.deviation.kind == "defect"]
        return {
            name: {
                "defects": sum(finding.deviation.family == name for finding in defects),
                "caught": sum(finding.deviation.family == name and finding.word is Word.CAUGHT for finding in defects),
            }
            for name in dict.fromkeys(finding.deviation.family for finding in defects)
        }

    @property
    def without_a_catch(self) -> dict[str, str]:
        """The testable requirements that no defect is known to be caught under; only of a complete matrix."""
        return requirements_without_a_catch(self.findings, self.requirements) if self.complete else {}

    @property
    def exit_code(self) -> int:
        """0 when every defect is caught cleanly and no variation is flagged, else 1."""
        good = self.findings and all(finding.word.is_good for finding in self.findings)
        return ExitCode.CONFORMANT if good else ExitCode.NONCONFORMANT

    @property
    def sentence(self) -> str:
        """The matrix in one sentence."""
        counts = self.counts
        parts = []
        if counts["defects"]:
            others = counts["caught_with_others_blamed"]
            parts.append(
                f"{counts['caught']} of {counts['defects']} defects caught"
                + (f", {others} more with others blamed" if others else "")
            )
        if counts["variations"]:
            parts.append(f"{counts['flagged']} of {counts['variations']} variations flagged")
        if counts["no_run"]:
            parts.append(f"{counts['no_run']} without a run")
        return "; ".join(parts) + "." if parts else "Nothing was examined."

    def to_json(self) -> dict[str, Any]:
        """The value of detection.json."""
        return {
            "schema_version": SCHEMA_VERSION,
            **self.facts,
            "complete": self.complete,
            "sentence": self.sentence,
            "counts": self.counts,
            "families": self.families,
            "requirements_without_a_catch": self.without_a_catch,
            "findings": [finding.to_json() for finding in self.findings],
        }
