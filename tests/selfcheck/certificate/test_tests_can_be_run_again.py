"""A test of the suite may read no clock and no chance of its own, or its run could never be judged again."""

from __future__ import annotations

import ast
import re
from pathlib import Path

CONFORMANCE = Path(__file__).parents[2] / "conformance"
SCENARIO = Path(__file__).parents[3] / "src" / "oip_conformance" / "scenario"

OF_ITS_OWN = re.compile(
    r"(\.now|\.utcnow|\.today|time\.(time|time_ns|sleep|monotonic|perf_counter)|uuid\.uuid[14]|os\.urandom|secrets\.\w+"
    r"|random\.(random|randint|randrange|choice|choices|sample|shuffle|uniform|getrandbits))"
)
"""Calls that give something else each time. `oip.now`, `oip.wait`, `oip.fresh_id` and a seeded `random.Random` do not."""


def calls(path: Path) -> list[str]:
    """What a file calls, as it is spelt."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def is_of_its_own(call: str) -> bool:
    """Whether a call reads a clock or chance that no replay gives back."""
    return OF_ITS_OWN.fullmatch(call) is not None or (
        call.endswith((".now", ".utcnow", ".today")) and not call.endswith(("oip.now", "self.now", "clock.now"))
    )


def test_no_test_reads_a_clock_or_chance_of_its_own() -> None:
    found = [
        f"{path.name}: {call}"
        for folder in (CONFORMANCE, SCENARIO)
        for path in sorted(folder.rglob("*.py"))
        for call in calls(path)
        if is_of_its_own(call)
    ]
    assert not found, f"use oip.now, oip.wait, oip.fresh_id or a seeded random.Random: {found}"


def test_the_search_knows_what_it_looks_for() -> None:
    for call in ("dt.datetime.now", "time.sleep", "uuid.uuid4", "random.choice", "secrets.token_hex", "date.today"):
        assert is_of_its_own(call), call
    for call in ("oip.now", "self.oip.now", "self.target.clock.now", "self.random.choice", "random.Random", "oip.wait"):
        assert not is_of_its_own(call), call


def used_up(path: Path) -> list[str]:
    """The values of parametrized tests that can be gone through only once, by the code that makes them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    marks = [
        one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("parametrize")
    ]
    return [ast.unparse(value) for one in marks for value in one.args[1:2] if is_used_up(value)]


def is_used_up(value: ast.expr) -> bool:
    """Whether an expression makes an iterator."""
    if isinstance(value, ast.Call):
        called = ast.unparse(value.func)
        return called.startswith("itertools.") or called in ("map", "filter", "zip", "iter", "reversed", "enumerate")
    return isinstance(value, ast.GeneratorExp)


def test_a_test_has_its_parameters_in_every_round() -> None:
    """A deep run collects the tests once a round, in one process; an iterator would be empty from the second one on."""
    found = [f"{path.name}: {value}" for path in sorted(CONFORMANCE.rglob("*.py")) for value in used_up(path)]
    assert not found, f"make a list of them: {found}"


def test_the_search_knows_an_iterator(tmp_path: Path) -> None:
    for number, (value, expected) in enumerate(
        (
            ("itertools.product((1, 2))", 1),
            ("map(str, X)", 1),
            ("(x for x in X)", 1),
            ("list(map(str, X))", 0),
            ("[1]", 0),
        )
    ):
        path = tmp_path / f"{number}.py"
        path.write_text(f"@pytest.mark.parametrize('one', {value})\ndef test_it(one): ...\n")
        assert len(used_up(path)) == expected, value
