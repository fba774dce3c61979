"""Whatever stands where the API should be: the right exit code, one clear sentence, the evidence kept, no traceback."""

from __future__ import annotations

import base64
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import certifying
import faulty
import jsonschema_rs
import pytest
from certifying import Run, certify

from oip_conformance.resources import spec_directory
from oip_conformance.target.embedded import EmbeddedServer

SENTENCES = {
    "hangs": (3, "does not answer: no answer came in time"),
    "drips": (3, "does not answer: no answer came in time"),
    "drips_its_head": (3, "does not answer: no answer came in time"),
    "shows_a_web_page": (1, "its answers are text/html, not JSON"),
    "shows_a_web_page_that_is_missing": (1, "its answers are text/html, not JSON"),
    "closes": (3, "closes connections without an answer"),
    "answers_half": (3, "closes connections in the middle of an answer"),
    "sends_more_than_it_said": (1, "Not conformant"),
    "rejects_everything": (1, "Not conformant"),
    "accepts_everything": (1, "Not conformant"),
    "refuses_the_key": (2, "refuses the API key (401)"),
    "is_always_busy": (3, "answers 502 to everything"),
    "asks_for_patience": (3, "answers 429 to everything"),
    "redirects_everything": (1, "Not conformant"),
    "never_ends": (3, "longer than"),
    "hides_a_bomb": (3, "longer than"),
    "sends_gzip_that_is_none": (3, "cannot be read"),
    "speaks_another_protocol": (3, "cannot be read"),
}
ONLY_A_PART = ("--only", "getStores", "--only", "OIP-CUST-01", "--only", "OIP-AUTH-01")
"""Enough to tell a liar, so that a server that answers at once does not have the whole suite run on it."""
ANSWERS_AT_ONCE = {"sends_more_than_it_said", "rejects_everything", "accepts_everything", "redirects_everything"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """One run on each server, some at a time, since most of them are waiting."""
    folder = tmp_path_factory.mktemp("faulty")
    with ExitStack() as servers, ThreadPoolExecutor(4) as pool:
        urls = {one.__name__: servers.enter_context(faulty.served(one)) for one in faulty.EVERY}
        ends = {
            name: pool.submit(certify, folder / name, url, *(ONLY_A_PART if name in ANSWERS_AT_ONCE else ()))
            for name, url in urls.items()
        }
        return {name: end.result() for name, end in ends.items()}


def test_each_server_has_its_sentence() -> None:
    assert SENTENCES.keys() == {one.__name__ for one in faulty.EVERY}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_run_ends_with_its_code_and_its_sentence(runs: dict[str, Run], name: str) -> None:
    code, sentence = SENTENCES[name]
    run = runs[name]
    assert run.code == code, run.output
    assert sentence in run.output
    assert "Traceback" not in run.output
    assert run.results["verdict"]["exit_code"] == code


@pytest.mark.parametrize("name", SENTENCES)
def test_what_was_recorded_is_kept(runs: dict[str, Run], name: str) -> None:
    run = runs[name]
    assert run.exchanges
    assert len(run.exchanges) == run.results["evidence"]["exchanges"]
    assert (run.directory / "report.html").stat().st_size
    assert not (run.directory / "parts").exists()


@pytest.mark.parametrize("name", SENTENCES)
def test_the_results_keep_their_published_schema(runs: dict[str, Run], name: str) -> None:
    schema = json.loads((spec_directory() / "results.schema.json").read_text())
    jsonschema_rs.validator_for(schema).validate(runs[name].results)


@pytest.mark.parametrize("name", SENTENCES)
def test_the_key_stands_nowhere(runs: dict[str, Run], name: str) -> None:
    """Not as it is, nor in another spelling, in any file or in what was printed."""
    run = runs[name]
    spellings = {
        certifying.KEY,
        quote(certifying.KEY, safe=""),
        json.dumps(certifying.KEY)[1:-1],
        base64.b64encode(certifying.KEY.encode()).decode(),
    }
    texts = {"output": run.output.encode()} | {
        str(path): gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in run.directory.rglob("*")
        if path.is_file()
    }
    found = [(name, one) for name, text in texts.items() for one in spellings if one.encode() in text]
    assert not found


@pytest.mark.parametrize("name", ["rejects_everything", "accepts_everything", "redirects_everything"])
def test_a_server_that_says_the_same_to_all_passes_nothing_it_was_asked(runs: dict[str, Run], name: str) -> None:
    states = runs[name].states()
    assert states["OIP-CUST-01"] == states["OIP-AUTH-01"] == "failed"


def test_a_redirect_is_never_followed_with_the_key(runs: dict[str, Run]) -> None:
    hosts = {exchange.request.url.split("/")[2] for exchange in runs["redirects_everything"].exchanges}
    assert len(hosts) == 1


def test_a_dead_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    run = certify(tmp_path, faulty.dead_port())
    assert run.code == 3
    assert "does not answer: the connection was refused" in run.output
    assert "Traceback" not in run.output


def test_https_to_a_plain_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with faulty.served(faulty.accepts_everything) as url:
        run = certify(tmp_path, url.replace("http:", "https:"))
    assert run.code == 3
    assert "does not answer" in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/v4", "127.0.0.1:80", "http://", "http://[::1", "http://h:99999999/"])
def test_an_address_that_is_none_is_wrong_use(tmp_path: Path, url: str) -> None:
    run = certify(tmp_path, url)
    assert run.code == 2
    assert "RUN-08" in run.output
    assert certifying.KEY not in run.output


def test_a_server_that_dies_in_the_middle_is_blamed_for_that_alone(tmp_path: Path) -> None:
    """What it answered before counts; what got no answer decides nothing but that requests are answered."""
    with EmbeddedServer() as sandbox, faulty.through(sandbox.url, ill=lambda n: b"" if n > 120 else None) as url:
        keys = {"OIP_API_KEY": sandbox.key, "OIP_SECOND_API_KEY": sandbox.second_key}
        run = certifying.certify(tmp_path, url, timeout=5, **keys)
    answered = [one for one in run.exchanges if one.response is not None]
    assert run.code == 1, run.output
    assert "the target stopped answering" in run.output
    assert [name for name, state in run.states().items() if state == "failed"] == ["OIP-CORE-01"], run.output
    assert 100 < len(answered) <= 120
    assert len(run.exchanges) < 220
