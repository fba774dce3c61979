"""`explain` prints any requirement and any operation, and helps whoever mistypes one."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner, Result

from oip_conformance.cli.explain import explain
from oip_conformance.contract import load_contract
from oip_conformance.contract.requirements import load_requirements

APP = typer.Typer()
APP.command()(explain)


def explained(*arguments: str) -> Result:
    return CliRunner().invoke(APP, list(arguments), env={"COLUMNS": "100"})


def test_a_requirement_is_printed_with_its_demand_source_reason_and_remedy() -> None:
    requirement = load_requirements()["OIP-PROMO-04"]

    result = explained("OIP-PROMO-04")

    text = " ".join(result.output.split())
    assert result.exit_code == 0
    for part in (requirement.title, requirement.statement, requirement.clause, requirement.why, requirement.remedy):
        assert part in text
    assert "must, class promotions" in text


def test_a_general_requirement_names_its_rules_and_every_operation() -> None:
    result = explained("OIP-ERR-02")

    assert "every operation" in result.output
    assert "the code is text (on every exchange)" in result.output


def test_a_reading_is_printed_in_full() -> None:
    register = load_requirements()
    requirement = next(one for one in register if one.clause.endswith("R-19"))

    assert register.readings["R-19"] in " ".join(explained(requirement.id).output.split())


def test_an_untestable_requirement_says_why() -> None:
    assert "needs-source-address" in explained("OIP-AUTH-09").output


def test_tests_that_carry_the_id_are_named() -> None:
    described = json.loads(explained("OIP-AUTH-01", "--json").output)

    assert any(test["name"].startswith("platform/test_authentication.py::") for test in described["tests"])


def test_an_operation_is_printed_with_its_path_statuses_and_requirements() -> None:
    result = explained("redeemPromotion")

    assert result.exit_code == 0
    assert "POST /promotions/redeem" in result.output
    assert "200, 400, 401, 403, 404, 429, 502" in result.output
    assert "OIP-PROMO-04 (must)" in result.output


@pytest.mark.parametrize("spelling", ["oip-promo-04", "PROMO-04", " promo-04 ", "REDEEMPROMOTION"])
def test_case_and_the_common_prefix_do_not_matter(spelling: str) -> None:
    assert explained(spelling).exit_code == 0


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("OIP-PROM-04", "OIP-PROMO-04"), ("promoo-04", "OIP-PROMO-04"), ("redemPromotion", "redeemPromotion")],
)
def test_what_does_not_exist_is_a_coded_error_with_a_suggestion(mistyped: str, meant: str) -> None:
    result = explained(mistyped)

    assert result.exit_code == 2
    assert result.stderr.startswith("REQ-40: ")
    assert meant in result.stderr
    assert result.stdout == ""


def test_nonsense_is_told_what_an_id_looks_like() -> None:
    assert "OIP-PROMO-04" in explained("qqqqqqqq").stderr


def test_every_requirement_and_every_operation_can_be_explained_as_json() -> None:
    register = load_requirements()
    for name in [*[one.id for one in register][::30], *list(load_contract().operations)[::10]]:
        assert json.loads(explained(name, "--json").output)["id"] == name
