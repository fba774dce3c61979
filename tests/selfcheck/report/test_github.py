"""GitHub Actions sees annotations and the summary of the step, and nothing that a target could forge."""

from __future__ import annotations

from collections import Counter

from oip_conformance.report import RunRecord
from oip_conformance.report.github import SHOWN, step_summary, workflow_commands
from oip_conformance.report.markdown import write
from oip_conformance.run.reporting import tell_build_server


def test_a_cause_is_one_error(make):
    lines = workflow_commands(make("failing"))
    assert [line.split("::")[1].split(" ")[0] for line in lines] == ["error", "error"]
    assert "title=OIP-CORE-04 getCustomerById%2C getHealth%2C getStores" in lines[0]


def test_a_target_forges_no_command(make):
    line = next(line for line in workflow_commands(make("failing")) if "OIP-PROMO-05" in line)
    assert "%250A::error::" in line, "an escape that the target sent stays an escape"
    assert "\n" not in line


def test_a_run_that_decides_nothing_is_an_error(make):
    assert workflow_commands(make("dead"))[0].startswith("::error title=OIP Conformance::")
    assert workflow_commands(make("conformant")) == []


def test_github_gets_no_more_of_a_kind_than_it_keeps(runs, tmp_path):
    """The first ten of each kind are shown; a waived failure is a warning like any other."""
    run = runs.big(tmp_path / "big", outcomes=90, exchanges=90)
    assert len(run.clusters) == 30
    kinds = Counter(line.split(" ")[0] for line in workflow_commands(run))
    assert kinds["::error"] == SHOWN
    for number, one in enumerate(run.results["failures"]):
        one["state"] = "failed" if number % 2 else "warned"
        one["waived"] = {"reason": "later", "owner": "kari", "expires": "2099-01-01"}
    run = RunRecord(run.results, run.evidence)
    assert Counter(line.split(" ")[0] for line in workflow_commands(run)) == {"::warning": SHOWN}


def test_nothing_is_told_outside_github(make, tmp_path):
    run = make("failing")
    assert (
        tell_build_server(run.results, tmp_path / "failing", {"GITHUB_STEP_SUMMARY": str(tmp_path / "page.md")}) == []
    )
    assert not (tmp_path / "page.md").exists()


def test_the_step_summary_is_appended(make, tmp_path):
    run = make("failing")
    write(run, tmp_path / "failing")
    page = tmp_path / "page.md"
    page.write_text("before\n")
    told = tell_build_server(
        run.results, tmp_path / "failing", {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}
    )
    assert told == workflow_commands(run)
    assert page.read_text().startswith("before\n## ❌")


def test_the_step_summary_stays_within_its_limit():
    assert len(step_summary("å" * 600_000).encode()) < 1_000_000
