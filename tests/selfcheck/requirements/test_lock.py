"""The lock: an id that was published keeps its meaning for good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oip_conformance.contract.requirement_lock import check_lock, read_lock, write_lock
from oip_conformance.contract.requirements import (
    Requirement,
    RequirementError,
    load_requirements,
    main,
    standard_register_path,
)

ONE, TWO, THREE = list(load_requirements())[:3]


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.lock"
    write_lock([ONE, TWO], path)
    return path


def refusal_of(requirements: list[Requirement], lock: Path) -> RequirementError:
    with pytest.raises(RequirementError) as caught:
        check_lock(requirements, lock)
    return caught.value


def test_new_ids_are_added_and_named(lock: Path) -> None:
    assert check_lock([ONE, TWO, THREE], lock) == (THREE.id,)
    assert write_lock([ONE, TWO, THREE], lock) == (THREE.id,)
    assert list(read_lock(lock)) == [ONE.id, TWO.id, THREE.id]


def test_a_vanished_id_is_refused_and_locking_does_not_help(lock: Path) -> None:
    before = lock.read_bytes()

    assert refusal_of([ONE], lock).code == "REQ-21"
    with pytest.raises(RequirementError):
        write_lock([ONE, THREE], lock)
    assert lock.read_bytes() == before


@pytest.mark.parametrize(
    "meaning",
    [{"statement": "Something else."}, {"level": "should"}, {"operations": ("getStores",), "everywhere": False}],
    ids=["statement", "level", "operations"],
)
def test_a_changed_meaning_under_the_same_id_is_refused(lock: Path, meaning: dict[str, object]) -> None:
    problem = refusal_of([ONE, replace(TWO, **meaning)], lock)  # type: ignore[arg-type]

    assert problem.code == "REQ-22"
    assert TWO.id in problem.causes[0]


def test_an_id_given_to_another_requirement_is_refused(lock: Path) -> None:
    assert refusal_of([ONE, replace(THREE, id=TWO.id)], lock).code == "REQ-22"


def test_better_words_for_title_reason_and_remedy_need_no_new_id(lock: Path) -> None:
    assert check_lock([ONE, replace(TWO, title="x", why="y", remedy="z", clause="w", kind="model")], lock) == ()


def test_an_operation_added_to_the_contract_leaves_requirements_of_every_operation_alone(lock: Path) -> None:
    assert ONE.everywhere
    assert check_lock([replace(ONE, operations=(*ONE.operations, "getPromotionsDefinitions")), TWO], lock) == ()


@pytest.mark.parametrize("line", ["OIP-CORE-01", "OIP-CORE-01 sha256:12", "nonsense"])
def test_a_damaged_lock_is_refused(lock: Path, line: str) -> None:
    lock.write_text(f"# heading\n{line}\n", encoding="utf-8")

    assert refusal_of([ONE, TWO], lock).code == "REQ-20"


def test_a_duplicate_line_in_the_lock_is_refused(lock: Path) -> None:
    lock.write_text(lock.read_text(encoding="utf-8") * 2, encoding="utf-8")

    assert refusal_of([ONE, TWO], lock).code == "REQ-20"


def test_loading_holds_the_register_to_its_lock(tmp_path: Path) -> None:
    path = tmp_path / "requirements.yaml"
    text = standard_register_path().read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    assert main(["lock", str(path)]) == 0

    path.write_text(text.replace("level: should", "level: must"), encoding="utf-8")

    with pytest.raises(RequirementError) as caught:
        load_requirements(path)
    assert caught.value.code == "REQ-22"


def test_the_command_locks_checks_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "requirements.yaml"
    text = standard_register_path().read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")

    assert main(["check", str(path)]) == 1
    assert main(["lock", str(path)]) == 0
    assert main(["check", str(path)]) == 0
    path.write_text(text.replace(f"- id: {TWO.id}\n", "- id: OIP-CORE-99\n"), encoding="utf-8")
    assert main(["lock", str(path)]) == 2
    assert f"REQ-21 {TWO.id}" in capsys.readouterr().err
    assert main(["mend"]) == 2
