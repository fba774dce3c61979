"""The tools, how each is started, and where its report stands.

Each is run as its own documentation says, with everything it offers by itself switched on and nothing written for it by hand.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.side_by_side import reading

from oip_conformance.resources import spec_directory

OURS = "our suite"
EXAMPLES_PER_OPERATION = 5
"""Schemathesis' --max-examples with which all its phases end within the default budget."""
COMBINATIONS = 8
"""Specmatic's combinations of keys per request; without a bound one operation alone goes beyond any budget."""


@dataclass(frozen=True)
class Task:
    """What a tool is given: where to send, the keys, the contract in both forms, a seed, an empty folder, a profile."""

    url: str
    key: str
    second_key: str
    contract: Path
    contract_3_0: Path
    seed: int
    folder: Path
    profile: str = "embedded"


@dataclass(frozen=True)
class Tool:
    """A tool: its commands for a task, run one after the other; its report; how to read it."""

    name: str
    version: str
    commands: Callable[[Task], Sequence[Sequence[str]]]
    report: Callable[[Path], Path]
    read: Callable[[Path], reading.Failures]
    limited_by: str
    environment: Callable[[Task], Mapping[str, str]] = field(default=lambda task: {})


def found_tools(node_modules: Path | None) -> tuple[list[Tool], dict[str, str]]:
    """The tools that are installed, ours first, and for each of the others what is missing."""
    binaries = node_modules / ".bin" if node_modules else None
    search = os.pathsep.join([*([str(binaries)] if binaries else []), os.environ.get("PATH", "")])

    def where(name: str) -> str | None:
        return shutil.which(name, path=search)

    found, missing = [_ours(), _schemathesis()], dict[str, str]()
    jar, java = _specmatic_jar(node_modules), where("java")
    if jar and java:
        found.append(_specmatic(java, jar))
    else:
        missing["Specmatic"] = "npm i --ignore-scripts specmatic; Java 17" if not jar else "no java on PATH"
    portman, newman, dredd = where("portman"), where("newman"), where("dredd")
    if portman and newman:
        found.append(_portman(portman, newman))
    else:
        missing["Portman + Newman"] = "npm i --ignore-scripts @apideck/portman newman"
    if dredd:
        found.append(_dredd(dredd))
    else:
        missing["Dredd"] = "npm i --ignore-scripts dredd"
    return found, missing


def _ours() -> Tool:
    def commands(task: Task) -> list[list[str]]:
        profile = spec_directory() / "profiles" / f"{task.profile}.toml"
        command = [sys.executable, "-m", "oip_conformance", "certify", "--profile", str(profile), "--target", task.url]
        return [[*command, "--level", "smoke", "--seed", str(task.seed), "--output", str(task.folder / "run")]]

    return Tool(
        OURS,
        f"{version('oip-conformance')}, level smoke",
        commands,
        lambda folder: folder / "run" / "results.json",
        reading.of_our_suite,
        "its level",
        lambda task: {"OIP_API_KEY": task.key, "OIP_SECOND_API_KEY": task.second_key},
    )


def _schemathesis() -> Tool:
    def commands(task: Task) -> list[list[str]]:
        program = str(Path(sys.executable).with_name("schemathesis"))
        command = [program, "run", str(task.contract), "--url", task.url, "--header", f"x-api-key: {task.key}"]
        command += ["--checks", "all", "--continue-on-failure", "--max-examples", str(EXAMPLES_PER_OPERATION)]
        command += ["--seed", str(task.seed), "--no-shrink", "--no-color"]
        return [[*command, "--report", "json", "--report-json-path", str(task.folder / "report.json")]]

    return Tool(
        "Schemathesis",
        version("schemathesis"),
        commands,
        lambda folder: folder / "report.json",
        reading.of_schemathesis,
        f"--max-examples {EXAMPLES_PER_OPERATION}, all phases",
    )


def _specmatic_jar(node_modules: Path | None) -> Path | None:
    jar = node_modules / "specmatic" / "specmatic.jar" if node_modules else None
    return jar if jar and jar.is_file() else None


def _specmatic(java: str, jar: Path) -> Tool:
    def commands(task: Task) -> list[list[str]]:
        switches = ["-XX:+UseSerialGC", "-DSPECMATIC_GENERATIVE_TESTS=true"]
        switches.append(f"-DMAX_TEST_REQUEST_COMBINATIONS={COMBINATIONS}")
        test = ["test", str(task.contract_3_0), f"--testBaseURL={task.url}", "--junitReportDir=junit"]
        return [[java, *switches, "-jar", str(jar), *test]]

    return Tool(
        "Specmatic",
        f"{_npm_version(jar.parent)}, generative tests",
        commands,
        lambda folder: folder / "junit" / "TEST-junit-jupiter.xml",
        reading.of_specmatic,
        f"{COMBINATIONS} combinations a request",
        lambda task: {"api_key": task.key},
    )


def _portman(portman: str, newman: str) -> Tool:
    def commands(task: Task) -> list[list[str]]:
        make = [portman, "-l", str(task.contract_3_0), "-b", task.url, "-t", "true", "-o", "collection.json"]
        variables = ["--env-var", f"apiKey={task.key}", "--env-var", f"baseUrl={task.url}"]
        report = ["--reporters", "json", "--reporter-json-export", "newman.json"]
        return [make, [newman, "run", "collection.json", *variables, *report]]

    return Tool(
        "Portman + Newman",
        f"{_npm_version(_package(portman))} + {_npm_version(_package(newman))}",
        commands,
        lambda folder: folder / "newman.json",
        reading.of_newman,
        "one request an operation",
    )


def _dredd(dredd: str) -> Tool:
    def commands(task: Task) -> list[list[str]]:
        command = [dredd, str(task.contract_3_0), task.url, "--header", f"x-api-key: {task.key}"]
        return [[*command, "--loglevel", "error", "--reporter", "markdown", "--output", "dredd.md"]]

    return Tool(
        "Dredd",
        _npm_version(_package(dredd)),
        commands,
        lambda folder: folder / "dredd.md",
        reading.of_dredd,
        "one request a documented answer",
    )


def _package(program: str) -> Path:
    """The package that a program of npm belongs to: the nearest folder above it with a package.json."""
    return next(
        (one for one in Path(program).resolve().parents if (one / "package.json").is_file()), Path(program).parent
    )


def _npm_version(package: Path) -> str:
    try:
        return str(json.loads((package / "package.json").read_bytes())["version"])
    except (OSError, ValueError, KeyError):
        return "unknown version"
