"""The register that ships: complete against the contract, in order, and written the way its heading says."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from oip_conformance.contract import Contract, load_contract
from oip_conformance.contract.requirement_lock import check_lock
from oip_conformance.contract.requirements import RequirementSet, load_requirements, standard_register_path


@pytest.fixture(scope="module")
def register() -> RequirementSet:
    return load_requirements()


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


def family_of(name: str) -> str:
    return name.split("-")[1]


def test_its_operations_and_their_classes_are_those_of_the_contract(
    register: RequirementSet, contract: Contract
) -> None:
    assert register.operations == {one.id: one.conformance_class for one in contract.operations.values()}


def test_every_operation_has_a_requirement_of_its_own(register: RequirementSet, contract: Contract) -> None:
    bare = [
        name
        for name in contract.operations
        if not any(not one.everywhere and not one.untestable for one in register.of_operation(name))
    ]
    assert not bare, f"only the general rules look at {bare}"


def test_every_class_has_requirements(register: RequirementSet) -> None:
    assert set(register.classes) == {one.conformance_class for one in register}


def test_a_requirement_of_a_class_binds_an_operation_of_that_class(register: RequirementSet) -> None:
    strangers = [
        one.id
        for one in register
        if one.conformance_class not in ("core", "consents")
        and one.conformance_class not in {register.operations[name] for name in one.operations}
    ]
    assert not strangers, f"claiming the class would not reach them: {strangers}"


def test_every_id_is_locked(register: RequirementSet) -> None:
    waiting = check_lock(register, standard_register_path().with_suffix(".lock"))
    assert waiting == (), "run `python -m oip_conformance.contract.requirements lock` and commit the lock"


def test_families_stand_together_and_are_numbered_without_gaps(register: RequirementSet) -> None:
    families = [
        (family, [int(one.id[-2:]) for one in members])
        for family, members in groupby(register, lambda one: family_of(one.id))
    ]
    assert len(families) == len({family for family, _ in families}), "a family is in two places"
    assert [family for family, numbers in families if numbers != list(range(1, len(numbers) + 1))] == []


def test_every_reading_is_cited_and_what_is_cited_as_a_reading_is_inferred(register: RequirementSet) -> None:
    cited = {name for one in register for name in re.findall(r"R-\d\d", one.clause)}
    assert cited == set(register.readings)
    only_a_reading = [one for one in register if one.clause.startswith("reading")]
    assert [one.id for one in only_a_reading if one.source == "documented"] == []


def test_sentences_are_sentences_and_titles_are_not(register: RequirementSet) -> None:
    for one in register:
        assert one.statement.endswith("."), one.id
        assert one.why.endswith("."), one.id
        assert one.remedy.endswith("."), one.id
        assert not one.title.endswith("."), one.id
        assert len(one.title) <= 75, one.id


def test_no_two_requirements_say_the_same(register: RequirementSet) -> None:
    statements = [one.statement for one in register]
    assert len(statements) == len(set(statements))


def test_the_register_is_well_over_one_hundred_and_fifty_strong(register: RequirementSet) -> None:
    assert sum(1 for one in register if not one.untestable) > 200
