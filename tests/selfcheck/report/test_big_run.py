"""A run of 2,000 outcomes and 50,000 exchanges makes reports that stay small; how fast they open is in benchmarks/."""

from __future__ import annotations

import pytest

from oip_conformance.report import html, markdown


@pytest.fixture(scope="module")
def big_run(runs, tmp_path_factory):
    return runs.big(tmp_path_factory.mktemp("big") / "run")


def test_the_page_of_a_big_run_stays_under_5_mib(big_run, tmp_path):
    assert big_run.results["evidence"]["exchanges"] == 50_000
    assert sum(len(one["outcomes"]) for one in big_run.results["requirement_results"]) == 2000
    page = html.write(big_run, tmp_path)
    assert 500_000 < page.stat().st_size < 5 * 1024 * 1024
    text = page.read_text()
    assert "more causes" in text, "what is left out is told"


def test_the_summary_of_a_big_run_is_fit_for_a_comment(big_run):
    assert len(markdown.summary(big_run)) < 65_000
