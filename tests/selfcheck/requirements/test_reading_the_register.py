"""A register with a mistake is refused with the code of the mistake, and all mistakes are told at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from oip_conformance.contract.requirements import RequirementError, UnknownRequirement, load_requirements

SMALL: dict[str, Any] = {
    "version": "1",
    "classes": {"stores": {"title": "Stores", "operations": ["getStores"]}},
    "readings": {"R-01": "Stores have names."},
    "requirements": [
        {
            "id": f"OIP-STORE-0{number}",
            "title": "The stores are listed",
            "class": "stores",
            "level": "must",
            "source": "documented",
            "kind": "workflow",
            "clause": "Stores, reading R-01",
            "operations": operations,
            "statement": f"getStores answers {number}.",
            "why": "Everything begins here.",
            "remedy": "List them.",
        }
        for number, operations in ((1, ["getStores"]), (2, "*"))
    ],
}

Change = Callable[[dict[str, Any]], object]


def written(directory: Path, document: Any) -> Path:
    path = directory / "requirements.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def changed(change: Change) -> dict[str, Any]:
    document = copy.deepcopy(SMALL)
    change(document)
    return document


def first(document: dict[str, Any]) -> dict[str, Any]:
    return document["requirements"][0]


def test_a_register_without_mistakes_is_a_mapping_and_an_ordered_list(tmp_path: Path) -> None:
    register = load_requirements(written(tmp_path, SMALL))

    assert [one.id for one in register] == ["OIP-STORE-01", "OIP-STORE-02"]
    assert register["OIP-STORE-01"].operations == ("getStores",)
    assert not register["OIP-STORE-01"].everywhere
    assert register["OIP-STORE-02"].everywhere
    assert register["OIP-STORE-02"].operations == ("getStores",)
    assert register.classes == {"stores": "Stores"}
    assert [one.id for one in register.of_operation("getPromotionsDefinitions")] == ["OIP-STORE-02"]
    assert "OIP-STORE-01" in register
    assert "OIP-STORE-03" not in register


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("REQ-02", lambda document: document.pop("readings")),
        ("REQ-02", lambda document: first(document).pop("why")),
        ("REQ-02", lambda document: first(document).update(statement="  ")),
        ("REQ-02", lambda document: first(document).update(remedy=None)),
        ("REQ-02", lambda document: first(document).update(operations=[])),
        ("REQ-02", lambda document: document["requirements"].append("OIP-STORE-03")),
        ("REQ-02", lambda document: document["classes"].update(carts={"title": "Carts"})),
        ("REQ-03", lambda document: document.update(requirments=[])),
        ("REQ-03", lambda document: first(document).update(levle="must")),
        ("REQ-04", lambda document: first(document).update(level="may")),
        ("REQ-04", lambda document: first(document).update(kind="unit")),
        ("REQ-04", lambda document: first(document).update(id="STORE-1")),
        ("REQ-04", lambda document: first(document).update(untestable="too much work")),
        ("REQ-05", lambda document: first(document).update(id="OIP-STORE-02")),
        ("REQ-06", lambda document: first(document).update(operations=["getStore"])),
        ("REQ-06", lambda document: first(document).update(operations=["getStores", "getStores"])),
        ("REQ-07", lambda document: first(document).update({"class": "store"})),
        ("REQ-08", lambda document: first(document).update(clause="reading R-99")),
    ],
)
def test_each_mistake_has_its_code(tmp_path: Path, code: str, change: Change) -> None:
    with pytest.raises(RequirementError) as caught:
        load_requirements(written(tmp_path, changed(change)))

    assert caught.value.code == code
    assert caught.value.hint
    assert caught.value.causes


def test_all_mistakes_are_told_at_once_each_with_its_place(tmp_path: Path) -> None:
    document = changed(lambda document: first(document).update(level="may", operations=["getStore"]))

    with pytest.raises(RequirementError) as caught:
        load_requirements(written(tmp_path, document))

    assert [cause.split(":")[0] for cause in caught.value.causes] == ["REQ-04 OIP-STORE-01", "REQ-06 OIP-STORE-01"]
    assert "2 mistakes" in caught.value.message


@pytest.mark.parametrize("text", [None, "a: [", "- 1", "\x00"])
def test_a_file_that_is_no_register_is_refused(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "requirements.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")

    with pytest.raises(RequirementError) as caught:
        load_requirements(path)

    assert caught.value.code == "REQ-01"


def test_an_unknown_id_is_a_lookup_error_with_a_suggestion(tmp_path: Path) -> None:
    register = load_requirements(written(tmp_path, SMALL))

    with pytest.raises(LookupError) as caught:
        register["OIP-STORES-01"]

    assert isinstance(caught.value, UnknownRequirement)
    assert caught.value.code == "REQ-40"
    assert "OIP-STORE-01" in caught.value.hint


def test_a_register_that_changes_on_disk_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    before = load_requirements(path)
    assert load_requirements(path) is before

    path.write_text(yaml.safe_dump(changed(lambda document: document.update(version="22"))), encoding="utf-8")

    after = load_requirements(path)
    assert after.version == "22"
    assert after.digest != before.digest
