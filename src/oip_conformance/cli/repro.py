"""`repro`: run one recorded failure again.

REP-04  the run has no such failure          REP-06  the profile of the run is not where it was
REP-05  no recorded request shows it
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from oip_conformance.evidence import EVIDENCE_NAME, EvidenceFile
from oip_conformance.reproduction import recipes, script
from oip_conformance.reproduction.script import script_name
from oip_conformance.run.directory import find_run
from oip_conformance.run.problems import RunProblem
from oip_conformance.target.embedded import EmbeddedServer, EmbeddedServerError
from oip_conformance.verdict.results import load_sound_results


def repro(
    run_dir: Annotated[Path, typer.Argument(help="The directory of a run, such as reports/latest, or its id.")],
    failure: Annotated[str, typer.Argument(help="A failure of the run, such as F01.")],
    target: Annotated[str | None, typer.Option(help="Base URL of the target, instead of the run's.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the script instead of running it.")] = False,
) -> None:
    """Run one recorded failure again, with the fewest requests that lead to it, and say whether it is still there.

    A run against the embedded server starts it again as it was. For any other target the key is taken from OIP_API_KEY.

    The exit code is 1 when the failure is reproduced, 0 when it is not, 2 for wrong use, 3 when it cannot be decided.
    """
    run_dir = find_run(run_dir)
    results = load_sound_results(run_dir)
    name = _known(results, failure)
    folder = run_dir if run_dir.is_dir() else run_dir.parent
    found = recipes(results, EvidenceFile(folder / EVIDENCE_NAME), {name})
    if not found:
        raise RunProblem(
            "REP-05", f"no recorded request shows {name}.", "It speaks of the run as a whole; run certify again."
        )
    if show:
        typer.echo(script(found[0]))
        return
    with ExitStack() as resources:
        environment = dict(os.environ)
        if target is None and results["target"]["embedded"]:
            target = _start(results, resources, environment)
        path = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="oip-repro-"))) / script_name(found[0])
        path.write_text(script(found[0]), encoding="utf-8")
        command = [sys.executable, "-I", str(path), *([target] if target else [])]
        code = subprocess.run(command, env=environment, check=False).returncode
    raise typer.Exit(code)


def _known(results: dict[str, Any], failure: str) -> str:
    names = {one["id"].upper(): one["id"] for one in results["failures"]}
    name = names.get(failure.strip().upper())
    if name is None:
        hint = f"It has {', '.join(list(names.values())[:12])}." if names else "Nothing failed in it."
        raise RunProblem("REP-04", f"the run has no failure {failure!r}.", hint)
    return str(name)


def _start(results: dict[str, Any], resources: ExitStack, environment: dict[str, str]) -> str:
    """Start the embedded server as the run had it, hand over its keys, and return its URL."""
    recorded = shlex.split(results["run"]["command"])
    options = tuple(one for one in recorded if one.startswith(("--defect", "--variation")))
    file = results["profile"].get("file")
    profile = Path(file) if file else None
    if profile is not None and not profile.is_file():
        raise RunProblem(
            "REP-06", f"the run used the profile {file}, which is not there.", "Run repro where the run was started."
        )
    try:
        sandbox = resources.enter_context(EmbeddedServer(profile=profile, options=options))
    except EmbeddedServerError as problem:
        raise RunProblem("RUN-04", str(problem), "Run `python -m oip_reference` to see why.", 4) from problem
    environment |= {"OIP_API_KEY": sandbox.key, "OIP_SECOND_API_KEY": sandbox.second_key}
    return sandbox.url
