"""Power: rules and transitions of models, values compared; added up over processes and held to floors."""

from __future__ import annotations

import pytest

from oip_conformance.contract import Contract, load_contract
from oip_conformance.evidence import Reach
from oip_conformance.evidence.reach import leaves_of, place_of, place_within
from oip_conformance.verdict.coverage import CoverageTally
from oip_conformance.verdict.power import TIMES, dimensions_of, response_values


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


def reach_of(rules: dict[str, int], *transitions: tuple[str, str]) -> Reach:
    reach = Reach()
    model = reach.declare("ledger", rules)
    model.rules.update(rules)
    model.transitions.update(transitions)
    return reach


def test_a_rule_counts_when_it_applied_often_enough(contract: Contract) -> None:
    reached, missed = dimensions_of(reach_of({"booked": TIMES, "refused": TIMES - 1}), contract, ())["model rules"]
    assert reached == [f"ledger: booked ({TIMES})"]
    assert missed == [f"ledger: refused ({TIMES - 1})"]


def test_a_rule_that_never_applied_is_missed_because_it_was_declared(contract: Contract) -> None:
    reach = Reach()
    reach.declare("ledger", ["booked"])
    assert dimensions_of(reach, contract, ())["model rules"] == ([], ["ledger: booked (0)"])


def test_transitions_are_pairs_of_rules(contract: Contract) -> None:
    reached, missed = dimensions_of(reach_of({"a": 1, "b": 1}, ("a", "b")), contract, ())["model transitions"]
    assert reached == ["ledger: a, b"]
    assert missed == ["ledger: a, a", "ledger: b, a", "ledger: b, b"]


def test_processes_add_up_and_survive_being_written_down(contract: Contract) -> None:
    one, two = reach_of({"a": 2, "b": 0}, ("a", "a")), reach_of({"a": 1, "b": 0}, ("a", "b"))
    two.compare("getStores", "[]/id")
    together = Reach.from_json(one.to_json())
    together.merge(Reach.from_json(two.to_json()))
    assert together.to_json() == {
        "models": {"ledger": {"rules": {"a": 3, "b": 0}, "transitions": [["a", "a", 1], ["a", "b", 1]]}},
        "compared": {"getStores": ["[]/id"]},
    }


def test_values_are_the_plain_fields_of_successful_answers(contract: Contract) -> None:
    places = response_values(contract, contract.operation("getCustomerById"))
    assert {"/data/loyalty/points", "/data/promotions/id", "/data/favoriteStores", "/metaData/CreatedAt"} <= set(places)
    assert not {"/data", "/data/loyalty", "/data/promotions"} & set(places)


def test_only_compared_values_of_activated_operations_count(contract: Contract) -> None:
    reach = Reach()
    reach.compare("getStores", "[]/id")
    reach.compare("getPromotions", "[]/id")
    reached, missed = dimensions_of(reach, contract, {"getStores"})["values"]
    assert reached == ["getStores /id"]
    assert "getStores /name" in missed
    assert not any(place.startswith("getPromotions") for place in [*reached, *missed])


def test_the_coverage_statement_holds_power_to_floors(contract: Contract) -> None:
    tally = CoverageTally()
    tally.reach.merge(reach_of({"booked": 1}))
    statement = CoverageTally.from_json(tally.to_json()).statement(contract, ["getStores"], "standard")
    assert statement["model rules"] == {
        "reached": 0,
        "of": 1,
        "floor": 1.0,
        "met": False,
        "missed": ["ledger: booked (1)"],
    }
    assert statement["values"]["met"] is False


def test_places_are_found_by_identity_and_written_without_positions() -> None:
    body = {"data": [{"id": 1}, {"id": 1, "cards": [{"count": 0}]}]}
    assert place_of(["data", 1, "cards"]) == "/data[]/cards"
    assert place_within(body, body["data"][1]["cards"][0]) == "/data[]/cards[]"
    assert place_within(body, {"count": 0}) is None
    assert sorted(set(leaves_of(body, {"id"}))) == ["/data[]/cards[]/count"]
