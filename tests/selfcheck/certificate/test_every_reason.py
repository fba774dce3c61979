"""Each reason for which a pack is refused is the reason of some bad pack, so that none is there in words only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import oip_conformance.certificate

SOURCE = Path(oip_conformance.certificate.__file__).parent
PACKS = Path(__file__).parent


def reasons(path: Path) -> set[str]:
    """The codes of the findings that a module makes, as patterns: what is filled in may be anything."""
    calls = [one for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(one, ast.Call)]
    codes = [one.args[0] for one in calls if ast.unparse(one.func) == "Finding"]
    return {pattern(code) for code in codes}


def pattern(code: ast.expr) -> str:
    parts = code.values if isinstance(code, ast.JoinedStr) else [code]
    return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in parts)


def words(path: Path) -> set[str]:
    """The texts that a module of tests names."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_each_reason_is_the_reason_of_a_bad_pack() -> None:
    there = set().union(*(reasons(path) for path in SOURCE.glob("*.py")))
    named = set().union(*(words(path) for path in PACKS.glob("test_*.py") if path != Path(__file__)))
    never = sorted(code for code in there if not any(re.fullmatch(code, word) for word in named))
    assert len(there) > 50
    assert not never, f"no test sees a pack refused for it: {never}"
