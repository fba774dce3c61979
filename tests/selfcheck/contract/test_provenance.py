"""PROVENANCE.md says of every operation and every reading where it comes from."""

from __future__ import annotations

import re

import pytest

from oip_conformance.contract import Contract
from oip_conformance.contract.requirements import RequirementSet, load_requirements
from oip_conformance.resources import spec_directory

Rows = dict[str, list[str]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """The rows of its tables, by the operation or reading that they are about."""
    text = (spec_directory() / "PROVENANCE.md").read_text(encoding="utf-8")
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    about: Rows = {}
    for row in cells:
        if re.fullmatch(r"N?\d+", row[0]):
            name, rest = row[1].strip("`"), row[2:]
        elif re.fullmatch(r"R-\d+", row[0]):
            name, rest = row[0], row[1:]
        else:
            continue
        assert name not in about, f"{name} stands twice"
        about[name] = rest
    return about


@pytest.fixture(scope="module")
def register() -> RequirementSet:
    return load_requirements()


def test_every_operation_is_in_it_with_the_place_that_the_contract_gives_it(rows: Rows, later: Contract) -> None:
    for one in later.operations.values():
        assert one.id in rows, f"PROVENANCE.md does not say where {one.id} comes from"
        place, source, words = rows[one.id]
        assert place == f"{one.method} {one.path}"
        assert source == one.path_source
        assert len(words) > 10


def test_every_reading_is_in_it_with_its_wording_and_a_reason(rows: Rows, register: RequirementSet) -> None:
    for name, reading in register.readings.items():
        assert name in rows, f"PROVENANCE.md does not say why {name} was chosen"
        wording, reason = rows[name]
        assert wording == " ".join(reading.split()), f"{name} has other words in requirements.yaml"
        assert len(reason) > 20


def test_it_knows_nothing_that_is_not_there(rows: Rows, later: Contract, register: RequirementSet) -> None:
    assert set(rows) == {*later.operations, *register.readings}
