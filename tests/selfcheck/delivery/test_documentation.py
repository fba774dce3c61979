"""Every command in the README and the guides is run here, and every link leads somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from oip_conformance.contract import contract_for
from oip_conformance.doctor import examine_environment
from oip_conformance.profile import load_profile
from oip_conformance.resources import suite_directory
from oip_conformance.target.embedded import EmbeddedServer

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

ELSEWHERE = {
    "python3 -m pip install -c constraints.txt . && oip-conformance certify": "the main command, by .ci and the wheel's test",
    "python3 -m pip install -c constraints.txt -e '.[test]' && python3 -m pytest -n 2 --dist=loadfile": "this very run",
    "ruff check . && ruff format --check . && mypy": "CI",
    "vulture && vulture src tests/conformance benchmarks conftest.py": "CI, and test_gates.py",
    "coverage run -m pytest -q tests/selfcheck/{oracle,verdict,evidence,certificate,report}": "CI: it takes minutes",
    "python .ci/branch_coverage.py": "CI, and test_gates.py",
}
"""Commands that are run by something else than this test, and by what."""


def commands_of(document: Path) -> Iterator[str]:
    """The lines of a document's shell blocks, without comments."""
    for block in re.findall(r"```sh\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            command = re.sub(r"\s+#.*$", "", line).strip()
            if command:
                yield command


def test_every_document_has_commands_or_links() -> None:
    """The README, three guides and a comparison are what this test looks at."""
    names = ["README.md", "comparison.md", "contributing.md", "vendor.md", "verdicts.md"]
    assert [file.name for file in DOCUMENTS] == names


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Files of this repository that a document points at are there."""
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert not missing


def test_the_profile_of_the_guide_is_one_that_can_certify(tmp_path: Path) -> None:
    """It is read without a mistake, and the classes that it claims have all that they need."""
    (text,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "vendor.md").read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "oip.toml"
    file.write_text(text, encoding="utf-8")
    profile = load_profile(file)
    keys = {"OIP_API_KEY": "one", "OIP_SECOND_API_KEY": "other"}
    told = examine_environment(profile, contract_for(profile), profile.target.url, keys)
    assert [one.code for one in told if one.code not in ("CFG-78",)] == []


def test_what_ci_runs_of_the_guides_is_there_word_for_word() -> None:
    """A command that is left to CI here stands in a workflow."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    lines = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    for command in (command for command, by in ELSEWHERE.items() if by.startswith("CI")):
        parts = command.split(" && ") if command.startswith("ruff") else [command]
        assert [part for part in parts if not any(part in line for line in lines)] == []


def test_the_guides_can_be_followed(tmp_path: Path) -> None:
    """In an empty directory, from the first command to the last, against a target of one's own."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    shutil.copy(ROOT / "spec" / "profiles" / "embedded.toml", tmp_path / "oip.toml")
    with EmbeddedServer() as server:
        environment |= {"OIP_API_KEY": server.key, "OIP_SECOND_API_KEY": server.second_key, "OIP_URL": server.url}
        done = {}
        for document in (ROOT / "docs" / "vendor.md", ROOT / "README.md", ROOT / "docs" / "contributing.md"):
            for command in commands_of(document):
                if command in done or command in ELSEWHERE or command.startswith("export "):
                    continue
                done[command] = self_contained(command, server.url)
                _follow(done[command], tmp_path, environment)
    assert len(done) > 15
    assert (tmp_path / "reports" / "latest" / "certificate.json").is_file()


def self_contained(command: str, url: str) -> str:
    """A command with what stands for the reader's own put in, and as quick as it goes."""
    command = command.replace("https://YOUR-OIP/v4", url).replace("reports/BEFORE", "reports/latest")
    command = command.replace("discover --target", "discover --force --target").replace(
        "-o oip.toml", "-o drafted.toml"
    )
    command = command.replace("python -m oip_conformance.contract.requirements lock", "true")
    if "detect --seed" in command:
        command += " --narrow --level smoke --defect accepts_an_expired_promotion"
    command = command.replace(" spec/detection.json", " detection.json")
    if command.startswith("BAD_PACKS="):
        command = command.replace("tests/selfcheck", str(ROOT / "tests" / "selfcheck"))
        command = command.partition(" -k ")[0] + " -k edited_verdict"
    if " certify " in command:
        command = command.replace("--profile oip.toml", f"--profile oip.toml --target {url} --class stores")
    if command.startswith("python -m pytest"):
        # The package is in the wheel alone, whose test asks for it by name; a checkout has the same files elsewhere.
        command = command.replace("--pyargs oip_conformance._suite", str(suite_directory()))
        command += f" -p no:cacheprovider --oip-target {url}"
    if command.startswith("oip-conformance doctor"):
        command += f" --target {url}"
    return command


def _follow(command: str, directory: Path, environment: dict[str, str]) -> None:
    expected = {1: "compare", 2: "repro"}
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    allowed = {0} | {code for code, name in expected.items() if f" {name} " in command}
    assert ran.returncode in allowed, f"{command}\nexit {ran.returncode}\n{ran.stdout}{ran.stderr}"
    assert "Traceback" not in ran.stderr
