"""What proves a requirement: the tests that carry its id, read from their source, and the defects that break it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oip_conformance.contract.requirement_problems import RequirementError
from oip_conformance.resources import spec_directory, suite_directory

MARKER = "requirement"

_Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Proof:
    """One test of the suite that judges a requirement; `place` is its file below the suite's folder."""

    test: str
    place: str
    line: int
    sentence: str

    @property
    def name(self) -> str:
        """The test as pytest names it below the suite's folder."""
        return f"{self.place}::{self.test}"


@dataclass(frozen=True)
class KnownDefect:
    """One deliberate fault of the reference server: the lie it tells, and the requirements it breaks."""

    id: str
    lie: str
    family: str
    breaks: tuple[str, ...]


def proofs_in(directory: Path | None = None) -> dict[str, tuple[Proof, ...]]:
    """The tests below a folder (default: the suite) by the requirement ids in their markers. Imports nothing."""
    directory = directory or suite_directory()
    found: dict[str, list[Proof]] = {}
    for path in sorted(directory.rglob("*.py")):
        place = path.relative_to(directory).as_posix()
        for requirement, proof in _proofs(ast.parse(path.read_text(encoding="utf-8"), place), place):
            found.setdefault(requirement, []).append(proof)
    return {requirement: tuple(dict.fromkeys(proofs)) for requirement, proofs in found.items()}


def defects_in(path: Path | None = None) -> dict[str, tuple[KnownDefect, ...]]:
    """The defects of a list (default: the one that ships, if any) by the ids they break. Raises RequirementError."""
    path = path or spec_directory() / "defects.json"
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["defects"]
        defects = [_defect(entry) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise RequirementError("REQ-30", f"{path.name} cannot be used.", [str(problem)]) from problem
    found: dict[str, list[KnownDefect]] = {}
    for defect in defects:
        for requirement in defect.breaks:
            found.setdefault(requirement, []).append(defect)
    return {requirement: tuple(known) for requirement, known in found.items()}


def _defect(entry: Mapping[str, Any]) -> KnownDefect:
    breaks = entry["breaks"]
    return KnownDefect(
        str(entry["id"]),
        str(entry.get("lie", "")),
        str(entry.get("family", "")),
        (breaks,) if isinstance(breaks, str) else tuple(breaks),
    )


def _proofs(module: ast.Module, place: str) -> Iterator[tuple[str, Proof]]:
    for_all = [
        name
        for node in module.body
        if isinstance(node, ast.Assign)
        and any(isinstance(to, ast.Name) and to.id == "pytestmark" for to in node.targets)
        for name in _marked(node.value)
    ]
    yield from _below(module.body, "", for_all, place)


def _below(body: list[ast.stmt], prefix: str, inherited: list[str], place: str) -> Iterator[tuple[str, Proof]]:
    for node in body:
        if not isinstance(node, _Defined):
            continue
        own = inherited + [name for decorator in node.decorator_list for name in _marked(decorator)]
        if isinstance(node, ast.ClassDef):
            yield from _below(node.body, f"{prefix}{node.name}::", own, place)
        elif node.name.startswith("test"):
            sentence = (ast.get_docstring(node) or node.name.replace("_", " ")).strip().split("\n\n")[0]
            proof = Proof(prefix + node.name, place, node.lineno, " ".join(sentence.split()))
            for name in own:
                yield name, proof


def _marked(node: ast.expr) -> list[str]:
    """The ids in each `requirement(...)` inside an expression, within `parametrize` and `param` too."""
    return [
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and _name(call.func) == MARKER
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
