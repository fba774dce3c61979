"""A contract without a single read: every command says so under its code, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from oip_conformance.cli import main

Answering = Callable[[Callable[[BaseHTTPRequestHandler], tuple[int, str, bytes] | None]], Any]

WRITES = """
openapi: 3.1.0
info: {title: Only writes, version: "1"}
paths:
  /customers: {post: {operationId: createMember, responses: {"200": {description: OK}}}}
"""
NOTHING = 'openapi: 3.1.0\ninfo: {title: Only writes, version: "1"}\npaths: {}\n'


@pytest.mark.parametrize("text", [WRITES, NOTHING], ids=["writes", "nothing at all"])
@pytest.mark.parametrize("named", ["on the command line", "in the profile"])
@pytest.mark.parametrize(
    "command",
    [["doctor"], ["certify"], ["certify", "--plan"], ["certify", "--only", "createMember"], ["discover"]],
    ids=" ".join,
)
def test_it_is_told_and_nothing_is_sent(
    command: list[str],
    named: str,
    text: str,
    fake: Answering,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = fake(lambda _: (200, "application/json", b"[]"))
    contract, profile = tmp_path / "theirs.yaml", tmp_path / "oip.toml"
    contract.write_text(text, encoding="utf-8")
    arguments = [*command, "--target", target.url]
    if named == "in the profile" and command != ["discover"]:
        profile.write_text('name = "Mine"\n[contract]\nfile = "theirs.yaml"\n', encoding="utf-8")
        arguments += ["--profile", str(profile)]
    else:
        arguments += ["--contract", str(contract)]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OIP_API_KEY", "key")
    monkeypatch.setattr("sys.argv", ["oip-conformance", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2, said.out + said.err
    assert "CFG-83" in said.out + said.err
    assert "no operation of Only writes can be read" in said.out + said.err
    assert not target.asked
    assert not (tmp_path / "reports").exists()
