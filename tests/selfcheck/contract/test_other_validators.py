"""Other people's validators find no error in what ships: openapi-spec-validator, Redocly CLI, Spectral's OpenAPI rules."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from oip_conformance.contract import Contract
from oip_conformance.contract.dereferencing import dereferenced
from oip_conformance.resources import spec_directory

from ..conftest import node_tool


@pytest.fixture(params=["standard", "later"])
def contract(request: pytest.FixtureRequest) -> Contract:
    found: Contract = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def file(tmp_path: Path, contract: Contract) -> Path:
    made = tmp_path / "openapi.json"
    made.write_text(json.dumps(contract.published, indent=2), encoding="utf-8")
    return made


def test_openapi_spec_validator(contract: Contract) -> None:
    for document in (contract.published, contract.document, dereferenced(contract.published)):
        assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


@pytest.mark.external("redocly")
def test_redocly_cli(file: Path) -> None:
    told = _run("redocly", "lint", "--extends=recommended", "--format=json", "--max-problems=1000", str(file))
    problems = json.loads(told[told.index("{") : told.rindex("}") + 1])["problems"]
    assert [one["message"] for one in problems if one["severity"] == "error"] == []
    # An enrichment answers with a redirect, so its only success is 302.
    assert {one["ruleId"] for one in problems} <= {"operation-2xx-response"}


@pytest.mark.external("redocly")
def test_redocly_cli_on_the_overlay() -> None:
    _run("redocly", "lint", str(spec_directory() / "overlays" / "oip-4.3.overlay.yaml"))


@pytest.mark.external("spectral")
def test_spectral(file: Path, tmp_path: Path) -> None:
    ruleset = tmp_path / ".spectral.yaml"
    ruleset.write_text('extends: ["spectral:oas"]\n', encoding="utf-8")
    told = _run("spectral", "lint", "--format=json", "--quiet", f"--ruleset={ruleset}", str(file))
    assert [(one["code"], one["path"]) for one in json.loads(told[told.index("[") : told.rindex("]") + 1])] == []


def test_a_defect_in_the_contract_is_seen_by_the_validator(standard: Contract) -> None:
    broken = json.loads(json.dumps(standard.published))
    del broken["paths"]["/stores"]["get"]["responses"]["200"]["description"]
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


@pytest.mark.external("redocly")
@pytest.mark.external("spectral")
def test_a_defect_in_the_contract_is_seen_by_the_tools(standard: Contract, tmp_path: Path) -> None:
    broken = json.loads(json.dumps(standard.published))
    broken["paths"]["/stores"]["get"]["responses"]["200"]["content"] = 1
    broken["components"]["schemas"]["Store"]["required"] = "id"
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(broken), encoding="utf-8")
    (tmp_path / ".spectral.yaml").write_text('extends: ["spectral:oas"]\n', encoding="utf-8")
    _run("redocly", "lint", "--extends=recommended", str(file), ends=1)
    _run("spectral", "lint", "--quiet", f"--ruleset={tmp_path / '.spectral.yaml'}", str(file), ends=1)


def _run(name: str, *arguments: str, ends: int = 0) -> str:
    tool = node_tool(name)
    assert tool is not None
    done = subprocess.run(
        [tool, *arguments], capture_output=True, text=True, timeout=120, check=False, cwd=Path(arguments[-1]).parent
    )
    assert done.returncode == ends, f"{name} ends with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout
