"""The command line as a whole: it says what it is, and teaches what it can do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
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


ROOT = Path(__file__).parents[3]
GROUP: Any = typer.main.get_command(app)


def words_that_name_a_command() -> Iterator[tuple[str, str]]:
    """Where `oip-conformance ...` stands between backquotes, in what the code says and in the guides, and what follows it."""
    guides = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    texts = [(file.name, file.read_text(encoding="utf-8")) for file in guides]
    for file in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        strings = (one.value for one in ast.walk(tree) if isinstance(one, ast.Constant))
        texts += [(file.name, one) for one in strings if isinstance(one, str)]
    for name, text in texts:
        for words in re.findall(r"`oip-conformance ([^`\n]+)`", text):
            yield name, words


def mistake_in(words: str) -> str:
    """What is wrong with words that name a command and perhaps options of it; empty when nothing is."""
    command = GROUP
    given = words.split()
    while given and hasattr(command, "commands") and not given[0].startswith("-"):
        name = given.pop(0)
        if name not in command.commands:
            return f"there is no command {name}"
        command = command.commands[name]
    known = {option for one in command.params for option in one.opts} | {"--help"}
    unknown = [one for one in given if one.startswith("--") and one not in known]
    arguments = [one for one in command.params if one.param_type_name == "argument" and one.required]
    lacking = len(arguments) > len([one for one in given if not one.startswith("-")]) and "--help" not in given
    return f"there is no {unknown[0]}" if unknown else "it lacks an argument" if lacking and given else ""


NAMED = sorted(set(words_that_name_a_command()))


def test_commands_are_named_in_many_places() -> None:
    assert len(NAMED) > 15


@pytest.mark.parametrize(("where", "words"), NAMED, ids=lambda one: one[:40])
def test_a_command_that_is_named_as_the_next_step_is_there(where: str, words: str) -> None:
    assert mistake_in(words) == ""


@pytest.mark.parametrize("words", ["recertify", "certify --deeper", "contract mend", "profile check --all"])
def test_one_that_is_not_there_would_be_seen(words: str) -> None:
    assert mistake_in(words)


def test_without_a_subject_everything_is_listed() -> None:
    """A misspelt name is answered with this list as the next step."""
    listed = said("explain")
    for name in ("OIP-PROMO-04", "redeemPromotion", "GET /stores"):
        assert name in listed


def every_command(command: Any = GROUP, name: str = "") -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for word, below in command.commands.items():
        yield from every_command(below, f"{name} {word}".strip())


EVERY = dict(every_command())


@pytest.mark.parametrize("name", EVERY)
def test_help_says_what_every_command_and_option_is_for(name: str) -> None:
    command = EVERY[name]
    assert len((command.help or "").split()) > 5
    silent = [one.name for one in command.params if one.param_type_name == "option" and not one.help]
    assert silent == []


COMPLETED = [("", "certify"), ("certify --lev", "--level"), ("certify --level ", "standard"), ("contract d", "diff")]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(("begun", "proposed"), COMPLETED, ids=[one or "nothing" for one, _ in COMPLETED])
def test_a_shell_completes_commands_options_and_values(shell: str, begun: str, proposed: str) -> None:
    line = f"oip-conformance {begun}"
    environment = {
        "_OIP_CONFORMANCE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = CliRunner().invoke(app, [], prog_name="oip-conformance", env=environment)
    assert proposed in done.output
