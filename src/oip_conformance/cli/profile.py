"""`oip-conformance profile`: the form of a profile for editors, and what every mistake in one is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from oip_conformance.cli.writing import written
from oip_conformance.profile import ADVICE, CLASSES, CODES, load_profile
from oip_conformance.profile.schema import profile_schema

profile_app = typer.Typer(help="Profiles: their JSON Schema for editors, a check, and the codes of mistakes.")


@profile_app.command()
def schema(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write it here instead of printing it.")] = None,
) -> None:
    """Print the JSON Schema of a profile: every setting with its kind, default and description.

    An editor that knows TOML completes and checks with it: put `#:schema profile.schema.json` in the first line.
    """
    text = orjson.dumps(profile_schema(), option=orjson.OPT_INDENT_2).decode() + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        written(output, text)


@profile_app.command()
def check(file: Annotated[Path, typer.Argument(help="The profile.")]) -> None:
    """Read a profile and say every mistake in it. Asks no target; `doctor` does."""
    profile = load_profile(file)
    typer.echo(f"{file.name}: {profile.name} ({profile.digest[:23]}...) can be used.")


@profile_app.command()
def codes() -> None:
    """List what can be wrong with a configuration, with the next step of each."""
    for code, (title, next_step) in CODES.items():
        kind = "advice" if code in ADVICE else "stops"
        typer.echo(f"{code}  {kind:<7} {title[0].upper()}{title[1:]}. {next_step}")


@profile_app.command()
def classes() -> None:
    """List the conformance classes that a profile may claim."""
    typer.echo("\n".join(CLASSES))
