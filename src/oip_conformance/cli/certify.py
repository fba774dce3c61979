"""`certify`: run the suite against a target, and say whether it is conformant."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from oip_conformance.certificate.issuing import CERTIFICATE_NAME
from oip_conformance.certificate.keys import SIGNING_KEY_VARIABLE
from oip_conformance.cli.planned import show_plan
from oip_conformance.contract.loading import kept_locally
from oip_conformance.run.certify import RunResult
from oip_conformance.run.certify import certify as run
from oip_conformance.run.certify import plan as make_plan
from oip_conformance.run.options import RunOptions
from oip_conformance.run.reporting import tell_build_server
from oip_conformance.session import Level
from oip_conformance.verdict.state import State

LARGEST_SEED = 2**53 - 1
"""The largest number that every reader of JSON keeps as it is."""

_STYLES = {State.PASSED: "bold green", State.WARNED: "bold yellow", State.FAILED: "bold red"}


def certify(
    profile: Annotated[
        Path | None, typer.Option(help="Profile of the configuration (default: the embedded server's).")
    ] = None,
    target: Annotated[str | None, typer.Option(help="Base URL of the target, instead of the profile's.")] = None,
    contract: Annotated[
        str | None,
        typer.Option(metavar="FILE|URL", help="OpenAPI file to test against, instead of the one that ships."),
    ] = None,
    level: Annotated[
        Level, typer.Option(help="smoke: seconds; standard: a minute or two; deep: a time budget.")
    ] = "standard",
    class_: Annotated[
        list[str] | None, typer.Option("--class", metavar="NAME", help="Only this conformance class.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this requirement or operation.")] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=LARGEST_SEED, help="Seed of all that is drawn; the same seed sends the same requests."),
    ] = None,
    workers: Annotated[str, typer.Option(metavar="N|auto", help="Processes that share the work.")] = "1",
    budget: Annotated[
        str | None, typer.Option(metavar="TIME", help="Time for a deep run: 90s, 10m, 1h (default 10m).")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Directory for the run (default: a new one in reports/).")] = None,
    waivers: Annotated[Path | None, typer.Option(help="TOML file of failures that somebody answers for.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Print what would be asked, and how much of it; send nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    har: Annotated[bool, typer.Option("--har", help="Write evidence.har as well.")] = False,
    defect: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Start the embedded server with this fault.")
    ] = None,
    variation: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Start the embedded server with this allowed difference.")
    ] = None,
    production: Annotated[
        bool,
        typer.Option("--i-know-this-is-production", help="Needed besides the profile to test the production host."),
    ] = False,
) -> None:
    """Run the suite against a target and write the verdict, the reports and the evidence.

    Without --target and without a profile that names one, the embedded reference server is started and tested.

    The exit code is 0 when conformant, 1 when not, 2 for wrong use or configuration, 3 when inconclusive or incomplete,
    4 for an error of the suite itself.
    """
    if as_json and not plan:
        raise typer.BadParameter("it goes with --plan; a run writes results.json", param_hint="--json")
    console = Console(highlight=False, soft_wrap=True)
    options = RunOptions(
        profile=profile,
        url=target,
        level=level,
        classes=tuple(class_ or ()),
        only=tuple(only or ()),
        seed=seed,
        workers=_workers(workers),
        budget=_seconds(budget),
        output=output,
        waivers=waivers,
        har=har,
        production=production,
        server_options=(
            *(f"--defect={one}" for one in defect or ()),
            *(f"--variation={one}" for one in variation or ()),
        ),
    )
    with kept_locally(contract) as file:
        if plan:
            show_plan(make_plan(replace(options, contract=file)), as_json=as_json)
            return
        result = run(replace(options, contract=file), console)
    say(result, console)
    for line in tell_build_server(result.results, result.directory, os.environ):
        typer.echo(line)
    raise typer.Exit(result.verdict.exit_code)


def say(result: RunResult, console: Console) -> None:
    """The summary at the end of a run: the verdict, the first causes, where everything is."""
    verdict, results = result.verdict, result.results
    failures = [one for one in results["failures"] if one["state"] == State.FAILED]
    console.print()
    for one in failures[:5]:
        console.print(Text(f"{one['id']} {one['requirement']} {one['operation'] or ''}: {one['title']}", style="red"))
        console.print(Text(f"    expected {one['expected']}"))
        console.print(Text(f"    got      {one['got']}"))
    if len(failures) > 5:
        console.print(f"... and {len(failures) - 5} more distinct failures in the report")
    if verdict.exit_code == 3 and not results["run"]["interrupted"]:
        open_ones = [one for one in verdict.requirements if one.state in (State.NOT_TESTED, State.INCONCLUSIVE)]
        for item in open_ones[:5]:
            console.print(Text(f"{item.requirement.id} {item.state}: {item.reason}", style="yellow"))
        if len(open_ones) > 5:
            console.print(f"... and {len(open_ones) - 5} more")
    console.print(Text(verdict.sentence, style=_STYLES.get(verdict.state, "bold yellow")))
    for note in results["notes"]:
        if not results["run"]["interrupted"]:
            console.print(note)
    run_facts, evidence = results["run"], results["evidence"]
    console.print(
        f"{evidence['exchanges']} exchanges in {run_facts['seconds']} s; the report is {_near(result.directory)}"
    )
    if (result.directory / CERTIFICATE_NAME).is_file():
        signed = "signed" if os.environ.get(SIGNING_KEY_VARIABLE) else f"not signed: {SIGNING_KEY_VARIABLE} is not set"
        console.print(f"The certificate is beside it ({signed}); `oip-conformance verify` checks both.")


def _near(directory: Path) -> str:
    report = directory / "report.html"
    shown = report if report.exists() else directory / "results.json"
    try:
        return str(shown.relative_to(Path.cwd()))
    except ValueError:
        return str(shown)


def _workers(text: str) -> int:
    if text == "auto":
        return 0
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise typer.BadParameter("give a number from 1, or auto", param_hint="--workers")


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h)?", text.strip(), re.ASCII)
    if not found or float(found[1]) == 0:
        raise typer.BadParameter("give a time such as 90s, 10m or 1h", param_hint="--budget")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2] or "s"]
