"""`detect`: run the suite against every known fault and every harmless difference, and write the kill matrix."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from oip_conformance import __version__
from oip_conformance.certificate.suite import DISTRIBUTION, tests_digest
from oip_conformance.cli.certify import LARGEST_SEED
from oip_conformance.contract.requirements import RequirementSet, load_requirements
from oip_conformance.detection import Depth, Deviation, Finding, Matrix, choose, examine_all, known_deviations
from oip_conformance.detection.laboratory import Laboratory
from oip_conformance.detection.notebook import Notebook
from oip_conformance.detection.writing import HTML_NAME, write_matrix
from oip_conformance.session import Level


def detect(
    defect: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this fault; * stands for any.")] = None,
    variation: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this allowed difference.")] = None,
    level: Annotated[Level, typer.Option(help="How deep to look for what smoke does not see.")] = "standard",
    seed: Annotated[
        list[int] | None,
        typer.Option(min=0, max=LARGEST_SEED, help="Seed; repeat it to look with several (default: 0)."),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(min=1, help="Deviations that are examined at a time; two more than there are cores waste none."),
    ] = (os.cpu_count() or 1) + 2,
    narrow: Annotated[
        bool, typer.Option("--narrow", help="Run only the tests of what is broken; no whole runs.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Begin with a whole run for every fault: hours, for the last doubt.")
    ] = False,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many, others every day.")] = None,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Only the I-th of N parts.")] = "1/1",
    output: Annotated[
        Path | None, typer.Option(help="Directory for the matrix (default: a new one in reports/).")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the matrix in --output.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List what would be examined, and end.")] = False,
) -> None:
    """Measure what the suite can see: run it against servers with known faults and known harmless differences.

    A fault counts as caught when the requirement it breaks fails in its own test and nothing unrelated is blamed.

    The exit code is 0 when every fault is caught and no difference flagged, 1 otherwise, 2 for wrong use.
    """
    console = Console(highlight=False, soft_wrap=True)
    known = known_deviations()
    chosen = choose(
        known,
        defects=defect or (),
        variations=variation or (),
        shard=_shard(shard),
        sample=sample,
        turn=dt.datetime.now(dt.UTC).toordinal(),
    )
    if list_:
        for one in chosen:
            console.print(Text(f"{one.kind:<9} {one.id}  [{one.family}]  {', '.join(one.breaks)}  {one.summary}"))
        return
    depth = Depth(level, tuple(dict.fromkeys(seed or (0,))), "own" if narrow else "whole" if whole else "near")
    directory = output or Path("reports") / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}-detection"
    requirements = load_requirements()
    began, clock = dt.datetime.now(dt.UTC), time.monotonic()
    notebook = Notebook(directory, _terms(depth, requirements), resume=resume)
    findings = _examine(chosen, depth, requirements, notebook, workers, console)
    facts = {
        **_terms(depth, requirements),
        "run": {
            "level": level,
            "seeds": list(depth.seeds),
            "breadth": depth.breadth,
            "workers": workers,
            "seconds": round(time.monotonic() - clock, 1),
            "runs": sum(one.runs for one in findings),
            "exchanges": sum(one.exchanges for one in findings),
            "started": began.isoformat(timespec="seconds").replace("+00:00", "Z"),
        },
    }
    matrix = Matrix(findings, requirements, facts, complete=len(findings) == len(known))
    write_matrix(matrix, directory)
    _say(matrix, directory, console)
    raise typer.Exit(matrix.exit_code)


def _examine(
    chosen: tuple[Deviation, ...],
    depth: Depth,
    requirements: RequirementSet,
    notebook: Notebook,
    workers: int,
    console: Console,
) -> list[Finding]:
    found = {one: before for one in chosen if (before := notebook.finding(one)) is not None}
    if found:
        console.print(f"{len(found)} of {len(chosen)} were examined before")
    waiting = [one for one in chosen if one not in found]
    for finding in examine_all(waiting, depth, requirements, workers=workers, laboratory=Laboratory()):
        found[finding.deviation] = finding
        notebook.write(finding)
        _tell(finding, len(found), len(chosen), console)
    return [found[one] for one in chosen]


def _tell(finding: Finding, number: int, total: int, console: Console) -> None:
    style = "green" if finding.word.is_good else "red"
    about = ", ".join([*finding.missed, *finding.blamed][:6]) or finding.reason
    line = f"{number:>4}/{total} {finding.deviation.id}: {finding.word}" + (f" ({about})" if about else "")
    console.print(Text(line, style=style))


def _say(matrix: Matrix, directory: Path, console: Console) -> None:
    lacking = matrix.without_a_catch
    if lacking:
        console.print(f"{len(lacking)} testable requirements have no caught defect: {_few(lacking)}")
    style = "bold green" if matrix.exit_code == 0 else "bold red"
    console.print(Text(matrix.sentence, style=style))
    console.print(f"The matrix is {directory / HTML_NAME}")


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:10]) + (f" and {len(listed) - 10} more" if len(listed) > 10 else "")


def _terms(depth: Depth, requirements: RequirementSet) -> dict[str, Any]:
    return {
        "suite": {"name": DISTRIBUTION, "version": __version__, "tests_digest": tests_digest()},
        "requirements": {"version": requirements.version, "digest": requirements.digest},
        "run": {"level": depth.level, "seeds": list(depth.seeds), "breadth": depth.breadth},
    }


def _shard(text: str) -> tuple[int, int]:
    number, slash, count = text.partition("/")
    if slash and text.isascii() and number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count):
        return int(number), int(count)
    raise typer.BadParameter("give a part and how many there are, such as 2/4", param_hint="--shard")
