"""A reproduction tells a faulty target from a sound one, from its own text alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from oip_conformance.evidence import Exchange, ReceivedResponse, SentRequest
from oip_conformance.reproduction import recipes, script
from oip_conformance.reproduction.player import Player
from oip_conformance.target.embedded import EmbeddedServer
from oip_conformance.verdict.tally import Judge

COMMAND = [sys.executable, "-c", "from oip_conformance.cli import main; main()"]
KEY = "a-key-of-this-test"
JSON, HTML = "application/json", "text/html"
REFUSAL = {"code": "401", "message": "Unauthorized", "detailedErrorMessage": "no"}


class Answering:
    """A server that answers everything with one answer."""

    def __init__(self, status: int, kind: str | None, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                if kind:
                    self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v4"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def body(value: object) -> bytes:
    return json.dumps(value).encode()


SOUND = (401, JSON, body(REFUSAL))
STORES = body([{"id": "STORE-001", "name": "Oslo"}])
FAULTS = {
    "a server error": ("OIP-CORE-02", (500, JSON, b"{}"), SOUND),
    "an undocumented status": ("OIP-CORE-03", (418, JSON, b"{}"), SOUND),
    "HTML": ("OIP-CORE-04", (200, HTML, b"<p>stores</p>"), (200, JSON, STORES)),
    "another type": ("OIP-CORE-05", (200, JSON, body({"stores": 1})), (200, JSON, STORES)),
    "no JSON": ("OIP-CORE-06", (200, JSON, b"{stores"), (200, JSON, STORES)),
    "a traceback": (
        "OIP-CORE-07",
        (401, JSON, body({**REFUSAL, "detailedErrorMessage": 'File "/srv/oip/app.py", line 7'})),
        SOUND,
    ),
    "the key": ("OIP-CORE-08", (401, JSON, body({**REFUSAL, "detailedErrorMessage": f"bad {KEY}"})), SOUND),
    "no content type": ("OIP-CORE-09", (200, None, STORES), (200, JSON, STORES)),
    "no envelope": ("OIP-ERR-01", (401, JSON, b'"no"'), SOUND),
    "a number as code": ("OIP-ERR-02", (401, JSON, body({**REFUSAL, "code": 400})), SOUND),
    "no code": ("OIP-ERR-02", (401, JSON, body({"message": "Unauthorized"})), SOUND),
    "another code": ("OIP-ERR-03", (401, JSON, body({**REFUSAL, "code": "404"})), SOUND),
    "no message": ("OIP-ERR-04", (401, JSON, body({**REFUSAL, "message": ""})), SOUND),
    "another phrase": ("OIP-ERR-05", (401, JSON, body({**REFUSAL, "message": "Nope"})), SOUND),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_general_rule_is_known_again(fault, runs, tmp_path):
    requirement, faulty, sound = FAULTS[fault]
    with Answering(*faulty) as target, Answering(*sound) as other:
        status, kind, content = faulty
        seen = Exchange(
            "m-000001",
            "operations",
            "getStores",
            "valid",
            SentRequest(
                "GET", f"{target.url}/stores", (("accept", JSON), ("x-api-key", "oip-secret-0123456789abcdef"))
            ),
            ReceivedResponse(
                status,
                (("Content-Type", kind),) if kind else (),
                content.replace(KEY.encode(), b"oip-secret-0123456789abcdef"),
            ),
            1_790_000_000.0,
            0.01,
        )
        judge = Judge(runs.contract)
        judge.add(seen)
        outcomes = judge.outcomes()
        run = runs.write(tmp_path, [seen], outcomes, {one.requirement for one in outcomes}, target__url=target.url)
        failing = {one["id"] for one in run.results["failures"] if one["requirement"] == requirement}
        assert failing, "the rule must fail, or the test proves nothing"
        for recipe in recipes(run.results, run.evidence, failing):
            assert Player(dict(recipe.data), target.url, {"main": KEY}).play(), recipe.checks
            assert not Player(dict(recipe.data), other.url, {"main": KEY}).play(), recipe.checks


@pytest.fixture(scope="module")
def failing_run(tmp_path_factory):
    """A run against the embedded server with a fault, made by the command."""
    directory = tmp_path_factory.mktemp("runs")
    command = [*COMMAND, "certify", "--level", "smoke", "--seed", "3"]
    command += ["--class", "promotions", "--defect", "accepts_an_expired_promotion", "--output", str(directory / "run")]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return directory / "run"


def play(path, sandbox, **environment) -> subprocess.CompletedProcess[str]:
    """Run a script with nothing but its text, the key and the URL."""
    keys = {"OIP_API_KEY": sandbox.key, **environment}
    return subprocess.run(
        [sys.executable, "-I", "-S", str(path), sandbox.url],
        env={"PATH": os.environ["PATH"], **keys},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_script_tells_the_faulty_server_from_the_sound_one(failing_run):
    scripts = sorted((failing_run / "failures").glob("*.py"))
    results = json.loads((failing_run / "results.json").read_text())
    assert len(scripts) == len(results["failures"]) >= 1
    with EmbeddedServer(options=("--defect=accepts_an_expired_promotion",)) as faulty, EmbeddedServer() as sound:
        for path in scripts:
            again, gone = play(path, faulty), play(path, sound)
            assert again.returncode == 1, again.stdout + again.stderr
            assert "Reproduced" in again.stdout
            assert gone.returncode == 0, gone.stdout + gone.stderr
            assert "Not reproduced" in gone.stdout


def script_of_a_run_that_saw(fault, requirement, directory):
    """The script of a failure in the first of a few runs that shows it: whether requests meet is for the machine to say."""
    for seed in range(3, 8):
        run = directory / f"run-{seed}"
        options = ["--level", "smoke", "--seed", str(seed), "--only", requirement, "--defect", fault]
        done = command("certify", *options, "--output", str(run), directory=directory)
        assert done.returncode in (0, 1, 3), done.stdout + done.stderr
        if scripts := sorted((run / "failures").glob(f"*{requirement}*.py")):
            return scripts[0]
    raise AssertionError(f"no run saw {fault}: {done.stdout}")


@pytest.mark.parametrize(
    ("fault", "requirement"),
    [
        ("parallel_redemptions_pass_the_limit", "OIP-PROMO-37"),
        ("fails_one_time_in_fifty", "OIP-CORE-02"),
        ("parallel_transfers_lose_clips", "OIP-LOY-24"),
        ("parallel_batches_lose_receipts", "OIP-TRX-14"),
        ("parallel_creations_get_one_id", "OIP-CUST-02"),
        ("answers_from_a_shared_buffer", "OIP-CORE-13"),
        ("parallel_bookings_lose_points", "OIP-LOY-05"),
    ],
)
def test_what_shows_at_the_same_time_or_rarely_is_asked_so(fault, requirement, tmp_path):
    """Requests meet again as they met in the run, rare faults are waited for, and no script claims what it cannot tell."""
    path = script_of_a_run_that_saw(fault, requirement, tmp_path)
    with EmbeddedServer(options=(f"--defect={fault}",)) as faulty, EmbeddedServer() as sound:
        again, gone = play(path, faulty), play(path, sound)
    assert again.returncode == 1, again.stdout + again.stderr
    assert gone.returncode == 0, gone.stdout + gone.stderr


def test_a_script_can_be_run_twice_on_one_server(failing_run):
    path = sorted((failing_run / "failures").glob("*.py"))[0]
    with EmbeddedServer(options=("--defect=accepts_an_expired_promotion",)) as faulty:
        assert [play(path, faulty).returncode for _ in range(2)] == [1, 1]


def test_a_script_is_short(failing_run):
    for path in (failing_run / "failures").glob("*.py"):
        assert path.read_text().count("'operation'") <= 4, f"{path.name} sends more than it needs"


def test_a_script_without_what_it_needs_says_so(failing_run):
    path = sorted((failing_run / "failures").glob("*.py"))[0]
    with EmbeddedServer() as sound:
        silent = play(path, sound, OIP_API_KEY="")
        assert (silent.returncode, "REP-02" in silent.stderr) == (2, True)
    gone = play(path, sound)
    assert (gone.returncode, "nothing answers" in gone.stderr) == (3, True)


def command(*arguments, directory) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "OIP_API_KEY": ""},
    )


def test_repro_starts_the_embedded_server_as_it_was(failing_run, tmp_path):
    done = command("repro", failing_run, "f01", directory=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr


def test_repro_shows_the_script(failing_run, tmp_path):
    done = command("repro", failing_run, "F01", "--show", directory=tmp_path)
    assert done.returncode == 0
    assert done.stdout.strip() == sorted((failing_run / "failures").glob("F01*.py"))[0].read_text().strip()


@pytest.mark.parametrize(
    ("arguments", "code"), [(("F99",), "REP-04"), (("../x",), "REP-04")], ids=["unknown", "no failure"]
)
def test_repro_of_what_is_not_there_is_wrong_use(failing_run, tmp_path, arguments, code):
    done = command("repro", failing_run, *arguments, directory=tmp_path)
    assert done.returncode == 2
    assert code in done.stderr
    assert "Traceback" not in done.stderr


def test_repro_needs_the_evidence(make, tmp_path):
    make("failing")
    (tmp_path / "failing" / "evidence.ndjson.gz").unlink()
    done = command("repro", tmp_path / "failing", "F01", directory=tmp_path)
    assert (done.returncode, "EVI-01" in done.stderr) == (2, True)


def test_a_script_is_python_whatever_the_target_answered(make):
    run = make("failing")
    found = recipes(run.results, run.evidence)
    assert len(found) == len(run.results["failures"])
    for recipe in found:
        compile(script(recipe), "script", "exec")


def test_a_request_that_reaches_people_is_not_sent_by_itself(make):
    run = make("failing")
    for one in run.results["operations"]:
        one["effect"] = "external"
    recipe = recipes(run.results, run.evidence)[0]
    done = subprocess.run(
        [sys.executable, "-I", "-", "http://oip.invalid/v4"],
        input=script(recipe),
        env={"OIP_API_KEY": "x", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, "REP-03" in done.stderr) == (3, True)
