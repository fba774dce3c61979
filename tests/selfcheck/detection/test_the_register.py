"""The register of defects and variations: every entry is sound, and every testable requirement has a lie about it."""

from __future__ import annotations

import fnmatch
import json
import re

import pytest

from oip_conformance.contract import Contract, contract_for, load_contract
from oip_conformance.contract.requirements import RequirementSet, load_requirements
from oip_conformance.profile import load_profile
from oip_conformance.resources import spec_directory
from oip_reference.assembly import Settings, assemble
from oip_reference.command import listing_json
from oip_reference.defects import DEFECTS
from oip_reference.deviation import Deviation
from oip_reference.variations import VARIATIONS

LEAST_DEFECTS, LEAST_VARIATIONS = 150, 40

KEYS = {"main": "key-of-main", "second": "key-of-second"}


@pytest.fixture(scope="module")
def requirements() -> RequirementSet:
    return load_requirements()


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


def test_there_are_enough_of_them() -> None:
    assert len(DEFECTS) >= LEAST_DEFECTS
    assert len(VARIATIONS) >= LEAST_VARIATIONS


def test_each_lie_is_about_requirements_that_can_be_tested(requirements: RequirementSet) -> None:
    wrong = {
        defect.id: name
        for defect in DEFECTS
        for name in defect.breaks
        if (found := requirements.get(name)) is None or found.untestable
    }
    assert not wrong


def test_what_fails_with_a_lie_is_named_by_what_exists(requirements: RequirementSet) -> None:
    """A pattern that matches nothing excuses nothing, and hides a slip of the pen."""
    ids = [one.id for one in requirements]
    wrong = {(defect.id, name) for defect in DEFECTS for name in defect.also if not fnmatch.filter(ids, name)}
    assert not wrong


def test_every_testable_requirement_has_a_lie_about_it(requirements: RequirementSet) -> None:
    broken = {name for defect in DEFECTS for name in defect.breaks}
    lacking = {one.id for one in requirements if not one.untestable} - broken
    assert not lacking, f"without a lie: {sorted(lacking)}"


def test_names_are_sentences_and_nobody_has_two() -> None:
    names = [deviation.id for known in (DEFECTS, VARIATIONS) for deviation in known]
    assert len(set(names)) == len(names)
    assert not [name for name in names if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", name)]
    summaries = [deviation.summary for known in (DEFECTS, VARIATIONS) for deviation in known]
    assert len(set(summaries)) == len(summaries)
    assert not [text for text in summaries if not text.endswith(".")]


@pytest.mark.parametrize("deviation", [*DEFECTS, *VARIATIONS], ids=lambda deviation: deviation.id)
def test_each_can_be_applied_and_changes_something(deviation: Deviation, contract: Contract) -> None:
    """One that names a rule that is gone raises; one that registers nothing changes nothing."""
    profile = load_profile(spec_directory() / "profiles" / f"{deviation.profile}.toml") if deviation.profile else None
    made = assemble(Settings(KEYS, profile=profile), contract_for(profile) if profile else contract)
    server = made.server
    before = (len(server.shapers), len(server.wrappers), server.speaks)
    deviation.apply(server)
    assert server.replaced or (len(server.shapers), len(server.wrappers), server.speaks) != before


def test_the_list_that_ships_is_the_list_that_is() -> None:
    """`explain` reads spec/defects.json; `python -m oip_reference --list --json > spec/defects.json` makes it."""
    assert json.loads((spec_directory() / "defects.json").read_text(encoding="utf-8")) == json.loads(listing_json())
