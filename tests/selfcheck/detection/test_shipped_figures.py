"""The figures that ship with the suite are a whole matrix of the faults, differences and requirements it has now."""

from __future__ import annotations

import json
from pathlib import Path

from oip_conformance.certificate.suite import detection_figures
from oip_conformance.contract.requirements import load_requirements
from oip_conformance.detection import known_deviations
from oip_conformance.resources import spec_directory

SHIPPED = json.loads((spec_directory() / "detection.json").read_bytes())
AGAIN = "run `oip-conformance detect --seed 0 --seed 1 --seed 2` and copy its figures.json to spec/detection.json"


def test_they_are_of_every_fault_and_difference_there_is() -> None:
    known = known_deviations()
    assert SHIPPED["complete"], AGAIN
    assert SHIPPED["counts"]["defects"] == sum(one.kind == "defect" for one in known), AGAIN
    assert SHIPPED["counts"]["variations"] == sum(one.kind == "variation" for one in known), AGAIN


def test_they_are_of_these_requirements() -> None:
    assert SHIPPED["requirements"]["digest"] == load_requirements().digest, AGAIN


def test_they_are_measured_at_standard_with_three_seeds() -> None:
    assert (SHIPPED["run"]["level"], len(SHIPPED["run"]["seeds"])) == ("standard", 3)


def test_certificates_state_them() -> None:
    figures = detection_figures()
    assert figures is not None
    assert figures["summary"]["counts"] == SHIPPED["counts"]


def test_the_readme_says_what_they_say() -> None:
    counts = SHIPPED["counts"]
    said = (
        f"**{counts['caught']} of {counts['defects']} faults caught, "
        f"{counts['flagged']} of {counts['variations']} differences flagged**"
    )
    assert said in (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
