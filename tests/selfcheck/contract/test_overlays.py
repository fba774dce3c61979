"""Overlays by the rules of OpenAPI Overlay 1.0 (and 1.1 for a document that says so)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from oip_conformance.contract import ContractError, load_contract
from oip_conformance.contract.overlay import Overlaid, apply_overlay

from .documents import Write, document

Apply = Callable[..., Overlaid]


def overlay(*actions: dict[str, Any], version: str = "1.0.0", **parts: Any) -> dict[str, Any]:
    return {"overlay": version, "info": {"title": "Changes", "version": "1"}, "actions": list(actions), **parts}


@pytest.fixture
def apply(write: Write) -> Apply:
    def applied(target: Any, *actions: dict[str, Any], version: str = "1.0.0", strict: bool = False) -> Overlaid:
        return apply_overlay(target, write("changes.yaml", overlay(*actions, version=version)), strict=strict)

    return applied


def test_objects_are_merged_and_what_is_not_named_stays(apply: Apply) -> None:
    before = {"info": {"title": "A", "contact": {"name": "x"}}, "paths": {}}
    update = {"info": {"title": "B", "contact": {"email": "y"}, "x-new": [1]}}
    after = apply(before, {"target": "$", "update": update}).document
    assert after == {"info": {"title": "B", "contact": {"name": "x", "email": "y"}, "x-new": [1]}, "paths": {}}


def test_the_document_given_is_not_changed(apply: Apply) -> None:
    before = {"tags": [{"name": "a"}], "info": {"title": "A"}}
    kept = copy.deepcopy(before)
    apply(before, {"target": "$.tags", "update": {"name": "b"}}, {"target": "$.info", "remove": True})
    assert before == kept


def test_arrays_get_an_entry_when_selected_and_are_joined_when_merged(apply: Apply) -> None:
    assert apply({"tags": [1]}, {"target": "$.tags", "update": {"name": "b"}}).document == {"tags": [1, {"name": "b"}]}
    assert apply({"tags": [1]}, {"target": "$.tags", "update": [2]}).document == {"tags": [1, [2]]}
    assert apply({"tags": [1]}, {"target": "$", "update": {"tags": [2, 3]}}).document == {"tags": [1, 2, 3]}


def test_an_update_is_made_everywhere_that_is_selected_each_with_a_value_of_its_own(apply: Apply) -> None:
    after = apply({"a": {}, "b": {}}, {"target": "$.*", "update": {"n": {"m": []}}}, {"target": "$.a.n.m", "update": 1})
    assert after.document == {"a": {"n": {"m": [1]}}, "b": {"n": {"m": []}}}


def test_actions_are_applied_in_order_to_the_result_of_the_one_before(apply: Apply) -> None:
    after = apply(
        {"a": {"old": 1}},
        {"target": "$.a", "remove": True},
        {"target": "$", "update": {"a": {"new": 1}}},
        {"target": "$.a", "update": {"newer": 2}},
    )
    assert after.document == {"a": {"new": 1, "newer": 2}}


@pytest.mark.parametrize(
    ("target", "left"),
    [
        ("$.list[?@.name == 'b']", ["a", "c"]),
        ("$.list[0, 2]", ["b"]),
        ("$.list[2, 0]", ["b"]),
        ("$.list[0, 0]", ["b", "c"]),
        ("$.list[-1]", ["a", "b"]),
        ("$.list[*]", []),
        ("$.list[0:2]", ["c"]),
    ],
)
def test_removing_takes_out_what_was_selected_and_nothing_else(apply: Apply, target: str, left: list[str]) -> None:
    after = apply({"list": [{"name": name} for name in "abc"]}, {"target": target, "remove": True}).document
    assert [one["name"] for one in after["list"]] == left


def test_removing_what_contains_what_is_removed_too(apply: Apply) -> None:
    assert apply({"a": {"x": {"x": {}}}, "x": 1}, {"target": "$..x", "remove": True}).document == {"a": {}}


def test_remove_wins_over_update(apply: Apply) -> None:
    assert apply({"a": {}, "b": 1}, {"target": "$.a", "update": {"c": 1}, "remove": True}).document == {"b": 1}
    assert apply({"a": {}}, {"target": "$.a", "update": {"c": 1}, "remove": False}).document == {"a": {"c": 1}}


def test_a_null_in_an_update_leaves_objects_and_arrays_alone_and_replaces_single_values(apply: Apply) -> None:
    update = {"a": None, "b": None, "c": None}
    after = apply({"a": {"x": 1}, "b": [1], "c": "text"}, {"target": "$", "update": update})
    assert after.document == {"a": {"x": 1}, "b": [1], "c": None}


def test_an_action_that_selects_nothing_succeeds_and_is_told(apply: Apply) -> None:
    after = apply(
        {"a": 1}, {"target": "$.nowhere", "update": {}}, {"target": "$.no", "remove": True, "x-oip-optional": True}
    )
    assert after.document == {"a": 1}
    assert len(after.idle) == 1
    assert "changes.yaml /actions/0" in after.idle[0]
    assert "$.nowhere selects nothing" in after.idle[0]


def test_where_it_must_select_something_it_is_refused(apply: Apply) -> None:
    with pytest.raises(ContractError) as caught:
        apply({"a": 1}, {"target": "$.nowhere", "remove": True}, strict=True)
    assert caught.value.code == "CON-06"
    optional = {"target": "$.nowhere", "remove": True, "x-oip-optional": True}
    assert apply({"a": 1}, optional, strict=True).document == {"a": 1}


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ({"target": "$.info.title", "update": "B"}, "neither object nor array"),
        ({"target": "$.info", "update": "B"}, "must be one too"),
        ({"target": "$.info", "update": ["B"]}, "must be one too"),
        ({"target": "$.info", "update": {"tags": {"a": 1}}}, "an array there, an object in the update"),
        ({"target": "$.info", "update": {"title": {"a": 1}}}, "a single value there"),
        ({"target": "$.info", "update": {"contact": "me"}}, "an object there"),
        ({"target": "$.info.tags[0]", "remove": True}, "one value of an array"),
        ({"target": "$", "remove": True}, "whole document"),
    ],
)
def test_an_action_that_does_not_fit_is_refused_with_its_place(apply: Apply, action: dict[str, Any], says: str) -> None:
    before = {"info": {"title": "A", "tags": ["a"], "contact": {}}}
    with pytest.raises(ContractError) as caught:
        apply(before, {"target": "$.info", "update": {"x-ok": 1}}, action)
    assert caught.value.code == "CON-05"
    assert "/actions/1" in caught.value.causes[0]
    assert says in caught.value.causes[0]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"overlay": None}, "/overlay"),
        ({"overlay": "1.0"}, "/overlay"),
        ({"overlay": "2.0.0"}, "/overlay"),
        ({"overlay": 1.0}, "/overlay"),
        ({"info": None}, "/info"),
        ({"info": {"title": "x"}}, "/info/version"),
        ({"info": {"title": 1, "version": "1"}}, "/info/title"),
        ({"info": {"title": "x", "version": "1", "versoin": "1"}}, "/info/versoin"),
        ({"extends": {}}, "/extends"),
        ({"actions": None}, "/actions"),
        ({"actions": {}}, "/actions"),
        ({"actions": []}, "/actions"),
        ({"actions": [1]}, "/actions/0"),
        ({"actions": [{"update": {}}]}, "/actions/0/target"),
        ({"actions": [{"target": 1}]}, "/actions/0/target"),
        ({"actions": [{"target": "info"}]}, "/actions/0/target"),
        ({"actions": [{"target": "$.a[?"}]}, "/actions/0/target"),
        ({"actions": [{"target": "$", "description": 1}]}, "/actions/0/description"),
        ({"actions": [{"target": "$", "remove": "yes"}]}, "/actions/0/remove"),
        ({"actions": [{"target": "$", "updat": {}}]}, "/actions/0/updat"),
        ({"actions": [{"target": "$", "copy": "$.a"}]}, "/actions/0/copy"),
        ({"actions": [{"target": "$", "update": {}}, {"target": "$", "update": {}}]}, "/actions/1"),
        ({"action": []}, "/action"),
    ],
)
def test_a_broken_overlay_is_refused_with_the_place(write: Write, change: dict[str, Any], place: str) -> None:
    broken = {**overlay({"target": "$", "update": {"x-a": 1}}), **change}
    with pytest.raises(ContractError) as caught:
        apply_overlay(
            document(), write("broken.yaml", {key: value for key, value in broken.items() if value is not None})
        )
    assert caught.value.code == "CON-05"
    assert any(cause.startswith(f"broken.yaml {place}") for cause in caught.value.causes), caught.value.causes


def test_every_mistake_is_told_with_its_line(write: Write) -> None:
    text = "overlay: 1.0.0\ninfo:\n  title: x\nactions:\n- target: $\n  remove: maybe\n- target: info\n"
    with pytest.raises(ContractError) as caught:
        apply_overlay(document(), write("broken.yaml", text))
    told = "\n".join(caught.value.causes)
    assert "/actions/0/remove (line 6)" in told
    assert "/actions/1/target (line 7)" in told
    assert "/info/version" in told


def test_extensions_and_extends_are_allowed(write: Write) -> None:
    file = write("fine.yaml", overlay({"target": "$", "update": {}, "x-b": 1}, extends="./openapi.yaml", **{"x-a": {}}))
    assert apply_overlay(document(), file).document == document()


def test_what_version_1_1_adds_counts_for_a_document_that_says_so(apply: Apply) -> None:
    before = {"a": {"list": [1], "name": "x", "more": {"n": 1}}, "b": {}}
    after = apply(
        before,
        {"target": "$.a.list", "update": [2, 3]},
        {"target": "$.a.name", "update": "y"},
        {"target": "$.a.list[0]", "remove": True},
        {"target": "$.b", "copy": "$.a.more"},
        version="1.1.0",
    )
    assert after.document == {"a": {"list": [2, 3], "name": "y", "more": {"n": 1}}, "b": {"n": 1}}
    with pytest.raises(ContractError, match="CON-05"):
        apply(before, {"target": "$.b", "copy": "$.a.*"}, version="1.1.0")


def test_several_overlays_are_applied_in_order_and_the_result_must_still_be_openapi(write: Write) -> None:
    first = write("first.yaml", overlay({"target": "$.info", "update": {"version": "2"}}))
    second = write("second.yaml", overlay({"target": "$.info", "update": {"version": "3"}}))
    contract = write("contract.json", document())
    assert load_contract(contract, [first, second]).version == "3"
    assert load_contract(contract, [second, first]).version == "2"
    gone = write("gone.yaml", overlay({"target": "$.paths", "remove": True}))
    with pytest.raises(ContractError) as caught:
        load_contract(contract, [gone])
    assert caught.value.code == "CON-03"
