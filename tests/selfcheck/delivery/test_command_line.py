"""The command line as a whole: it says what it is, and teaches what it can do."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from oip_conformance import __version__
from oip_conformance.cli.application import app

COMMANDS = ["certify", "doctor", "discover", "serve", "detect", "verify", "keygen", "repro", "explain", "compare"]


def said(*arguments: str) -> str:
    """What a command line prints that ends with 0."""
    done = CliRunner().invoke(app, list(arguments), prog_name="oip-conformance")
    assert done.exit_code == 0, done.output
    return done.output


def test_the_version_is_the_packages() -> None:
    assert said("--version") == f"oip-conformance {__version__}\n"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_the_help_lists_every_command_with_a_sentence(option: str) -> None:
    listed = {parts[1]: parts[2:] for line in said(option).splitlines() if len(parts := line.split()) > 2}
    assert [name for name in [*COMMANDS, "contract", "profile"] if len(listed.get(name, [])) < 4] == []


@pytest.mark.parametrize("command", ["certify", "doctor", "detect", "verify", "repro", "compare"])
def test_the_help_of_a_command_that_decides_says_its_exit_codes(command: str) -> None:
    assert "exit code" in " ".join(said(command, "--help").split())
