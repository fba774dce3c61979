"""Whatever a command is given: a coded sentence with the next step and a documented exit code, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oip_conformance.cli import main
from oip_conformance.cli.crash import guarded

NOBODY = "http://127.0.0.1:9/v4"
"""An address at which nothing listens."""
CODED = re.compile(r"\b[A-Z]{3}-\d\d\b|Usage: |Invalid value")


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: object
    text: str


def say(*arguments: str) -> Said:
    """Run the command line as its user does, in this process."""
    words = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
        patched.setattr("sys.argv", ["oip-conformance", *arguments])
        patched.setenv("OIP_API_KEY", "a-key")
        patched.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            main()
    return Said(ended.value.code, words.getvalue())


def is_wrong_use(said: Said) -> None:
    assert "suite itself failed" not in said.text
    assert "Traceback" not in said.text
    assert said.code == 2, said.text
    assert CODED.search(said.text), said.text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working directory with files of every kind that is none of those asked for."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "a-directory").mkdir()
    (folder / "binary").write_bytes(b"\xff\xfe\x00\x81")
    (folder / "empty").write_bytes(b"")
    (folder / "words").write_text("words", encoding="utf-8")
    (folder / "list.json").write_text("[]", encoding="utf-8")
    (folder / "odd.json").write_text('{"schema_version": 1, "verdict": {}}', encoding="utf-8")
    (folder / "a-run").mkdir()
    (folder / "a-run" / "results.json").write_text('{"schema_version": 1, "verdict": {}}', encoding="utf-8")
    with contextlib.chdir(folder):
        yield folder


FILES = ["missing", "a-directory", "binary", "empty", "words", "list.json", "odd.json", "words/below", "x" * 300]
READING = [
    "certify --plan --profile {}",
    "certify --plan --contract {}",
    f"doctor --target {NOBODY} --profile {{}}",
    f"doctor --target {NOBODY} --contract {{}}",
    f"discover --target {NOBODY} --contract {{}}",
    f"discover --target {NOBODY} --overlay {{}}",
    "compare {} a-run",
    "compare a-run {}",
    "verify {}",
    "verify a-run --key {}",
    "repro {} F01",
    "contract validate {}",
    "contract validate --overlay {}",
    "contract validate --profile {}",
    "contract bundle {}",
    "contract diff {}",
    "contract diff --overlay {}",
    "profile check {}",
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file[:12])
def test_a_file_that_is_none_of_those_asked_for(command: str, file: str) -> None:
    is_wrong_use(say(*(part.format(file) for part in command.split())))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("file", [one for one in FILES if one != "empty"], ids=lambda file: file[:12])
def test_waivers_that_are_none(file: str) -> None:
    """An empty file of waivers waives nothing, and is one."""
    is_wrong_use(say("certify", "--plan", "--waivers", file))


WRITING = [
    "profile schema -o {}",
    "contract bundle -o {}",
    "keygen -o {}",
    f"discover --force --target {NOBODY} -o {{}}",
    f"certify --target {NOBODY} --output {{}}",
    "detect --narrow --defect lists_a_store_twice --output {}",
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", WRITING)
@pytest.mark.parametrize("place", ["words/below", "x" * 300, "a-directory", "missing/below"], ids=lambda one: one[:15])
def test_a_place_that_cannot_be_written(command: str, place: str) -> None:
    """Runs make their directories themselves, so that one which is there, or is not yet, is none of those."""
    if "--output" in command and place in ("a-directory", "missing/below"):
        place = "a-run/results.json"
    is_wrong_use(say(*(part.format(place) for part in command.split())))


@pytest.mark.parametrize(
    "url",
    [
        "http://me:word@127.0.0.1:9/v4",
        "http://127.0.0.1:9/v4#part",
        "http://127.0.0.1:9/v4?key=1",
        "ftp://127.0.0.1/v4",
        "127.0.0.1:9",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/v4",
        "",
    ],
)
@pytest.mark.parametrize("command", ["doctor", "discover", "certify --plan"])
def test_an_address_that_no_target_has(command: str, url: str) -> None:
    """It is refused as it is given, and a password in it is not repeated."""
    said = say(*command.split(), "--target", url)
    is_wrong_use(said)
    assert "word" not in said.text.replace("password", "")


@pytest.mark.parametrize("url", [NOBODY, "http://no-such-host.invalid/v4", "https://127.0.0.1:9/v4"])
@pytest.mark.parametrize("command", ["doctor --target", "discover --target", "contract validate"])
def test_an_address_at_which_nobody_answers(command: str, url: str) -> None:
    is_wrong_use(say(*command.split(), url))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "command",
    [
        "certify --level deeper",
        "certify --class shops",
        "certify --only OIP-NONE-01",
        "certify --seed x",
        "certify --seed -1",
        "certify --seed 99999999999999999999",
        "certify --workers 0",
        "certify --workers \u00b2",
        "certify --plan --level deep --budget soon",
        "certify --plan --budget 5m",
        "certify --json",
        "certify --no-such-option",
        "detect --shard 3/2",
        "detect --shard \u00b2/\u00b2",
        "detect --defect no_such_lie",
        "detect --sample 0",
        "detect --seed -1",
        "explain OIP-NONE-01",
        "contract bundle --format xml",
        "contract diff",
        "contract validate http://[::1",
        "keygen -o words",
        "verify a-run --at someday",
        "verify a-run --key words",
        "compare a-run",
        "serve --port 70000",
        "discover",
        "profile edit",
        "recertify",
    ],
)
def test_a_word_that_means_nothing(command: str) -> None:
    is_wrong_use(say(*command.split()))


def ended_with(problem: Exception, capsys: pytest.CaptureFixture[str]) -> Said:
    def command() -> None:
        raise problem

    with pytest.raises(SystemExit) as ended:
        guarded(command)
    return Said(ended.value.code, capsys.readouterr().err)


def test_what_the_system_refuses_is_no_mistake_of_the_suite(capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk, say; what names no file and is not that either is one all the same."""
    full = ended_with(OSError(errno.ENOSPC, "No space left on device"), capsys)
    assert (full.code, full.text.partition(":")[0]) == (2, "RUN-12")
    denied = ended_with(PermissionError(errno.EACCES, "Permission denied", "reports/x"), capsys)
    assert denied.text.startswith("RUN-12: reports/x cannot be used: Permission denied.")
    assert ended_with(OSError(errno.EBADF, "Bad file descriptor"), capsys).code == 4
    assert ended_with(ValueError("x"), capsys).code == 4
