"""`oip-conformance serve`: runs the reference server as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer


def serve(
    profile: Annotated[Path | None, typer.Option(help="Behave as the account that this profile describes.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Loopback port; 0 takes a free one.")] = 0,
    database: Annotated[Path | None, typer.Option(help="Keep data in this file (default: in memory).")] = None,
    defect: Annotated[list[str] | None, typer.Option(help="Start with this fault; repeatable.")] = None,
    variation: Annotated[list[str] | None, typer.Option(help="Start with this difference; repeatable.")] = None,
    allow: Annotated[list[str] | None, typer.Option(help="Allow only this network; repeatable.")] = None,
    tenant: Annotated[
        list[str] | None, typer.Option(metavar="NAME=FILE", help="One more account, as this profile says; repeatable.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List defects, variations and tenants.")] = False,
    ready_json: Annotated[bool, typer.Option(help="Say in one line of JSON when it is ready.")] = False,
    until_stdin_closes: Annotated[bool, typer.Option(help="End when standard input ends.")] = False,
) -> None:
    """Run the reference server, a sandbox that implements the contract, until Ctrl+C."""
    arguments = ["--port", str(port)]
    for name, path in (("--profile", profile), ("--database", database)):
        arguments += [name, str(path)] if path else []
    repeated = (("--defect", defect), ("--variation", variation), ("--allow", allow), ("--tenant", tenant))
    for name, values in repeated:
        arguments += [part for value in values or () for part in (name, value)]
    arguments += ["--list"] if list_ else []
    arguments += ["--ready-json"] if ready_json else []
    command = [sys.executable, "-m", "oip_reference", *arguments, "--until-stdin-closes"]
    raise typer.Exit(_run(command, inherit_stdin=until_stdin_closes))


def _run(command: list[str], *, inherit_stdin: bool) -> int:
    """The child's exit code. The child ends with this process, however that ends: it watches its standard input."""
    with subprocess.Popen(command, stdin=None if inherit_stdin else subprocess.PIPE) as child:
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            return child.wait()
        except KeyboardInterrupt:
            return child.wait()
