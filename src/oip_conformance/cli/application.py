"""`oip-conformance`: its commands, and how errors become sentences and exit codes."""

from __future__ import annotations

from typing import Annotated

import typer

from oip_conformance import __version__
from oip_conformance.cli.certify import certify
from oip_conformance.cli.compare import compare
from oip_conformance.cli.contract import contract_app
from oip_conformance.cli.crash import guarded
from oip_conformance.cli.detect import detect
from oip_conformance.cli.discover import discover
from oip_conformance.cli.doctor import doctor
from oip_conformance.cli.explain import explain
from oip_conformance.cli.keygen import keygen
from oip_conformance.cli.profile import profile_app
from oip_conformance.cli.repro import repro
from oip_conformance.cli.serve import serve
from oip_conformance.cli.verify import verify

app = typer.Typer(
    name="oip-conformance",
    help="Decides, and proves, whether an endpoint keeps the published contract of the Oculos Integration Platform API.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(certify)
app.command()(doctor)
app.command()(discover)
app.command()(serve)
app.command()(detect)
app.command()(verify)
app.command()(keygen)
app.command()(repro)
app.command()(explain)
app.add_typer(contract_app, name="contract")
app.command()(compare)
app.add_typer(profile_app, name="profile")


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"oip-conformance {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version, and end.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """What every command shares."""


def main() -> None:
    """Run the command line."""
    guarded(app)
