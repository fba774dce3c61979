"""Every code of a mistake is shown by a test: none is promised that nothing can bring about."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from oip_conformance.cli.application import app
from oip_conformance.doctor import Diagnosis
from oip_conformance.profile import CODES, ProfileError
from oip_conformance.target.embedded import Sandbox

Diagnosed = Callable[..., Diagnosis]
Answering = Callable[[Callable[[BaseHTTPRequestHandler], tuple[int, str, bytes] | None]], Any]

FOLDERS = (Path(__file__).parent, Path(__file__).parents[1] / "profile")


def test_every_code_stands_in_a_test_of_its_own() -> None:
    quoted = {
        code
        for folder in FOLDERS
        for file in folder.glob("test_*.py")
        for code in re.findall(r'"(CFG-\d\d)"', file.read_text("utf-8"))
    }
    assert CODES.keys() - quoted == set()


def found(diagnosis: Diagnosis, code: str) -> Any:
    """The one problem of a code, with its place in the file and its next step."""
    (problem,) = [one for one in diagnosis.problems if one.code == code]
    assert problem.next_step
    return problem


def test_a_clock_that_is_wrong_is_advice(
    fake: Answering, diagnosed: Diagnosed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either of the two: the target says what time it has."""
    an_hour_ago = format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(hours=1), usegmt=True)
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: an_hour_ago)
    target = fake(lambda _: (200, "application/json", b"[]"))
    problem = found(diagnosed(target.url), "CFG-49")
    assert not problem.stops
    assert re.search(r"36\d\d s|3599 s", problem.message)


def test_a_target_that_takes_its_time_is_advice(fake: Answering, diagnosed: Diagnosed) -> None:
    """The doctor waits no longer than the run will."""

    def slowly(one: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        time.sleep(0.4)
        return 200, "application/json", b"[]"

    problem = found(diagnosed(fake(slowly).url, "[target]\ntimeout_seconds = 0.6"), "CFG-51")
    assert not problem.stops
    assert problem.line == 3


def test_without_a_second_key_isolation_is_not_tested(fake: Answering, diagnosed: Diagnosed) -> None:
    target = fake(lambda _: (200, "application/json", b"[]"))
    assert not found(diagnosed(target.url), "CFG-50").stops
    assert "CFG-50" not in [one.code for one in diagnosed(target.url, OIP_SECOND_API_KEY="key-2").problems]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("CFG-86", '[fixtures]\nactivities = ["NO-SUCH-ACTIVITY"]'),
        ("CFG-87", '[fixtures]\nstamp_cards = ["NO-SUCH-CARD"]'),
        ("CFG-85", '[fixtures]\ncampaigns = ["NO-SUCH-CAMPAIGN"]'),
    ],
)
def test_what_the_target_does_not_list_is_named_with_its_line(
    code: str, text: str, sandbox: Sandbox, diagnosed: Diagnosed
) -> None:
    problem = found(diagnosed(sandbox.url, text, OIP_API_KEY=sandbox.key), code)
    assert problem.stops
    assert "NO-SUCH" in problem.message
    assert problem.line == 3


BROKEN = "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions: [{target: \"$.nowhere\", update: {a: 1}}]\n"


@pytest.mark.parametrize(
    ("code", "text", "line"),
    [
        ("CFG-81", '[contract]\nfile = "theirs.yaml"', 2),
        ("CFG-82", '[contract]\noverlays = ["broken.yaml"]', 3),
        ("CFG-25", '[operations.getStores]\npath = "/customers"\nmethod = "POST"', 2),
        ("CFG-20", '[operations.getShops]\npath = "/shops"', 2),
    ],
)
def test_a_contract_that_cannot_be_used_is_a_mistake_of_the_configuration(
    code: str, text: str, line: int, fake: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the file, an overlay, or a binding: nothing is asked then."""
    monkeypatch.setenv("OIP_API_KEY", "key")
    target = fake(lambda _: (200, "application/json", b"[]"))
    (tmp_path / "theirs.yaml").write_text("openapi: 3.1.0\npaths: {/a: {get: 1}}\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    profile = tmp_path / "oip.toml"
    profile.write_text(f'name = "Mine"\n{text}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["doctor", "--profile", str(profile), "--target", target.url])
    assert isinstance(done.exception, ProfileError), done.output
    (problem,) = done.exception.problems
    assert (problem.code, problem.line) == (code, line)
    assert problem.next_step
    assert not target.asked


def test_a_contract_on_the_command_line_is_examined(fake: Answering, tmp_path: Path) -> None:
    """As `certify --contract` would use it; what is wrong with it is no matter of the profile's lines."""
    target = fake(lambda _: (200, "application/json", b"[]"))
    theirs = tmp_path / "theirs.yaml"
    theirs.write_text("openapi: 3.1.0\npaths: {/a: {get: 1}}\n", encoding="utf-8")
    command = ["doctor", "--target", target.url, "--contract"]
    for file, code in ((theirs, "CFG-81"), (tmp_path / "missing.yaml", "CFG-80"), (f"{target.url}/openapi", "CFG-81")):
        done = CliRunner().invoke(app, [*command, str(file)], env={"OIP_API_KEY": "key"})
        assert isinstance(done.exception, ProfileError), done.output
        assert [(one.code, one.place) for one in done.exception.problems] == [(code, "--contract")]
    theirs.write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
        "paths: {/shops: {get: {operationId: getStores, responses: {'200': {description: OK}}}}}\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(app, [*command, str(theirs), "--json"], env={"OIP_API_KEY": "key"})
    asked = [one.split()[1] for one in orjson.loads(done.stdout)["asked"]]
    assert set(asked) == {"/shops"}
