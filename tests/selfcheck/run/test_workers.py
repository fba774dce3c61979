"""Several processes share the work of a run and come to the same verdict as one."""

from __future__ import annotations

from pathlib import Path

from certifying import certify

PARTS = ("--class", "stores", "--class", "carts", "--class", "payments", "--class", "enrichment")


def test_two_workers_say_of_each_requirement_what_one_says(tmp_path: Path) -> None:
    one, two = (certify(tmp_path / number, None, *PARTS, "--workers", number) for number in ("1", "2"))
    assert one.states() == two.states()
    assert (one.code, two.code) == (0, 0), two.output
    assert {exchange.id.partition("-")[0] for exchange in two.exchanges} >= {"gw0", "gw1"}
    cases = [{exchange.case for exchange in run.exchanges if exchange.case} for run in (one, two)]
    assert cases[0] == cases[1]


def test_two_workers_find_the_fault_that_one_finds(tmp_path: Path) -> None:
    """Also where it breaks a general rule, whose words are added up over both."""
    faulty = ("--class", "stores", "--class", "carts", "--defect", "the_last_store_has_no_name")
    one, two = (certify(tmp_path / number, None, *faulty, "--workers", number) for number in ("1", "2"))
    assert one.states() == two.states()
    assert (one.code, two.code) == (1, 1), two.output
    assert one.states()["OIP-STORE-01"] == "failed"
