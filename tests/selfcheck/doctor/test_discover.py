"""A survey asks harmlessly, sees what is there, and its draft is a profile that the doctor finds fit."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from oip_conformance.cli.application import app
from oip_conformance.contract import contract_for, load_contract
from oip_conformance.contract.loading import standard_contract_path
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


NOWHERE = (404, "application/json", b'{"code": "404", "message": "Not Found", "detailedErrorMessage": ""}')
"""What a target says to a path that it does not have."""


def is_somewhere(request: BaseHTTPRequestHandler) -> bool:
    return "no-such-path" not in request.path and request.path != "/v4/"


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


def test_every_probe_is_shown(fake: Answering) -> None:
    """In the order in which the target was asked, with what came: no request is made behind anybody's back."""
    target = fake(lambda one: (200, "application/json", b"[]") if is_somewhere(one) else NOWHERE)
    done = CliRunner().invoke(app, ["discover", "--target", target.url], env={"OIP_API_KEY": "key"})
    assert done.exit_code == 0
    shown = [tuple(line.split()[:2]) for line in done.stderr.splitlines() if " -> " in line]
    assert shown == [(method, path.removeprefix("/v4")) for method, path in target.asked]
    assert f"# {len(target.asked)} probes; an answer took" in done.stdout


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        ((401, "application/json", b'{"code": "401"}'), "401 in the envelope."),
        ((401, "text/plain", b"who?"), "401 not in the envelope."),
        ((403, "application/json", b'{"code": "403"}'), "403 in the envelope; the contract says 401."),
        (None, "no answer (closed); the contract says 401."),
    ],
    ids=["as documented", "bare", "another status", "closes"],
)
def test_what_failures_of_authentication_look_like_is_written_down(
    refusal: tuple[int, str, bytes] | None, says: str, fake: Answering
) -> None:
    """Without a key, and with a wrong one."""

    def tell(one: BaseHTTPRequestHandler) -> tuple[int, str, bytes] | None:
        if not is_somewhere(one):
            return NOWHERE
        return (200, "application/json", b"[]") if one.headers.get("x-api-key") == "key" else refusal

    text = drafted(fake(tell).url, "key")
    assert f"# Without a key: {says}" in text
    assert f"# With a wrong key: {says}" in text


def test_latency_is_measured_and_the_patience_of_a_run_follows_it(fake: Answering) -> None:
    """The middle one and the longest; a slow target gets more time than usual."""

    def tell(one: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        time.sleep(2.6 if one.path == "/v4/stores" else 0)
        return 200, "application/json", b"[]"

    text = drafted(fake(tell).url, "key")
    median, longest = map(int, re.findall(r"(\d+) ms", text)[:2])
    assert median < 1000
    assert 2600 <= longest < 4000
    (patience,) = re.findall(r"timeout_seconds = ([\d.]+)", text)
    assert float(patience) == pytest.approx(longest / 200, abs=1)


@pytest.mark.parametrize("paged", [True, False])
def test_whether_reports_come_in_pages_is_seen(paged: bool, fake: Answering, tmp_path: Path) -> None:
    meta = {"metaData": {"totalPages": 3}} if paged else {"metaData": {}}

    def tell(one: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        if not is_somewhere(one):
            return NOWHERE
        is_report = "page=1" in one.path
        return 200, "application/json", json.dumps(meta).encode() if is_report else b"[]"

    file = tmp_path / "drafted.toml"
    file.write_text(drafted(fake(tell).url, "key"), encoding="utf-8")
    reports = load_profile(file).fixtures.reports
    assert reports
    assert {one.paged for one in reports.values()} == {paged}


def test_the_draft_goes_by_the_contract_that_it_was_drawn_by(sandbox: Sandbox, tmp_path: Path) -> None:
    """Named as a profile names it: relative to itself, or by the short name of what ships."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "profiles").mkdir()
    theirs, mine = tmp_path / "contracts" / "theirs.yaml", tmp_path / "contracts" / "mine.yaml"
    theirs.write_text(standard_contract_path().read_text(encoding="utf-8"), encoding="utf-8")
    mine.write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions: [{target: $.info, update: {title: Mine}}]\n",
        encoding="utf-8",
    )
    file = tmp_path / "profiles" / "drafted.toml"
    overlays = ["--overlay", "oip-4.3", "--overlay", str(mine)]
    command = ["discover", "--target", sandbox.url, "-o", str(file), "--contract", str(theirs), *overlays]
    done = CliRunner().invoke(app, command, env={"OIP_API_KEY": sandbox.key})
    assert done.exit_code == 0, done.output
    profile = load_profile(file)
    assert profile.contract.file == "../contracts/theirs.yaml"
    assert profile.contract.overlays == ("oip-4.3", "../contracts/mine.yaml")
    diagnosis = examine(profile, contract_for(profile), sandbox.url, {"OIP_API_KEY": sandbox.key})
    assert not diagnosis.stopping


def test_a_contract_from_an_address_is_to_be_saved(fake: Answering, tmp_path: Path) -> None:
    """A profile is read the same tomorrow, so it names files; the draft says so and is valid as it stands."""
    standard = standard_contract_path().read_bytes()

    def tell(one: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        if not is_somewhere(one):
            return NOWHERE
        return 200, "application/json", standard if one.path == "/v4/openapi.yaml" else b"[]"

    target, file = fake(tell), tmp_path / "drafted.toml"
    command = ["discover", "--target", target.url, "-o", str(file), "--contract", f"{target.url}/openapi.yaml"]
    done = CliRunner().invoke(app, command, env={"OIP_API_KEY": "key"})
    assert done.exit_code == 0, done.output
    assert load_profile(file).contract.file is None
    assert f'# file = "{target.url}/openapi.yaml"' in file.read_text(encoding="utf-8")


GATEWAY = (403, "application/json", b'{"message": "Missing Authentication Token"}')
"""What a well-known gateway says to a path that it does not have."""


def test_a_refusal_that_every_unknown_path_gets_is_no_activation(fake: Answering, tmp_path: Path) -> None:
    """Only one that is said of the operation itself counts as not activated."""
    off = (403, "application/json", b'{"code": "403", "message": "Forbidden", "detailedErrorMessage": ""}')
    answers = {"/v4/stores": (200, "application/json", b"[]"), "/v4/bonus/rules": off}
    file = tmp_path / "drafted.toml"
    file.write_text(drafted(fake(lambda one: answers.get(one.path, GATEWAY)).url, "key"), encoding="utf-8")
    assert load_profile(file).claims.not_activated == ("getBonusRules",)
    assert "[operations.getHealth]" in file.read_text(encoding="utf-8"), "it is to be bound to its place"


@pytest.mark.parametrize("status", [200, 302, 400, 403])
def test_of_a_target_that_says_the_same_to_everything_no_profile_is_written(
    status: int, fake: Answering, tmp_path: Path
) -> None:
    """Also to paths that no API has: nothing shows that any of it is there."""
    target = fake(lambda _: (status, "application/json", b'{"code": "0", "message": "", "detailedErrorMessage": ""}'))
    command = ["discover", "--target", target.url, "-o", str(tmp_path / "drafted.toml")]
    done = CliRunner().invoke(app, command, env={"OIP_API_KEY": "key"})
    assert isinstance(done.exception, RunProblem), done.output
    assert done.exception.code == "RUN-10"
    assert not list(tmp_path.iterdir())
