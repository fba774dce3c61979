"""One run, from options to a written verdict.

    profile -> contract -> target -> preflight -> tests -> gathering -> verdict -> results and reports

What can go wrong before the tests is a RunProblem, a ProfileError or a ContractError; whatever was recorded by then is kept.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import shlex
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from oip_conformance import __version__
from oip_conformance.certificate import Issued, issue, signing_key_from_environment
from oip_conformance.contract import Contract, contract_for
from oip_conformance.contract.requirements import RequirementSet, load_requirements
from oip_conformance.contract.validation import validate_contract
from oip_conformance.doctor import examine_environment
from oip_conformance.evidence import EVIDENCE_NAME, EvidenceFile, Recording
from oip_conformance.profile import Profile, ProfileError, default_profile, load_profile, stranger_profile_path
from oip_conformance.run.collection import collect
from oip_conformance.run.directory import make_run_directory
from oip_conformance.run.gathering import Gathered, gather_run
from oip_conformance.run.inventory import list_records
from oip_conformance.run.options import RunOptions
from oip_conformance.run.planning import RunPlan, make_plan
from oip_conformance.run.preflight import PREFLIGHT, Preflight, known_of, look
from oip_conformance.run.problems import RunProblem
from oip_conformance.run.progress import ProgressListener
from oip_conformance.run.recording import keep_recording
from oip_conformance.run.reporting import write_reports
from oip_conformance.run.rounds import INTERRUPTED, Ran, run_rounds, spending
from oip_conformance.run.scope import (
    THE_SUITE,
    blamed_in,
    check_reach,
    check_selection,
    of_what_was_asked,
    scope_of,
    what_was_missed,
)
from oip_conformance.session import Session, Settings
from oip_conformance.session.interrupts import signals_interrupt
from oip_conformance.session.memory import give_back_freed_memory
from oip_conformance.target.embedded import EmbeddedServer, EmbeddedServerError
from oip_conformance.target.transport import is_loopback
from oip_conformance.verdict.judging import RunVerdict, judge
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.results import build_results, listed_operations, write_results
from oip_conformance.verdict.state import ExitCode, State
from oip_conformance.verdict.waivers import Waiver, apply_waivers, load_waivers

DEEP_BUDGET = 600.0
"""Seconds that a deep run takes when no budget is given."""

_WHY_NOT = "Run `python -m oip_reference` to see why."


@dataclass(frozen=True)
class RunResult:
    """What a run came to, and where it was written."""

    verdict: RunVerdict
    results: dict[str, Any]
    directory: Path


@dataclass(frozen=True)
class _Prepared:
    options: RunOptions
    profile: Profile
    contract: Contract
    requirements: RequirementSet
    started: float
    signing_key: Ed25519PrivateKey | None = field(default=None, repr=False)
    waivers: tuple[Waiver, ...] = ()


def certify(options: RunOptions, console: Console) -> RunResult:
    """Run the suite and write everything into a run directory. Raises RunProblem, ProfileError, ContractError
    or CertificateError."""
    give_back_freed_memory()
    options = _with_profile(options)
    prepared = prepare(options)
    profile = prepared.profile
    url = options.url or profile.target.url
    check_url(url)
    with contextlib.ExitStack() as resources:
        resources.enter_context(signals_interrupt())
        settings = _settings(prepared, url)
        if options.look_ahead and (options.only or options.classes):
            check_reach(collect(settings), settings, prepared.profile, prepared.requirements)
        directory = make_run_directory(Path("reports"), url, options.level, options.output)
        settings = replace(settings, directory=str(directory))
        if url is None:
            try:
                server = EmbeddedServer(profile=profile.path, options=options.server_options, launch=options.launch)
                sandbox = resources.enter_context(server)
            except EmbeddedServerError as problem:
                code = ExitCode.WRONG_USE if problem.misused else ExitCode.SUITE_ERROR
                hint = "Run `oip-conformance serve --list` to see what there is." if problem.misused else _WHY_NOT
                raise RunProblem("RUN-04", str(problem), hint, code) from problem
            settings = replace(
                settings,
                url=sandbox.url,
                key=sandbox.key,
                second_key=sandbox.second_key,
                deviations=sandbox.deviations,
            )
        return _run(prepared, settings, console)


def plan(options: RunOptions) -> RunPlan:
    """Count what a run with these options would ask, and send nothing. Raises what `certify` raises before it sends."""
    options = _with_profile(options)
    prepared = prepare(options)
    url = options.url or prepared.profile.target.url
    check_url(url)
    settings = _settings(prepared, url, keyed=False)
    collected = collect(settings)
    check_reach(collected, settings, prepared.profile, prepared.requirements)
    return make_plan(settings, collected, prepared.requirements)


def _with_profile(options: RunOptions) -> RunOptions:
    """Options under which nothing is taken to exist on a target that no profile describes."""
    check_url(options.url)
    if options.url is None or options.profile is not None or is_loopback(options.url):
        return options
    return replace(options, profile=stranger_profile_path())


def prepare(options: RunOptions) -> _Prepared:
    """Read and validate everything that a run needs before anything is sent."""
    profile = load_profile(options.profile) if options.profile else default_profile()
    contract = contract_for(profile, options.contract)
    validate_contract(contract)
    problems = examine_environment(profile, contract, options.url or profile.target.url, os.environ)
    stopping = [one for one in problems if one.stops and one.code != "CFG-41"]  # a missing key is RUN-01 below
    if stopping:
        raise ProfileError(profile.path.name if profile.path else "the profile", stopping)
    requirements = load_requirements()
    check_selection(options, contract, requirements)
    if options.budget is not None and options.level != "deep":
        raise RunProblem(
            "RUN-09",
            f"a budget is for deep runs, and this one is {options.level}.",
            "Add --level deep, or no --budget.",
        )
    ids = [one.id for one in requirements]
    waivers = load_waivers(options.waivers, ids, contract.operations) if options.waivers else ()
    return _Prepared(options, profile, contract, requirements, time.time(), signing_key_from_environment(), waivers)


def check_url(url: str | None) -> None:
    """Refuse a target that cannot be one. Raises RunProblem RUN-08."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise RunProblem(
            "RUN-08", f"the target {url!r} is no http(s) address.", "Give a base URL like http://127.0.0.1:8080/v4."
        )
    if parts.username or parts.password:
        raise RunProblem("RUN-08", "the target's URL carries credentials.", "Give the key in OIP_API_KEY instead.")
    if parts.query or parts.fragment:
        raise RunProblem(
            "RUN-08", "the target's URL carries a query or a fragment.", "Give the base URL alone, up to its version."
        )


def _settings(prepared: _Prepared, url: str | None, *, keyed: bool = True) -> Settings:
    options, target = prepared.options, prepared.profile.target
    key = os.environ.get(target.api_key_env) or None
    if keyed and url is not None and key is None:
        raise RunProblem(
            "RUN-01",
            f"there is no API key: {target.api_key_env} is not set.",
            f"export {target.api_key_env}=... and try again.",
        )
    cores = os.cpu_count() or 1
    budget = options.budget if options.budget is not None or options.level != "deep" else DEEP_BUDGET
    fresh = 0 if url is None else secrets.randbelow(2**31)
    return Settings(
        directory="",
        url=(url or "").rstrip("/"),
        embedded=url is None,
        level=options.level,
        seed=fresh if options.seed is None else options.seed,
        profile=str(options.profile.resolve()) if options.profile else None,
        contract=str(options.contract.resolve()) if options.contract else None,
        classes=options.classes,
        only=options.only,
        tests=options.tests,
        workers=options.workers or cores,
        production=options.production,
        budget=budget,
        deadline=None if budget is None else prepared.started + budget,
        key=key,
        second_key=os.environ.get(target.second_api_key_env) or None,
    )


def _run(prepared: _Prepared, settings: Settings, console: Console) -> RunResult:
    console.print(f"Target   {settings.url if not settings.embedded else 'the embedded reference server'}")
    console.print(
        f"Contract {prepared.contract.title} {prepared.contract.version}, {len(prepared.contract.operations)} operations"
    )
    console.print(f"Level    {settings.level}, seed {settings.seed}")
    finding, ran = Preflight("ready"), Ran()
    try:
        finding = _look(settings)
        if finding.finding == "misconfigured" and prepared.options.profile is None:
            console.print("Profile  none was given, and the sandbox's does not fit: nothing is taken to exist there")
            prepared, settings = _as_a_stranger(prepared, settings)
            finding = _look(settings, "q")
        if finding.finding == "ready":
            spent, created = spending(settings)
            settings = replace(settings, spent=spent, created=created)
            run_rounds(settings, lambda label: ProgressListener(console, label), ran)
    except KeyboardInterrupt:
        ran.code = INTERRUPTED
    gathered = gather_run(settings, prepared.contract)
    return _conclude(prepared, settings, gathered, finding, ran)


def _why_it_ended_early(settings: Settings, gathered: Gathered, finding: Preflight, ran: Ran) -> str:
    """Why a run said less than it set out to, or nothing."""
    if finding.finding != "ready":
        return f"{finding.sentence} {finding.hint}"
    if gathered.stopped:
        return gathered.stopped[0]
    if 0 in gathered.cut:
        first = ran.rounds[0]
        return (
            f"the budget of {settings.budget:g} s was used up after {first['tests']} of {first['of']} tests; "
            "give --budget more."
        )
    if ran.code == INTERRUPTED and not gathered.cut and not ran.errors:
        return "it was interrupted."
    return next((f"{one['reason']}." for one in gathered.unsent if one["reached"]), "")


def _as_a_stranger(prepared: _Prepared, settings: Settings) -> tuple[_Prepared, Settings]:
    """The same run with the profile of a target that nothing is known of."""
    path = stranger_profile_path()
    options = replace(prepared.options, profile=path)
    return replace(prepared, profile=load_profile(path), options=options), replace(settings, profile=str(path))


def _look(settings: Settings, worker: str = "p") -> Preflight:
    session = Session(settings, worker=worker)
    try:
        found = look(session)
        session.end()
        return found
    finally:
        session.close()


def _conclude(
    prepared: _Prepared,
    settings: Settings,
    gathered: Gathered,
    finding: Preflight,
    ran: Ran,
) -> RunResult:
    contract, activated = prepared.contract, prepared.profile.activation
    names = [one.id for one in contract.operations.values() if activated(one) == "activated"]
    statement = gathered.coverage.statement(contract, names, settings.level)
    interrupted = _why_it_ended_early(settings, gathered, finding, ran) or what_was_missed(settings, statement)
    errors = ran.errors + [one["reason"] for one in gathered.unsent if one["state"] == State.SUITE_ERROR]
    errors = errors + ([f"pytest ended with {ran.code}"] if ran.code in (3, 4) else [])
    scope = scope_of(prepared.requirements, prepared.profile, prepared.contract, settings, gathered)
    blamed = blamed_in(scope)
    mistakes = _misconfigured(finding, blamed)
    said = known_of(of_what_was_asked(gathered.outcomes, settings, contract), finding, mistakes)
    outcomes = [*said, *_suite_errors(errors, blamed), *mistakes]
    verdict = judge(outcomes, prepared.requirements, scope, interrupted=interrupted)
    cited = {one for outcome in outcomes for one in outcome.exchanges[:3]}
    cited |= {failure.exchange for outcome in outcomes for failure in outcome.failures if failure.exchange}
    directory = Path(settings.directory)
    evidence = EvidenceFile(directory / EVIDENCE_NAME, keep=cited)
    recording = keep_recording(settings, gathered.attempts, collected=bool(gathered.scope))
    facts = {**_facts(prepared, settings, gathered, ran, interrupted, recording), "coverage": statement}
    results = build_results(verdict, facts, evidence.kept)
    today = dt.datetime.fromtimestamp(prepared.started, dt.UTC).date()
    verdict = apply_waivers(prepared.waivers, verdict, results, today, interrupted=bool(interrupted))
    write_results(results, directory)
    list_records(directory, prepared.profile, gathered)

    def report(issued: Issued) -> None:
        if prepared.options.reports:
            write_reports(results, evidence, directory, issued, har=prepared.options.har)

    issue(directory, results, prepared.requirements, key=prepared.signing_key, report=report)
    return RunResult(verdict, results, directory)


def _suite_errors(errors: list[str], blamed: str) -> list[Outcome]:
    return [Outcome(blamed, THE_SUITE, State.SUITE_ERROR, reason=f"the suite failed: {error}") for error in errors[:5]]


def _misconfigured(finding: Preflight, blamed: str) -> list[Outcome]:
    if finding.finding not in ("key-refused", "misconfigured"):
        return []
    return [Outcome(blamed, PREFLIGHT, State.CONFIG_ERROR, reason=f"{finding.sentence} {finding.hint}")]


def _facts(
    prepared: _Prepared, settings: Settings, gathered: Gathered, ran: Ran, interrupted: str, recording: Recording
) -> dict[str, Any]:
    profile, contract = prepared.profile, prepared.contract
    ended = time.time()
    return {
        "suite": {"name": "oip-conformance", "version": __version__, "python": sys.version.split()[0]},
        "run": {
            "id": Path(settings.directory).name,
            "started": _utc(prepared.started),
            "ended": _utc(ended),
            "seconds": round(ended - prepared.started, 2),
            "level": settings.level,
            "seed": settings.seed,
            "workers": settings.workers,
            "only": [*settings.only, *settings.tests],
            "classes": list(settings.classes),
            "command": _command(prepared.options, settings),
            "interrupted": bool(interrupted),
            "budget": settings.budget,
            "rounds": ran.rounds,
        },
        "target": {
            "url": settings.url,
            "embedded": settings.embedded,
            "host": urlsplit(settings.url).netloc,
            "deviations": list(settings.deviations),
        },
        "profile": {
            "name": recording.profile["name"],
            "digest": profile.digest,
            "file": _shown(prepared.options.profile) if prepared.options.profile else None,
        },
        "contract": {
            "title": contract.title,
            "version": contract.version,
            "digest": contract.digest,
            "overlays": list(profile.contract.overlays),
        },
        "operations": listed_operations(contract, profile),
        "requirements": {"version": prepared.requirements.version, "digest": prepared.requirements.digest},
        "evidence": {"digest": gathered.evidence_digest, "exchanges": gathered.coverage.exchanges},
        "traffic": gathered.coverage.traffic(),
        "created": gathered.created,
        "notes": [interrupted] if interrupted else _how_far(settings, ran),
    }


def _how_far(settings: Settings, ran: Ran) -> list[str]:
    """How far a run with a budget came."""
    if settings.budget is None or not ran.rounds:
        return []
    first, last = ran.rounds[0]["seed"], ran.rounds[-1]
    return [
        f"{len(ran.rounds)} rounds, seeds {first} to {last['seed']}, in a budget of {settings.budget:g} s; "
        f"the last one ran {last['tests']} of its {last['of']} tests."
    ]


def _command(options: RunOptions, settings: Settings) -> str:
    """The command line that does the same again."""
    parts = ["oip-conformance", "certify"]
    for name, value in (("--profile", options.profile), ("--target", options.url), ("--contract", options.contract)):
        parts += [name, _shown(value) if isinstance(value, Path) else value] if value else []
    parts += ["--level", settings.level, "--seed", str(settings.seed)]
    parts += ["--budget", f"{settings.budget:g}s"] if settings.budget is not None else []
    for name, values in (("--class", settings.classes), ("--only", settings.only)):
        parts += [part for value in values for part in (name, value)]
    return shlex.join([*parts, *options.server_options])


def _shown(path: Path) -> str:
    """A path as the user would type it here; one elsewhere by its name, since the rest is nobody's business."""
    absolute = path.resolve()
    return str(absolute.relative_to(Path.cwd())) if absolute.is_relative_to(Path.cwd()) else path.name


def _utc(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
