"""`--contract FILE|URL`: the suite runs on the owner's own file, where operations have other ids and other paths."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from certifying import Run, certify

from oip_conformance.contract import contract_for, load_contract
from oip_conformance.profile import load_profile
from oip_conformance.target.embedded import EmbeddedServer

PROFILE = """
name = "Theirs"
[claims]
classes = ["stores"]
[fixtures]
stores = ["STORE-001"]
{bindings}
"""
BINDINGS = """
[operations.getStores]
path = "/shops"
"""


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that keeps no log."""

    def log_message(self, format: str, *args: Any) -> None:
        return


def without_our_words(node: Any) -> Any:
    """A document as somebody writes it who has never heard of the suite."""
    if isinstance(node, dict):
        return {name: without_our_words(value) for name, value in node.items() if not name.startswith("x-oip")}
    return [without_our_words(one) for one in node] if isinstance(node, list) else node


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their contract, and profiles with and without bindings."""
    folder = tmp_path_factory.mktemp("theirs")
    theirs = copy.deepcopy(dict(load_contract().published))
    stores = theirs["paths"].pop("/stores")
    stores["get"]["operationId"] = "listShops"
    theirs["paths"]["/shops"] = stores
    theirs = without_our_words(theirs)
    (folder / "theirs.json").write_text(json.dumps(theirs), encoding="utf-8")
    (folder / "bound.toml").write_text(PROFILE.format(bindings=BINDINGS), encoding="utf-8")
    (folder / "unbound.toml").write_text(PROFILE.format(bindings=""), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """The address at which they publish it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def at_their_server(folder: Path, output: Path, contract: str, profile: str, *defects: str) -> Run:
    """A run on a server that has the stores elsewhere; bindings are what tells it where."""
    with EmbeddedServer(profile=folder / "bound.toml", options=[f"--defect={one}" for one in defects]) as server:
        keys = {"OIP_API_KEY": server.key, "OIP_SECOND_API_KEY": server.second_key}
        options = ("--contract", contract, "--profile", str(folder / profile), "--target", server.url)
        return certify(output, None, *options, **keys)


@pytest.mark.parametrize("named", ["a file", "an address"])
def test_what_is_bound_is_tested_where_it_is(folder: Path, site: str, tmp_path: Path, named: str) -> None:
    """Under the id that requirements name, at their path; the certificate is bound to their contract."""
    contract = str(folder / "theirs.json") if named == "a file" else f"{site}/theirs.json"
    run = at_their_server(folder, tmp_path, contract, "bound.toml")
    assert run.code == 0, run.output
    stores = next(one for one in run.results["operations"] if one["id"] == "getStores")
    assert stores["path"] == "/shops"
    asked = {one.request.path.partition("?")[0] for one in run.exchanges if one.operation == "getStores"}
    assert asked == {"/v4/shops"}
    assert run.states()["OIP-STORE-01"] == "passed"
    theirs = contract_for(load_profile(folder / "bound.toml"), folder / "theirs.json")
    assert run.results["contract"]["digest"] == theirs.digest


def test_a_fault_there_is_found_as_anywhere(folder: Path, tmp_path: Path) -> None:
    contract = str(folder / "theirs.json")
    run = at_their_server(folder, tmp_path, contract, "bound.toml", "lists_a_store_twice")
    assert run.code == 1, run.output
    assert run.states()["OIP-STORE-01"] == "failed"


def test_without_a_binding_the_requirement_is_not_passed(folder: Path, tmp_path: Path) -> None:
    """Their operation is held to the general rules only: what the requirements speak of is not in their contract."""
    run = at_their_server(folder, tmp_path, str(folder / "theirs.json"), "unbound.toml")
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
