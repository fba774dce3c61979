"""Rules about the code itself. Each one says in its message why it holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SUITE, REFERENCE = ROOT / "src" / "oip_conformance", ROOT / "src" / "oip_reference"
CONFORMANCE = ROOT / "tests" / "conformance"

FLOORS = (
    "profile",
    "contract",
    "evidence",
    "target",
    "generation",
    "oracle",
    "scenario",
    "verdict",
    "reproduction",
    "report",
    "certificate",
    "session",
    "doctor",
    "pytest_plugin",
    "run",
    "detection",
    "cli",
)
"""From the ground up: each imports only from below it."""

EVERYWHERE = frozenset({"resources"})


def python_files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.rglob("*.py"))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """The modules a file imports when it runs; imports for type checkers only are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return tuple(names)


def test_each_floor_imports_only_from_below() -> None:
    """A floor that reaches up cannot be understood, tested or replaced without what stands on it."""
    wrong = []
    for path in python_files(SUITE):
        floor = path.relative_to(SUITE).parts[0].removesuffix(".py")
        for name in imports_of(path):
            parts = name.split(".")
            if (
                parts[0] != "oip_conformance"
                or len(parts) < 2
                or floor in EVERYWHERE
                or floor in ("__init__", "__main__")
            ):
                continue
            other = parts[1]
            if other in EVERYWHERE or other == floor:
                continue
            assert floor in FLOORS, f"{path.relative_to(ROOT)} stands on no floor: add {floor} to FLOORS in its place"
            assert other in FLOORS, f"{path.relative_to(ROOT)} imports {name}, which stands on no floor"
            if FLOORS.index(other) > FLOORS.index(floor):
                wrong.append(f"{path.relative_to(ROOT)} ({floor}) imports {name} ({other}) from above")
    assert not wrong, "each floor imports only from below it:\n" + "\n".join(wrong)


def test_the_suite_knows_a_target_through_http_alone() -> None:
    """A suite that imports the reference server could pass because of it, and says nothing about anybody else's."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in python_files(SUITE, CONFORMANCE)
        if any(name.split(".")[0] == "oip_reference" for name in imports_of(path))
    ]
    assert not wrong, f"these import the reference server: {wrong}"


def test_the_reference_server_knows_of_the_suite_only_contract_and_profile() -> None:
    """What judges and what is judged share the contract and nothing else, or both would have the same blind spot."""
    allowed = {"contract", "profile", "resources"}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files(REFERENCE)
        for name in imports_of(path)
        if name.startswith("oip_conformance.") and name.split(".")[1] not in allowed
    ]
    assert not wrong, wrong


def test_only_the_target_floor_speaks_http() -> None:
    """One client, one recorder, one redactor: a request made elsewhere would be in nobody's evidence."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files(SUITE, CONFORMANCE)
        for name in imports_of(path)
        if name.split(".")[0] in {"httpx", "socket", "urllib3"}
        and (path.is_relative_to(CONFORMANCE) or path.relative_to(SUITE).parts[0] not in {"target"})
    ]
    assert not wrong, wrong


def test_no_report_knows_another() -> None:
    """Each reporter reads results and evidence; one that reads another's output breaks with it."""
    reports = {path.stem for path in python_files(SUITE / "report")} - {"__init__"}
    shared = {"reading", "words", "protocol", "evidence", "curl", "escaping", "model"}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files(SUITE / "report")
        if path.stem != "__init__"
        for name in imports_of(path)
        if name.startswith("oip_conformance.report.") and name.split(".")[2] in reports - shared - {path.stem}
    ]
    assert not wrong, wrong


def test_files_are_light() -> None:
    """A file over 500 lines hides what it does; a house of small files shows it in the folder list."""
    sizes = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(ROOT / "src", ROOT / "tests", ROOT / "benchmarks")
    }
    heavy = [f"{path.relative_to(ROOT)}: {size} lines" for path, size in sizes.items() if size > 500]
    assert not heavy, heavy
    ordered = sorted(sizes.values())
    assert ordered[len(ordered) // 2] <= 120, f"the median file has {ordered[len(ordered) // 2]} lines, over 120"
    assert ordered[len(ordered) * 9 // 10] <= 300, "fewer than nine in ten files are under 300 lines"


def test_names_say_what_is_inside() -> None:
    """Nobody finds a thing in a file called utils."""
    vague = re.compile(r"^(utils?|helpers?|common|misc|base|stuff)$")
    wrong = [
        str(path.relative_to(ROOT))
        for path in python_files(ROOT / "src", ROOT / "tests")
        if vague.match(path.stem) or any(vague.match(part) for part in path.relative_to(ROOT).parts)
    ]
    assert not wrong, wrong


def test_no_exception_is_swallowed_blindly() -> None:
    """A blanket except turns an error of the suite into a pass."""
    wrong = []
    for path in python_files(SUITE, CONFORMANCE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
            ):
                reraises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                reported = path.relative_to(ROOT).as_posix() in {"src/oip_conformance/cli/crash.py"}
                if not reraises and not reported:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, wrong


def test_no_test_skips_itself() -> None:
    """A skip is never green: the suite says not-tested with a reason, the selfcheck fails."""
    wrong = [
        f"{path.relative_to(ROOT)}"
        for path in python_files(ROOT / "tests")
        if path not in (Path(__file__), ROOT / "tests" / "selfcheck" / "browser" / "conftest.py")  # no browser, no look
        and re.search(r"pytest\.(skip|xfail|importorskip)\b|mark\.(skip|xfail)", path.read_text(encoding="utf-8"))
    ]
    assert not wrong, wrong


def test_requirement_ids_stand_in_markers_not_in_names() -> None:
    """A test is named for what it says of the target; an id in a name goes stale and tells nothing."""
    wrong = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in python_files(CONFORMANCE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and re.search(r"oip_|_\d\d$", node.name, re.IGNORECASE)
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("folder", ["src/oip_conformance", "src/oip_reference"])
def test_every_public_module_says_what_it_is_for(folder: str) -> None:
    """The first line of a file is what a reader meets first."""
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files(ROOT / folder)
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert not silent, silent
