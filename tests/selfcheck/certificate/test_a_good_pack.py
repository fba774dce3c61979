"""The good pack passes, whoever looks and however it is handed over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from oip_conformance.certificate import load_public_key
from oip_conformance.certificate.rejudgement import Rejudged, answer_rejudgement
from oip_conformance.certificate.verification import verify as certificate_verify
from oip_conformance.cli.verify import verify
from oip_conformance.resources import spec_directory
from oip_conformance.target.embedded import EmbeddedServer

START = "from oip_conformance.cli import main; main()"


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )


def test_all_four_answers_are_good(good_run: Path, verified, keys) -> None:
    found = verified(good_run, key=load_public_key(str(keys[1])))
    assert [(str(answer.state), answer.findings) for answer in found.answers] == [("good", ())] * 3
    assert found.exit_code == 0
    assert len(found.not_proven) >= 3


def test_without_a_key_it_is_unknown_whose_it_is(good_run: Path, verified) -> None:
    found = verified(good_run)
    assert [one.code for answer in found.answers for one in answer.findings] == ["key-unknown"]
    assert found.exit_code == 3


def test_the_command_verifies_a_directory_that_cannot_be_written(good_run: Path, keys, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(good_run, copy)
    before = sorted((path.name, path.stat().st_mtime_ns) for path in copy.rglob("*"))
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        ended = command("verify", str(copy), "--key", str(keys[1]), HTTPS_PROXY="http://127.0.0.1:9")
    finally:
        copy.chmod(0o755)
        (copy / "allure-results").chmod(0o755)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "CERTIFICATE OF CONFORMANCE" in ended.stdout
    assert "4. What this does not prove" in ended.stdout
    assert sorted((path.name, path.stat().st_mtime_ns) for path in copy.rglob("*")) == before


def test_the_command_answers_in_json(good_run: Path, judge_once, monkeypatch, capsys) -> None:
    monkeypatch.setattr("oip_conformance.cli.verify.rejudge", judge_once)
    with pytest.raises(typer.Exit) as ended:
        verify(good_run, as_json=True)
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert ended.value.exit_code == 3
    assert [answer["state"] for answer in answers] == ["undecided", "good", "good"]
    assert all(answer["question"] and answer["sentence"] for answer in answers)


def test_no_file_of_the_run_holds_the_signing_key(good_run: Path, keys) -> None:
    secret = "".join(keys[0].read_text().splitlines()[1:-1])
    held = [path.name for path in good_run.rglob("*") if path.is_file() and secret[20:].encode() in path.read_bytes()]
    assert len(secret) > 40
    assert held == []


def test_judging_again_sends_nothing_and_reaches_every_test(good_run: Path, sound: Rejudged) -> None:
    """The server of the run is long gone; every outcome comes back from evidence."""
    again = sound
    results = json.loads((good_run / "results.json").read_bytes())
    said = {one["id"]: [each["exchanges"] for each in one["outcomes"]] for one in results["requirement_results"]}
    found = {one.requirement.id: [list(each.exchanges) for each in one.outcomes] for one in again.verdict.requirements}
    assert found == said
    assert not again.differences
    assert not again.unattempted
    assert all(exchanges for outcomes in found.values() for exchanges in outcomes)


def test_a_run_that_failed_in_two_processes_is_confirmed(failing_run: Path, verified) -> None:
    """Verification says whether a run tells the truth, also where the truth is that the target failed."""
    found = verified(failing_run)
    states = [str(answer.state) for answer in found.answers]
    assert states == ["undecided", "good", "good"], found.to_json()
    assert [one.code for answer in found.answers for one in answer.findings] == ["no-certificate"]
    results = json.loads((failing_run / "results.json").read_bytes())
    assert results["verdict"]["state"] == "failed"
    assert results["run"]["workers"] == 2


def test_what_a_run_cut_off_comes_to_nothing_and_is_no_difference(forger, judge_once) -> None:
    """An interrupted run may lack tests; one that calls itself complete may not."""
    path = forger.directory / "tests.ndjson"
    attempts = [json.loads(line) for line in path.read_text().splitlines()]
    stories = [number for number, one in enumerate(attempts) if one["worker"] == "m" and not one["general"]]
    cut = stories[len(stories) // 2]
    left = attempts[cut + 1]["after"] - 1
    attempts[cut]["ended"] = False
    path.write_text("".join(f"{json.dumps(one, separators=(',', ':'))}\n" for one in attempts[: cut + 1]))
    forger.write_evidence([one for one in forger.evidence if one["id"] <= f"m-{left:06d}" or one["id"] > "n"])
    complete = forger.json("results.json")
    forger.change("results.json", lambda one: one["run"].update(interrupted=True))
    forger.change("results.json", lambda one: one.update(notes=["it was interrupted."]))

    again = judge_once(forger.directory)

    assert not again.differences
    assert attempts[cut]["test"] in again.unattempted
    assert str(again.verdict.state) == "inconclusive"
    said = {
        code: answer_rejudgement(one, again)
        for code, one in (("cut", forger.json("results.json")), ("whole", complete))
    }
    assert "replay" not in {one.code for one in said["cut"].findings}
    assert "replay" in {one.code for one in said["whole"].findings}


def test_what_differs_under_other_tests_decides_nothing(forger, judge_once) -> None:
    """A pack of an earlier suite is not refuted because tests were changed since; nor is it confirmed."""
    exchanges = forger.evidence
    exchanges[-1]["response"]["status"] = 500
    forger.write_evidence(exchanges)
    forger.seal()
    refuted = certificate_verify(forger.directory, judge_once).answers[2]
    forger.claim(lambda one: one["predicate"]["suite"].update(tests_digest="sha256:" + "0" * 64))
    open_ = certificate_verify(forger.directory, judge_once).answers[2]
    assert str(refuted.state) == "refuted"
    assert str(open_.state) == "undecided"
    assert open_.findings[0].code == "other-tests"
    assert [one.code for one in open_.findings[1:]] == [one.code for one in refuted.findings]


def test_a_run_that_looked_twice_is_confirmed(verified, tmp_path: Path) -> None:
    """A target that is no sandbox is looked at once more, with a profile that takes nothing to exist there."""
    with EmbeddedServer(profile=spec_directory() / "profiles" / "e-commerce.toml") as server:
        arguments = ["certify", "--target", server.url, "--level", "smoke", "--class", "stores"]
        ended = command(*arguments, "--seed", "1", "--output", str(tmp_path / "run"), OIP_API_KEY=server.key)
    assert "the sandbox's does not fit" in ended.stdout
    found = verified(tmp_path / "run")
    assert [str(answer.state) for answer in found.answers] == ["undecided", "good", "good"], found.to_json()
