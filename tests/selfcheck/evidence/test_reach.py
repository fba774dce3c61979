"""What tests reached comes back equal from JSON, adds up over processes in any order, and a rule never applied is told."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from hypothesis import given
from hypothesis import strategies as st

from oip_conformance.evidence.reach import Reach, leaves_of, place_of, place_within

NAMES = st.sampled_from(["carts", "consents", "promotions"])
COUNTS = st.integers(1, 9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner),
    max_leaves=12,
)


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    """What one process may have counted."""
    reach = Reach()
    for model in draw(st.sets(NAMES)):
        one = reach.declare(model, ["add", "remove", "redeem"])
        one.rules.update(draw(st.dictionaries(st.sampled_from(["add", "remove"]), COUNTS)))
        one.transitions.update(draw(st.dictionaries(st.tuples(NAMES, NAMES), COUNTS)))
    for operation, place in draw(st.sets(st.tuples(NAMES, st.sampled_from(["/id", "/lines[]/id"])))):
        reach.compare(operation, place)
    return reach


def merged(reaches: Iterable[Reach]) -> dict[str, object]:
    whole = Reach()
    for one in reaches:
        whole.merge(one)
    return whole.to_json()


@given(reaches())
def test_reach_comes_back_equal_from_json(reach: Reach) -> None:
    again = Reach.from_json(orjson.loads(orjson.dumps(reach.to_json())))
    assert (again.models, again.compared) == (reach.models, reach.compared)
    assert again.to_json() == reach.to_json()


@given(st.lists(reaches(), max_size=4).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_processes_of_a_run_add_up_in_any_order(both: tuple[list[Reach], list[Reach]]) -> None:
    given_order, another = both
    whole = merged(given_order)
    assert whole == merged(another)
    for model, one in whole["models"].items():  # type: ignore[attr-defined]
        theirs = [reach.models[model] for reach in given_order if model in reach.models]
        assert one["rules"] == {rule: sum(each.rules[rule] for each in theirs) for rule in one["rules"]}


def test_merging_changes_nothing_of_what_is_merged() -> None:
    one, other = Reach(), Reach()
    other.declare("carts", ["add"]).rules["add"] += 2
    other.compare("getCart", "/id")
    one.merge(other)
    one.merge(other)
    one.compare("getCart", "/lines[]/id")
    assert other.models["carts"].rules == {"add": 2}
    assert one.models["carts"].rules == {"add": 4}
    assert other.compared == {"getCart": {"/id"}}


def test_a_rule_that_never_applied_is_told_with_nought() -> None:
    reach = Reach()
    reach.declare("carts", ["add", "remove"]).rules["add"] += 1
    reach.declare("carts", ["add", "remove"])
    assert reach.to_json()["models"]["carts"]["rules"] == {"add": 1, "remove": 0}


def test_a_place_says_which_list_it_goes_through_and_not_which_item() -> None:
    assert place_of(["data", "promotions", 3, "id"]) == "/data/promotions[]/id"
    assert place_of([]) == ""


def test_a_part_is_found_by_what_it_is_and_not_by_what_it_equals() -> None:
    body = {"id": 1, "lines": [{"id": 2}, {"id": 2}], "total": {"id": 2}}
    assert place_within(body, body) == ""
    assert place_within(body, body["lines"][1]) == "/lines[]"  # type: ignore[index]
    assert place_within(body, body["total"]) == "/total"
    assert place_within(body, {"id": 2}) is None
    assert place_within("text", {}) is None


def test_the_leaves_are_all_plain_values_but_the_ignored_members() -> None:
    value = {"id": 1, "links": {"self": "x"}, "lines": [{"id": 2, "note": None}, {"id": 3}], "empty": []}
    assert list(leaves_of(value, {"links"})) == ["/id", "/lines[]/id", "/lines[]/note", "/lines[]/id"]
    assert list(leaves_of(7)) == [""]


@given(JSON)
def test_there_are_as_many_leaves_as_plain_values(value: object) -> None:
    def plain(part: object) -> int:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else None
        return 1 if inner is None else sum(map(plain, inner))

    assert len(list(leaves_of(value))) == plain(value)
