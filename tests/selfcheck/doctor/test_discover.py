"""A survey asks harmlessly, sees what is there, and its draft is a profile that the doctor finds fit."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from oip_conformance.cli.application import app
from oip_conformance.contract import contract_for, load_contract
from oip_conformance.doctor import Probe, examine
from oip_conformance.doctor.draft import draft
from oip_conformance.doctor.survey import survey
from oip_conformance.profile import load_profile
from oip_conformance.run.problems import RunProblem
from oip_conformance.target.embedded import EmbeddedServer, Sandbox

Answering = Callable[[Callable[[BaseHTTPRequestHandler], tuple[int, str, bytes] | None]], Any]

VENDOR = """
name = "A small vendor"
[claims]
classes = ["core", "customers", "stores", "promotions"]
not_activated = ["getStores", "getRedeemedPromotions"]
"""


def drafted(url: str, key: str) -> str:
    with Probe(url, load_contract(), key=key) as probe:
        return draft(survey(probe), name="Drafted")


def test_a_survey_sends_nothing_that_writes(fake: Answering) -> None:
    """GET and OPTIONS only, and no GET to what reaches a person."""
    target = fake(lambda _: (200, "application/json", b"[]"))
    drafted(target.url, "key")
    assert {method for method, _ in target.asked} == {"GET", "OPTIONS"}
    read = [path for method, path in target.asked if method == "GET"]
    assert not [path for path in read if "/lookup" in path or "/enrich" in path or "/sms" in path]


def test_the_draft_is_fit_for_the_target_it_was_drawn_from(sandbox: Sandbox, tmp_path: Path) -> None:
    """It is read without a mistake, names what the target lists, and the doctor has nothing against it."""
    file = tmp_path / "drafted.toml"
    file.write_text(drafted(sandbox.url, sandbox.key), encoding="utf-8")
    profile = load_profile(file)
    assert profile.fixtures.stores[:1] == ("STORE-001",)
    assert "customers" in profile.claims.classes
    diagnosis = examine(profile, contract_for(profile), sandbox.url, {"OIP_API_KEY": sandbox.key})
    assert not diagnosis.stopping
    assert not diagnosis.remarks


def test_what_is_not_activated_is_declared(tmp_path: Path) -> None:
    """A read that answers 403 is written down as such."""
    vendor = tmp_path / "vendor.toml"
    vendor.write_text(VENDOR, encoding="utf-8")
    with EmbeddedServer(profile=vendor) as small:
        text = drafted(small.url, small.key)
    file = tmp_path / "drafted.toml"
    file.write_text(text, encoding="utf-8")
    assert {"getStores", "getRedeemedPromotions"} <= set(load_profile(file).claims.not_activated)


def test_a_path_that_lies_elsewhere_is_bound(fake: Answering, tmp_path: Path) -> None:
    """/promotions/id/{id} answers where /promotions/{id} is not there."""
    nowhere = b'{"code": "404", "message": "Not Found", "detailedErrorMessage": "There is no such path."}'
    nobody = b'{"code": "404", "message": "Not Found", "detailedErrorMessage": "There is no such member."}'

    def tell(one: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        known = one.path.startswith(("/v4/promotions/id/", "/v4/customers"))
        return 404, "application/json", nobody if known else nowhere

    file = tmp_path / "drafted.toml"
    file.write_text(drafted(fake(tell).url, "key"), encoding="utf-8")
    assert load_profile(file).operations["getPromotions"].path == "/promotions/id/{id}"


def test_the_command_shows_each_probe_and_keeps_what_is_there(sandbox: Sandbox, tmp_path: Path) -> None:
    """Probes go to the error stream, the key to neither, and an existing file is not overwritten."""
    runner, file = CliRunner(), tmp_path / "drafted.toml"
    command = ["discover", "--target", sandbox.url, "-o", str(file)]
    done = runner.invoke(app, command, env={"OIP_API_KEY": sandbox.key})
    assert done.exit_code == 0
    assert "GET /stores -> 200 application/json" in done.stderr
    assert sandbox.key not in done.output + done.stderr + file.read_text(encoding="utf-8")
    again = runner.invoke(app, command, env={"OIP_API_KEY": sandbox.key})
    assert isinstance(again.exception, RunProblem)
    assert again.exception.code == "RUN-06"


@pytest.mark.parametrize("answer", [(200, "text/html", b"<p>Hello</p>"), None], ids=["a portal", "nothing"])
def test_where_there_is_no_api_no_profile_is_written(
    answer: tuple[int, str, bytes] | None, fake: Answering, tmp_path: Path
) -> None:
    """It ends with one coded sentence."""
    command = ["discover", "--target", fake(lambda _: answer).url, "-o", str(tmp_path / "drafted.toml")]
    done = CliRunner().invoke(app, command, env={"OIP_API_KEY": "key"})
    assert isinstance(done.exception, RunProblem)
    assert done.exception.code == "RUN-10"
    assert not list(tmp_path.iterdir())
