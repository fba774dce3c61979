"""`oip-conformance explain`: what a requirement demands and what proves it, or what an operation is held to."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from oip_conformance.contract import Contract, ContractError, Operation, load_contract
from oip_conformance.contract.proofs import defects_in, proofs_in
from oip_conformance.contract.requirements import (
    UNTESTABLE,
    Requirement,
    RequirementError,
    RequirementSet,
    UnknownRequirement,
    load_requirements,
)
from oip_conformance.oracle import general_rules
from oip_conformance.verdict.state import ExitCode

Description = dict[str, Any]

_WIDEST = 100
_INDENT = 16


def explain(
    subject: Annotated[
        str | None,
        typer.Argument(
            help="A requirement (OIP-PROMO-04) or an operation (redeemPromotion). Without one, all are listed."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Explain a requirement or an operation: what it demands, where that comes from, and what proves it."""
    try:
        requirements, contract = load_requirements(), load_contract()
        described = describe(subject, requirements, contract) if subject else everything(requirements, contract)
    except (RequirementError, ContractError) as problem:
        lines = [str(problem), *(f"  {cause}" for cause in problem.causes), problem.hint]
        typer.echo("\n".join(line for line in lines if line), err=True)
        raise typer.Exit(ExitCode.WRONG_USE) from None
    typer.echo(json.dumps(described, ensure_ascii=False, indent=2) if as_json else "\n".join(_lines(described)))


def everything(requirements: RequirementSet, contract: Contract) -> Description:
    """Every requirement and every operation in a line each, as plain data."""
    return {
        "requirements": [
            {"id": one.id, "class": one.conformance_class, "level": one.level, "title": one.title}
            for one in requirements
        ],
        "operations": [
            {"id": one.id, "class": one.conformance_class, "method": one.method, "path": one.path}
            for one in contract.operations.values()
        ],
    }


def describe(subject: str, requirements: RequirementSet, contract: Contract) -> Description:
    """A requirement or an operation as plain data, found without regard to case. Raises UnknownRequirement."""
    wanted = subject.strip().upper()
    for name in (wanted, f"OIP-{wanted}"):
        if (requirement := requirements.get(name)) is not None:
            return _of_requirement(requirement, requirements)
    operation = next((one for one in contract.operations.values() if one.id.upper() == wanted), None)
    if operation is not None:
        return _of_operation(operation, requirements)
    raise UnknownRequirement(
        "REQ-40", f"there is no requirement or operation {subject!r}.", hint=_hint(subject, requirements, contract)
    )


def _of_requirement(requirement: Requirement, requirements: RequirementSet) -> Description:
    rules = [rule.name for rule in general_rules() if rule.requirement == requirement.id]
    tests = proofs_in().get(requirement.id, ())
    defects = defects_in().get(requirement.id, ())
    return {
        **requirement.to_json(),
        "readings": {name: text for name, text in requirements.readings.items() if name in requirement.clause.split()},
        "rules": rules,
        "tests": [{"name": test.name, "line": test.line, "sentence": test.sentence} for test in tests],
        "defects": [{"id": defect.id, "lie": defect.lie} for defect in defects],
    }


def _of_operation(operation: Operation, requirements: RequirementSet) -> Description:
    binding = requirements.of_operation(operation.id)
    return {
        "id": operation.id,
        "summary": operation.summary,
        "method": operation.method,
        "path": operation.path,
        "path_source": operation.path_source,
        "class": operation.conformance_class,
        "effect": operation.effect,
        "statuses": sorted(operation.documented_statuses),
        "requirements": [
            {"id": one.id, "level": one.level, "title": one.title} for one in binding if not one.everywhere
        ],
        "requirements_of_every_operation": [one.id for one in binding if one.everywhere],
    }


def _hint(subject: str, requirements: RequirementSet, contract: Contract) -> str:
    close = requirements.suggestions(subject) or requirements.suggestions(f"OIP-{subject}")
    folded = {name.casefold(): name for name in contract.operations}
    close += [folded[name] for name in get_close_matches(subject.casefold(), folded, 3)]
    return f"Did you mean {' or '.join(close[:3])}?" if close else "Requirement ids look like OIP-PROMO-04."


def _lines(described: Mapping[str, Any]) -> Iterable[str]:
    if "statement" in described:
        return _requirement_lines(described)
    return _operation_lines(described) if "id" in described else _table_lines(described)


def _table_lines(one: Mapping[str, Any]) -> Iterable[str]:
    yield typer.style(f"Requirements ({len(one['requirements'])})", bold=True)
    yield from (f"{each['id']:<16} {each['level']:<7} {each['title']}" for each in one["requirements"])
    yield ""
    yield typer.style(f"Operations ({len(one['operations'])})", bold=True)
    yield from (f"{each['id']:<38} {each['method']} {each['path']}" for each in one["operations"])


def _requirement_lines(one: Mapping[str, Any]) -> Iterable[str]:
    operations = "every operation" if one["operations"] == "*" else ", ".join(one["operations"])
    yield typer.style(f"{one['id']}  {one['title']}", bold=True)
    yield ""
    yield from _row("Demands", one["statement"])
    yield from _row("Level", f"{one['level']}, class {one['class']}")
    yield from _row("Source", f"{one['source']}: {one['clause']}")
    for name, text in one["readings"].items():
        yield from _row(f"  {name}", text)
    yield from _row("Operations", operations)
    if "conditional" in one:
        yield from _row("Applies when", one["conditional"])
    yield from _row("Why", one["why"])
    yield from _row("What to try", one["remedy"])
    if "untestable" in one:
        yield from _row("Not tested", f"{UNTESTABLE[one['untestable']]} ({one['untestable']})")
        return
    yield from _list("Rules", [f"{name.replace('_', ' ')} (on every exchange)" for name in one["rules"]])
    yield from _list("Tests", [f"{test['name']}: {test['sentence']}" for test in one["tests"]])
    yield from _list("Defects", [f"{defect['id']}: {defect['lie']}" for defect in one["defects"]])


def _operation_lines(one: Mapping[str, Any]) -> Iterable[str]:
    yield typer.style(f"{one['id']}  {one['method']} {one['path']}", bold=True)
    yield ""
    yield from _row("Purpose", one["summary"])
    yield from _row("Path", f"{one['path_source']}")
    yield from _row("Class", one["class"])
    yield from _row("Effect", one["effect"])
    yield from _row("Statuses", ", ".join(map(str, one["statuses"])))
    yield from _list(
        "Requirements", [f"{each['id']} ({each['level']}) {each['title']}" for each in one["requirements"]]
    )
    yield from _row("And everywhere", ", ".join(one["requirements_of_every_operation"]))


def _row(label: str, text: str) -> list[str]:
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    lines = textwrap.wrap(text, max(30, width - _INDENT), break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{label if position == 0 else '':<{_INDENT}}{line}" for position, line in enumerate(lines)]


def _list(label: str, texts: list[str]) -> list[str]:
    return [line for position, text in enumerate(texts) for line in _row(label if position == 0 else "", text)]
