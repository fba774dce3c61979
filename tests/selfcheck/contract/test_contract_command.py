"""`oip-conformance contract`, as its user meets it: what it prints, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from oip_conformance.cli import main
from oip_conformance.contract import Contract, load_contract

from .documents import Write, answers, document, operation


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Say = Callable[..., Said]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    def said(*arguments: object) -> Said:
        monkeypatch.setattr("sys.argv", ["oip-conformance", "contract", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Said(int(ended.value.code or 0), out, err)

    return said


def test_the_contract_that_ships_is_valid(say: Say) -> None:
    said = say("validate")
    assert said.code == 0
    assert "4.2.0 is valid" in said.out
    assert "52 operations, 31 of them at inferred paths" in said.out
    assert "note:" not in said.out


def test_validation_as_data_lists_every_operation(say: Say, standard: Contract) -> None:
    told = say("validate", "--json").json
    assert told["valid"] is True
    assert told["digest"] == standard.digest
    assert {one["id"] for one in told["operations"]} == set(standard.operations)


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ("a: 1\na: 2\n", "CON-02", "line 2"),
        (document({"/a": {"get": {"responses": {"200": {}}}}}), "CON-04", "/paths/~1a/get/responses/200"),
        ({"swagger": "2.0"}, "CON-03", "Swagger 2.0"),
    ],
)
def test_a_broken_contract_is_told_with_code_place_and_next_step(
    say: Say, write: Write, content: Any, code: str, says: str
) -> None:
    file = write("theirs.yaml", content)
    said = say("validate", file)
    assert said.code == 2
    assert said.err.startswith(code)
    assert says in said.err
    told = say("validate", file, "--json")
    assert told.code == 2
    assert (told.json["valid"], told.json["code"]) == (False, code)
    assert told.json["hint"]


def test_what_is_odd_but_usable_is_noted(say: Say, write: Write) -> None:
    wrong = answers({"type": "integer"})
    wrong["200"]["content"]["application/json"]["example"] = "text"
    file = write("theirs.yaml", document({"/fax": {"post": operation("sendFax", responses=wrong)}}))
    idle = write("idle.yaml", {"overlay": "1.0.0", "info": {"title": "t", "version": "1"},
                               "actions": [{"target": "$.nowhere", "update": {}}]})  # fmt: skip
    said = say("validate", file, "--overlay", idle)
    assert said.code == 0
    for part in ("the sample 'example' breaks its schema", "selects nothing", "x-oip-effect", "sendFax"):
        assert part in said.out
    assert say("validate", file, "--overlay", idle, "--strict").err.startswith("CON-06")


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("dereference", [[], ["--dereference"]])
def test_a_bundle_means_what_was_bundled(
    say: Say, tmp_path: Path, later: Contract, form: str, dereference: list[str]
) -> None:
    file = tmp_path / f"bundle.{form}"
    said = say("bundle", "--overlay", "oip-4.3", "-o", file, *dereference)
    assert said.code == 0
    assert "4.3.2" in said.out
    bundled = load_contract(file)
    assert set(bundled.operations) == set(later.operations)
    if dereference:
        assert '"$ref"' not in json.dumps(bundled.published)
    else:
        assert bundled.published == later.published
    assert "No difference" in say("diff", file, file).out


def test_a_bundle_is_printed_when_no_file_is_named(say: Say, standard: Contract) -> None:
    assert yaml.safe_load(say("bundle").out) == standard.published
    assert say("bundle", "--format", "json").json == standard.published


def test_a_bundle_of_a_profile_has_its_bindings(say: Say, write: Write) -> None:
    profile = write(
        "mine.toml", 'name = "Mine"\n[contract]\noverlays = ["oip-4.3"]\n[operations.getHealth]\npath = "/status"\n'
    )
    paths = say("bundle", "--profile", profile, "--format", "json").json["paths"]
    assert "/status" in paths
    assert "/health" not in paths
    assert "/loyalty/achievements" in paths


def test_an_overlay_of_a_profile_must_select_something(say: Say, write: Write) -> None:
    write("mine.overlay.yaml", {"overlay": "1.0.0", "info": {"title": "t", "version": "1"},
                                "actions": [{"target": "$.paths['/customer'].post", "update": {"summary": "x"}}]})  # fmt: skip
    profile = write("mine.toml", 'name = "Mine"\n[contract]\noverlays = ["mine.overlay.yaml"]\n')
    said = say("validate", "--profile", profile)
    assert said.code == 2
    assert said.err.startswith("CON-06")
    assert "mine.overlay.yaml /actions/0" in said.err


def test_what_an_overlay_changes_is_told(say: Say) -> None:
    said = say("diff", "--overlay", "oip-4.3", "--fail-on-breaking")
    assert said.code == 0
    assert "added    operation: PUT /loyalty/achievements" in said.out
    assert "0 of them breaking" in said.out


def test_a_breaking_change_is_marked_and_can_fail_a_build(say: Say, write: Write, standard: Contract) -> None:
    less = json.loads(json.dumps(standard.published))
    del less["paths"]["/stores"]
    less["components"]["schemas"]["Redemption"]["required"].append("customerId")
    file = write("less.json", less)
    said = say("diff", file)
    assert said.code == 0
    assert "BREAKING  removed  operation: GET /stores" in said.out
    assert "BREAKING  changed  request /customerId: required now" in said.out
    assert say("diff", file, "--fail-on-breaking").code == 1
    told = say("diff", file, "--json").json
    assert told["breaking"] == 2
    assert {one["operation"] for one in told["changes"] if one["breaking"]} == {"getStores", "redeemPromotion"}


@pytest.mark.parametrize("arguments", [["diff"], ["nonsense"], ["validate", "a", "b"], ["bundle", "--format", "xml"],
                                       ["bundle", "-o", "/nowhere/at/all.yaml"]])  # fmt: skip
def test_wrong_use_ends_with_2(say: Say, arguments: list[str]) -> None:
    said = say(*arguments)
    assert said.code == 2
    assert said.err


@pytest.mark.parametrize("command", ["validate", "bundle", "diff"])
def test_help_teaches(say: Say, command: str) -> None:
    said = say(command, "--help")
    assert said.code == 0
    assert "--overlay" in said.out
    assert len(said.out.splitlines()) > 12
