"""The limits of a profile: the run stops inside them, says so, and is not complete."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from certifying import Run, certify

from oip_conformance.profile import default_profile
from oip_conformance.target.pacing import LimitReached, Pacing

EMBEDDED = default_profile().path


def limited(folder: Path, limits: str, *options: str) -> Run:
    """A smoke run on the embedded server with these limits."""
    assert EMBEDDED is not None
    profile = folder / "limited.toml"
    profile.write_text(EMBEDDED.read_text().partition("[limits]")[0] + f"\n[limits]\n{limits}\n")
    return certify(folder, None, "--profile", str(profile), *options)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_total_of_requests_is_never_passed(tmp_path: Path, workers: str) -> None:
    run = limited(tmp_path, "total_requests = 60", "--class", "customers", "--workers", workers)
    assert run.code == 3, run.output
    assert "the profile allows 60 total requests, and they are used up" in run.output
    assert 40 <= len(run.exchanges) <= 60
    assert run.results["run"]["interrupted"] is True


def test_no_more_records_are_made_than_allowed(tmp_path: Path) -> None:
    run = limited(tmp_path, "created_records = 3", "--class", "customers")
    made = [one for one in run.exchanges if one.operation == "createMember" and one.response.status == 201]
    assert run.code == 3, run.output
    assert len(made) == 3
    assert "not-tested" in run.states().values()
    assert "passed" in run.states().values()


def test_a_run_is_no_faster_than_allowed(tmp_path: Path) -> None:
    run = limited(tmp_path, "requests_per_second = 25", "--class", "carts")
    assert run.code == 0, run.output
    began = sorted(one.started for one in run.exchanges)
    assert len(began) > 30
    assert began[-1] - began[0] >= 0.97 * (len(began) - 1) / 25


def test_a_refused_creation_takes_nothing_from_the_records() -> None:
    pacing = Pacing(created_records=1)
    for _ in range(3):
        pacing.before_request(creates=True)
        pacing.nothing_was_created()
    pacing.before_request(creates=True)
    with pytest.raises(LimitReached, match="1 created records"):
        pacing.before_request(creates=True)
    pacing.before_request(creates=False)


def test_requests_of_many_threads_keep_the_pace_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is given a turn of its own, a gap after the one before, however many ask at once."""
    slept: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    monkeypatch.setattr(time, "sleep", slept.append)
    pacing = Pacing(requests_per_second=20)
    threads = [threading.Thread(target=pacing.before_request, kwargs={"creates": False}) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == pytest.approx([0.05 * turn for turn in range(1, 10)])
    assert pacing.sent == 10
