"""One small real run, sealed with a key; a forger who changes copies of it; and a verifier that judges each evidence once."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oip_conformance.certificate import Verification, generate_keys, issue, load_signing_key, verify
from oip_conformance.certificate.canonical import canonical, file_digest
from oip_conformance.certificate.envelope import Envelope
from oip_conformance.certificate.rejudgement import Rejudged
from oip_conformance.contract.requirements import RequirementSet, load_requirements
from oip_conformance.evidence import EvidenceError, EvidenceFile
from oip_conformance.run.rejudging import Ask, rejudge
from oip_conformance.verdict.judging import Scope, judge
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.results import build_results

sys.path.insert(0, str(Path(__file__).parent))

SEED = 3
LIE = "a_consent_cannot_be_withdrawn"
START = "from oip_conformance.cli import main; main()"

REGISTER = cache(load_requirements)


def certified(directory: Path, key: Path, *more: str, seed: int = SEED, exit_code: int = 0) -> Path:
    """A run of the smallest classes against the embedded server, signed when it is conformant."""
    environment = {**os.environ, "OIP_SIGNING_KEY": str(key)}
    command = [sys.executable, "-c", START, "certify", "--level", "smoke", "--class", "consents"]
    command += ["--class", "stores", "--seed", str(seed), "--output", str(directory), *more]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == exit_code, ended.stdout + ended.stderr
    return directory


@dataclass
class Forger:
    """Changes a run directory, and seals it again with whatever key it has."""

    directory: Path
    key: Ed25519PrivateKey
    register: RequirementSet = field(default_factory=lambda: REGISTER())
    issued: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def json(self, name: str) -> Any:
        """A file of the run."""
        return orjson.loads((self.directory / name).read_bytes())

    def write(self, name: str, value: Any) -> None:
        """Replace a file of the run."""
        (self.directory / name).write_bytes(orjson.dumps(value))

    def change(self, name: str, change: Callable[[Any], None]) -> None:
        """Change a file of the run in place."""
        value = self.json(name)
        change(value)
        self.write(name, value)

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """All exchanges."""
        with gzip.open(self.directory / "evidence.ndjson.gz") as lines:
            return [orjson.loads(line) for line in lines]

    def write_evidence(self, exchanges: list[dict[str, Any]]) -> None:
        """Replace the evidence, and its digest and count in the results."""
        with gzip.open(self.directory / "evidence.ndjson.gz", "wb") as lines:
            lines.writelines(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in exchanges)
        digest = EvidenceFile(self.directory / "evidence.ndjson.gz").digest()
        self.change("results.json", lambda results: results["evidence"].update(digest=digest))

    def add_up(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the requirements' outcomes, and make everything in the results that follows from them follow."""
        results, requirements = self.json("results.json"), REGISTER()
        change(results)
        shown = results["requirement_results"]
        outcomes = [Outcome.from_json(one) for each in shown for one in each["outcomes"]]
        scope = Scope(frozenset(one["id"] for one in shown), {})
        self.write("results.json", {**results, **build_results(judge(outcomes, requirements, scope), {}, {}.get)})

    def seal(self, *, now: dt.datetime | None = None, key: Ed25519PrivateKey | None = None) -> None:
        """Issue the certificate again over whatever the directory holds now."""
        results = self.json("results.json")
        issue(self.directory, results, REGISTER(), key=key or self.key, now=now or self.issued)

    @property
    def predicate(self) -> dict[str, Any]:
        """What the certificate says."""
        envelope = Envelope.from_bytes((self.directory / "certificate.json").read_bytes())
        said: dict[str, Any] = orjson.loads(envelope.payload)["predicate"]
        return said

    def claim(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change what the statement says, and sign it again."""
        envelope = Envelope.from_bytes((self.directory / "certificate.json").read_bytes())
        statement = orjson.loads(envelope.payload)
        change(statement)
        signed = Envelope(canonical(statement), envelope.payload_type).signed(self.key)
        self.write("certificate.json", {**signed.to_json(), "label": "signed"})
        (self.directory / "certificate.txt").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The issuer's private and public key files."""
    private, public, _ = generate_keys(tmp_path_factory.mktemp("keys") / "issuer.pem")
    return private, public


@pytest.fixture(scope="session")
def good_run(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Path, Path]) -> Path:
    """A small real run with its certificate; nobody changes it."""
    return certified(tmp_path_factory.mktemp("runs") / "good", keys[0])


@pytest.fixture(scope="session")
def other_run(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Path, Path]) -> Path:
    """Another run with another seed."""
    return certified(tmp_path_factory.mktemp("runs") / "other", keys[0], seed=SEED + 1)


@pytest.fixture(scope="session")
def failing_run(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Path, Path]) -> Path:
    """A run of two processes against a server that tells a lie."""
    more = ("--workers", "2", "--defect", LIE)
    return certified(tmp_path_factory.mktemp("runs") / "failing", keys[0], *more, exit_code=1)


@pytest.fixture
def forger(good_run: Path, keys: tuple[Path, Path], tmp_path: Path) -> Forger:
    """A forger over a copy of the good run, who even has the issuer's key."""
    directory = tmp_path / "pack"
    shutil.copytree(good_run, directory, ignore=shutil.ignore_patterns("allure-results", "report.html"))
    return Forger(directory, load_signing_key(str(keys[0])))


@pytest.fixture(scope="session")
def ask(good_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Judges a half of a run in a process that is warm already, instead of a new one each time."""
    command = [sys.executable, str(Path(__file__).with_name("warm.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        reader, writer = process.stdout, process.stdin

        def tell(*words: object) -> None:
            writer.write(orjson.dumps([str(word) for word in words], option=orjson.OPT_APPEND_NEWLINE))
            writer.flush()

        def asked(half: str, directory: Path, workplace: Path) -> bytes:
            tell(half, directory, workplace)
            return reader.readline()

        tell("tests", good_run, tmp_path_factory.mktemp("warm"))
        yield asked
        writer.close()


@pytest.fixture(scope="session")
def judge_once(ask: Ask) -> Callable[[Path], Rejudged]:
    """Judging again, once for each evidence and what the results say of it that only a run can say."""
    known: dict[tuple[object, ...], Rejudged | EvidenceError] = {}

    def judged(directory: Path) -> Rejudged:
        files = ("evidence.ndjson.gz", "recording.json", "contract.json", "tests.ndjson")
        results = orjson.loads((directory / "results.json").read_bytes())
        run = results.get("run")
        said = [str(run.get(name)) for name in ("started", "ended", "interrupted")] if isinstance(run, dict) else []
        there = (path for file in files if (path := directory / file).exists())
        name = (*((path.name, file_digest(path)) for path in there), *said, str(results.get("target")))
        if name not in known:
            try:
                known[name] = rejudge(directory, ask)
            except EvidenceError as problem:
                known[name] = problem
        found = known[name]
        if isinstance(found, EvidenceError):
            raise found
        return found

    return judged


@pytest.fixture(scope="session")
def sound(judge_once: Callable[[Path], Rejudged], good_run: Path) -> Rejudged:
    """The good run, judged again."""
    return judge_once(good_run)


@pytest.fixture
def verified(judge_once: Callable[[Path], Rejudged]) -> Callable[..., Verification]:
    """Verifies a directory with the issuer's public key."""
    register = REGISTER()
    return lambda directory, **more: verify(directory, judge_once, requirements=register, **more)
