"""Every general rule is shown to pass, to fail, and to say nothing where it is not reached."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from rule_contracts import nameless
from rule_scenes import scene
from rule_table import CASES, Case

from oip_conformance.contract import load_contract
from oip_conformance.oracle import Broken, Kept, general_rules
from oip_conformance.oracle.judgement import KEPT, Rule

RULES: dict[str, Rule] = {rule.name: rule.judge for rule in general_rules()}


def cases_of(kind: str) -> list[Any]:
    return [
        pytest.param(name, scene, id=f"{name}: {label}")
        for name, case in CASES.items()
        for label, scene in getattr(case, kind).items()
    ]


@pytest.mark.parametrize(("name", "scene"), cases_of("kept"))
def test_what_keeps_a_rule_passes(name: str, scene: Any) -> None:
    assert RULES[name](scene) == KEPT


@pytest.mark.parametrize(("name", "scene"), cases_of("broken"))
def test_what_breaks_a_rule_fails(name: str, scene: Any) -> None:
    judgement = RULES[name](scene)
    assert isinstance(judgement, Broken)
    assert judgement.cause
    assert judgement.title
    assert judgement.expected
    assert judgement.got


@pytest.mark.parametrize(("name", "scene"), cases_of("silent"))
def test_what_does_not_reach_a_rule_proves_nothing(name: str, scene: Any) -> None:
    assert RULES[name](scene) is None


def test_every_rule_is_shown_to_pass_and_to_fail() -> None:
    assert set(CASES) == set(RULES), "the table names the rules that there are"
    unshown = [name for name, case in CASES.items() if not (case.kept and case.broken and case.silent)]
    assert not unshown, f"a rule that was never seen to pass, to fail and to keep silent proves nothing: {unshown}"


def test_a_cause_holds_nothing_that_varies_from_case_to_case() -> None:
    """Causes group failures: the exchange, its values and positions in lists stay out of them."""
    for name, case in CASES.items():
        for shown in case.broken.values():
            judgement = RULES[name](shown)
            assert isinstance(judgement, Broken)
            assert shown.exchange.id not in judgement.cause
            assert "+4712345678" not in judgement.cause


def test_rules_leave_what_they_judge_as_it_was() -> None:
    for name, case in CASES.items():
        for shown in (*case.kept.values(), *case.broken.values()):
            before = copy.deepcopy(shown.exchange.to_json())
            first, second = RULES[name](shown), RULES[name](shown)
            assert first == second
            assert isinstance(first, Kept | Broken)
            assert shown.exchange.to_json() == before


def test_the_table_has_one_case_a_rule() -> None:
    assert all(isinstance(case, Case) for case in CASES.values())


def test_an_operation_without_a_name_is_judged_like_any_other(tmp_path: Path) -> None:
    """Other people's contracts name no operationId, and the rules still find the operation."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(nameless({})))
    contract = load_contract(file)
    (name,) = contract.operations
    for rule in general_rules():
        assert not isinstance(rule.judge(scene(name, 200, {}, within=contract)), Broken)
    judged = RULES["schemathesis_response_schema_conformance"](scene(name, 200, [], within=contract))
    assert isinstance(judged, Broken)
