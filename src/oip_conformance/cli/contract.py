"""`oip-conformance contract`: check a contract, make one file of it, and tell what changes it."""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from oip_conformance.cli.writing import written
from oip_conformance.contract import Contract, ContractError, contract_for, load_contract
from oip_conformance.contract.change import Change
from oip_conformance.contract.dereferencing import dereferenced
from oip_conformance.contract.difference import changes_between
from oip_conformance.contract.document import Source
from oip_conformance.contract.loading import overlay_source, strangers_in
from oip_conformance.contract.validation import samples_that_break_their_schema, validate_contract
from oip_conformance.profile import load_profile
from oip_conformance.verdict.state import ExitCode

contract_app = typer.Typer(
    help="The contract: check one, make one file of it with its overlays, and tell what changes it.",
    no_args_is_help=True,
)

_SHOWN = 20

File = Annotated[
    str | None,
    typer.Argument(metavar="FILE|URL", help="An OpenAPI 3.0 or 3.1 file, YAML or JSON (default: the one that ships)."),
]
Overlays = Annotated[
    list[str] | None,
    typer.Option(
        "--overlay", metavar="FILE|URL|NAME", help="An overlay to apply; repeatable, in order. NAME: oip-4.3."
    ),
]
OfProfile = Annotated[
    Path | None, typer.Option("--profile", help="Take contract, overlays and bindings from this profile.")
]
Strict = Annotated[bool, typer.Option(help="Refuse an overlay action that selects nothing, as a profile does.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


class Format(enum.StrEnum):
    """How a contract is written."""

    YAML = "yaml"
    JSON = "json"


@contract_app.command()
def validate(
    file: File = None,
    overlay: Overlays = None,
    profile: OfProfile = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Say whether a contract can be used: valid OpenAPI, every reference and overlay resolved, every schema usable.

    Also tells, without refusing: samples that break their own schema, overlay actions that select nothing, and how far a
    contract of your own is known to the suite. Exit code 0: it can be used. 2: it cannot; each mistake has a code and its
    place.
    """
    try:
        contract = _contract(file, overlay, profile, strict=strict)
        validate_contract(contract)
    except ContractError as problem:
        if not as_json:
            raise
        told = {"valid": False, "code": problem.code, "message": problem.message, "causes": list(problem.causes)}
        _print_json({**told, "hint": problem.hint})
        raise typer.Exit(ExitCode.WRONG_USE) from None
    advice = [*contract.idle, *samples_that_break_their_schema(contract), *strangers_in(contract)]
    if as_json:
        _print_json(_facts(contract, advice))
        return
    inferred = sum(one.path_source == "inferred" for one in contract.operations.values())
    typer.echo(f"{contract.title} {contract.version} is valid: OpenAPI {contract.published['openapi']}.")
    typer.echo(
        f"{len(contract.operations)} operations, {inferred} of them at inferred paths; {contract.digest[:23]}..."
    )
    for line in advice[:_SHOWN]:
        typer.echo(f"note: {line}")
    if len(advice) > _SHOWN:
        typer.echo(f"... and {len(advice) - _SHOWN} more; --json lists all.")


@contract_app.command()
def bundle(
    file: File = None,
    overlay: Overlays = None,
    profile: OfProfile = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write it here instead of printing it.")] = None,
    format_: Annotated[
        Format | None, typer.Option("--format", help="How to write it (default: as the output file is named, or YAML).")
    ] = None,
    dereference: Annotated[
        bool, typer.Option("--dereference", help="Put what is referred to in place; only recursion stays a reference.")
    ] = False,
    strict: Strict = False,
) -> None:
    """Write a contract as one file, with the files it refers to and its overlays: for an editor, a mock or a generator.

    With --profile, operations stand where the profile binds them, under the ids that requirements name.
    """
    contract = _contract(file, overlay, profile, strict=strict)
    validate_contract(contract)
    document = contract.document if profile else contract.published
    document = dereferenced(document) if dereference else document
    named = Format.JSON if output is not None and output.suffix == ".json" else Format.YAML
    text = _written(document, format_ or named)
    for line in contract.idle:
        typer.echo(f"note: {line}", err=True)
    if output is None:
        typer.echo(text, nl=False)
        return
    written(output, text)
    typer.echo(f"{output}: {contract.title} {contract.version}, {len(contract.operations)} operations.")


@contract_app.command()
def diff(
    before: Annotated[
        str | None, typer.Argument(metavar="BEFORE", help="A contract (default: the one that ships).")
    ] = None,
    after: Annotated[str | None, typer.Argument(metavar="AFTER", help="The contract to compare it with.")] = None,
    overlay: Overlays = None,
    fail_on_breaking: Annotated[
        bool, typer.Option("--fail-on-breaking", help="Exit code 1 when a change breaks clients.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what another contract, or an overlay, changes: operations, parameters, fields, statuses.

    * `diff BEFORE AFTER` compares two contracts,
    * `diff AFTER` compares one with the contract that ships,
    * `diff --overlay NAME` tells what an overlay does to the contract that ships; with BEFORE, to that one.

    A change is BREAKING when a client that kept to the contract before may be refused, or may meet what it does not expect:
    an operation or field that is gone, a field that has become required, a type that takes less or answers more.
    """
    if after is None and not overlay:
        if before is None:
            raise typer.BadParameter("name a contract, two contracts, or an overlay", param_hint="BEFORE")
        before, after = None, before
    old = _contract(before, None, None)
    new = _contract(after or before, overlay, None)
    for one in (old, new):
        validate_contract(one)
    changes = changes_between(old, new)
    breaking = sum(one.breaking for one in changes)
    if as_json:
        _print_json(
            {
                "before": {"title": old.title, "version": old.version, "digest": old.digest},
                "after": {"title": new.title, "version": new.version, "digest": new.digest},
                "breaking": breaking,
                "changes": [one.to_json() for one in changes],
                "notes": list(new.idle),
            }
        )
    else:
        _print_changes(changes, new, breaking)
    if breaking and fail_on_breaking:
        raise typer.Exit(ExitCode.NONCONFORMANT)


def _contract(file: str | None, overlays: list[str] | None, profile: Path | None, *, strict: bool = False) -> Contract:
    sources: list[Source] = [overlay_source(name) for name in overlays or ()]
    if profile is None:
        return load_contract(file, sources, strict=strict)
    if overlays:
        raise typer.BadParameter("the profile names its overlays itself", param_hint="--overlay")
    return contract_for(load_profile(profile), file)


def _facts(contract: Contract, advice: list[str]) -> dict[str, Any]:
    return {
        "valid": True,
        "openapi": contract.published["openapi"],
        "title": contract.title,
        "version": contract.version,
        "digest": contract.digest,
        "servers": list(contract.servers),
        "operations": [
            {
                "id": one.id,
                "method": one.method,
                "path": one.path,
                "class": one.conformance_class,
                "effect": one.effect,
                "path_source": one.path_source,
                "preview": one.preview,
                "statuses": sorted(one.responses),
            }
            for one in contract.operations.values()
        ],
        "notes": advice,
    }


def _print_changes(changes: tuple[Change, ...], after: Contract, breaking: int) -> None:
    for names, same in _grouped(changes).items():
        operation = after.operations.get(names[0] or "")
        place = f"  {operation.method} {operation.path}" if operation and len(names) == 1 else ""
        typer.secho(f"{', '.join(name or after.title for name in names)}{place}", bold=True)
        for one in same:
            mark = typer.style("BREAKING  ", fg="red") if one.breaking else " " * 10
            typer.echo(f"  {mark}{one.sort:<8} {one.place}: {one.text}")
    for line in after.idle:
        typer.echo(f"note: {line}")
    typer.echo(f"{len(changes)} changes, {breaking} of them breaking." if changes else "No difference.")


def _grouped(changes: tuple[Change, ...]) -> dict[tuple[str | None, ...], list[Change]]:
    """Changes by operation; operations that change alike stand together."""
    by_operation: dict[str | None, list[Change]] = {}
    for one in changes:
        by_operation.setdefault(one.operation, []).append(one)
    alike: dict[tuple[tuple[str, str, str, bool], ...], list[str | None]] = {}
    for name, group in by_operation.items():
        alike.setdefault(tuple((one.sort, one.place, one.text, one.breaking) for one in group), []).append(name)
    return {tuple(names): by_operation[names[0]] for names in alike.values()}


def _written(document: dict[str, Any], form: Format) -> str:
    if form is Format.JSON:
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    text: str = yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    return text


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


class _Plain(yaml.SafeDumper):
    """Writes every value out where it stands, also one that stands in several places."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
