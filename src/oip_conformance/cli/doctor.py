"""`oip-conformance doctor`: whether a configuration is fit to be tested, in seconds and without writing anything."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.text import Text

from oip_conformance.cli import seconds_since_the_start
from oip_conformance.contract import Contract, ContractError, contract_for
from oip_conformance.contract.validation import validate_contract
from oip_conformance.doctor import Diagnosis, examine
from oip_conformance.doctor.diagnosis import DEADLINE
from oip_conformance.profile import Problem, Profile, ProfileError, default_profile, load_profile
from oip_conformance.profile.places import line_of
from oip_conformance.run.certify import check_url
from oip_conformance.target.embedded import EmbeddedServer
from oip_conformance.verdict.state import ExitCode

WHOLE, LEAST = 8.0, 3.0
"""Seconds from the start of the command after which nothing more is asked, and those that are left for asking in any case."""


def doctor(
    profile: Annotated[Path | None, typer.Option(help="Profile to examine (default: the embedded server's).")] = None,
    target: Annotated[str | None, typer.Option(help="Base URL of the target, instead of the profile's.")] = None,
    contract: Annotated[
        str | None,
        typer.Option(metavar="FILE|URL", help="OpenAPI file to go by, instead of the profile's or the one that ships."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the diagnosis as JSON.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Show every question that was asked.")] = False,
) -> None:
    """Examine a profile and its target: a verdict on the configuration in seconds. Nothing is written on the target.

    Every mistake has a code (CFG-nn), its place in the file and the next step. The exit code is 0 when a run can start,
    2 when it cannot.
    """
    check_url(target)
    chosen = load_profile(profile) if profile else default_profile()
    described = _contract(chosen, contract)
    url = target or chosen.target.url
    with contextlib.ExitStack() as resources:
        environment, shown = dict(os.environ), url or "the embedded reference server"
        if url is None:
            sandbox = resources.enter_context(EmbeddedServer(profile=chosen.path))
            environment[chosen.target.api_key_env] = sandbox.key
            environment[chosen.target.second_api_key_env] = sandbox.second_key
            url = sandbox.url
        left = max(LEAST, min(DEADLINE, WHOLE - seconds_since_the_start()))
        diagnosis = examine(chosen, described, url, environment, deadline=left)
    if as_json:
        typer.echo(orjson.dumps(to_json(diagnosis, chosen), option=orjson.OPT_INDENT_2).decode())
    else:
        _say(diagnosis, chosen, shown, show=show)
    raise typer.Exit(ExitCode.WRONG_USE if diagnosis.stopping else ExitCode.CONFORMANT)


def _contract(profile: Profile, file: str | None) -> Contract:
    """The contract of a profile, or in a file; one that cannot be used is a mistake of the configuration."""
    try:
        contract = contract_for(profile, file)
        validate_contract(contract)
    except ContractError as problem:
        code, place = _CONTRACT_CODES.get(problem.code, ("CFG-81", "contract"))
        place = "--contract" if file and code in ("CFG-80", "CFG-81") else place
        message = " ".join([problem.message, *problem.causes])
        line = line_of(profile._text, place)
        raise ProfileError(_name(profile), [Problem(code, place, message, line, problem.hint)]) from problem
    return contract


_CONTRACT_CODES = {
    "CON-01": ("CFG-80", "contract.file"),
    "CON-10": ("CFG-80", "contract.file"),
    "CON-05": ("CFG-82", "contract.overlays"),
    "CON-06": ("CFG-82", "contract.overlays"),
    "CON-07": ("CFG-20", "operations"),
    "CON-08": ("CFG-25", "operations"),
}


def to_json(diagnosis: Diagnosis, profile: Profile) -> dict[str, Any]:
    """The diagnosis as plain data."""
    return {
        "profile": {"name": profile.name, "digest": profile.digest},
        "fit": not diagnosis.stopping,
        "complete": diagnosis.complete,
        "seconds": round(diagnosis.seconds, 2),
        "problems": [
            {
                "code": one.code,
                "place": one.place,
                "line": one.line,
                "message": one.message,
                "next_step": one.next_step,
                "stops": one.stops,
            }
            for one in diagnosis.problems
        ],
        "remarks": [vars(one) for one in diagnosis.remarks],
        "asked": [str(one) for one in diagnosis.asked],
    }


def _say(diagnosis: Diagnosis, profile: Profile, url: str, *, show: bool) -> None:
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(Text(f"Profile  {_name(profile)}: {profile.name}"))
    console.print(Text(f"Target   {url}, {len(diagnosis.asked)} reads in {diagnosis.seconds:.1f} s, nothing written"))
    if show:
        for probed in diagnosis.asked:
            console.print(Text(f"  {probed}", style="dim"))
    console.print()
    for one in diagnosis.stopping:
        _tell(console, one.code, one, "red")
    for one in diagnosis.advice:
        _tell(console, one.code, one, "yellow")
    for remark in diagnosis.remarks:
        console.print(Text(f"claim   {remark}", style="yellow"))
        console.print("        A run fails with it as it stands: correct [claims] of the profile, or the target.")
    if not diagnosis.complete and not diagnosis.stopping:
        console.print(
            Text("The time was up before everything was asked; what was not seen may still be wrong.", style="yellow")
        )
    if diagnosis.stopping:
        console.print(Text(f"Not fit to be tested: {len(diagnosis.stopping)} to mend first.", style="bold red"))
    else:
        also = f", with {len(diagnosis.advice)} pieces of advice" if diagnosis.advice else ""
        console.print(Text(f"Fit to be tested{also}.", style="bold green"))


def _tell(console: Console, code: str, problem: Problem, style: str) -> None:
    where = f"{problem.place} (line {problem.line})" if problem.line else problem.place
    console.print(Text(f"{code}  {where}: {problem.message}", style=style))
    console.print(Text(f"        {problem.next_step}"))


def _name(profile: Profile) -> str:
    return profile.path.name if profile.path else "the profile"
