"""`oip-conformance discover`: drafts a profile for a target by harmless probes."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.text import Text

from oip_conformance.cli.writing import written
from oip_conformance.contract import load_contract, standard_overlay_path
from oip_conformance.doctor import Probe
from oip_conformance.doctor.draft import draft
from oip_conformance.doctor.survey import Survey, survey
from oip_conformance.run.certify import check_url
from oip_conformance.run.problems import RunProblem


def discover(
    target: Annotated[str, typer.Option(help="Base URL of the target, with its version: https://.../v4")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the profile here (default: print it).")
    ] = None,
    contract: Annotated[Path | None, typer.Option(help="OpenAPI file to go by, instead of the one that ships.")] = None,
    overlay: Annotated[list[str] | None, typer.Option(help="Overlay to apply: a file, or 4.3; repeatable.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="Do not check the certificate.")] = False,
) -> None:
    """Draft a commented profile for a target by harmless probes, and show each of them.

    Only reads that name nobody are made, and OPTIONS; nothing is written and nobody is reached. The key is taken from
    OIP_API_KEY. Read the draft, complete it, then try `doctor` and `certify` with it.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    check_url(target)
    key = os.environ.get("OIP_API_KEY")
    if not key:
        raise RunProblem(
            "RUN-01", "there is no API key: OIP_API_KEY is not set.", "export OIP_API_KEY=... and try again."
        )
    if output is not None and output.exists() and not force:
        raise RunProblem("RUN-06", f"{output} is there already.", "Name another file, or give --force.")
    overlays = [path if (path := Path(name)).exists() else standard_overlay_path(name) for name in overlay or ()]
    with Probe(target, load_contract(contract, overlays), key=key, verify_tls=not insecure, deadline=120.0) as probe:
        found = survey(probe)
    for probed in found.asked:
        console.print(Text(f"  {probed}", style="dim"))
    _stop_where_nothing_answers(found)
    text = draft(found, name=f"OIP at {urlsplit(target).hostname}")
    if output is None:
        typer.echo(text, nl=False)
        return
    written(output, text)
    seen: Counter[str] = Counter(one.standing for one in found.seen)
    kinds = ("answers", "not-activated", "elsewhere", "missing", "unseen")
    console.print(", ".join(f"{seen[kind]} {kind}" for kind in kinds if seen[kind]) + f": {output}")
    console.print(f"Next: read it, then `oip-conformance doctor --profile {output}`.")


def _stop_where_nothing_answers(found: Survey) -> None:
    """Raises RunProblem RUN-10 when there is nothing to write a profile about."""
    if any(one.standing in ("answers", "not-activated", "elsewhere") for one in found.seen):
        return
    first = found.asked[0]
    answered = [one for one in found.asked if one.status is not None]
    if not answered:
        why = first.said or first.fault
        raise RunProblem("RUN-10", f"the target does not answer: {why}.", "Check the URL; `doctor` says more.")
    statuses = ", ".join(sorted({f"{one.status} {one.media_type}".strip() for one in answered}))
    raise RunProblem(
        "RUN-10",
        f"no operation of the API answers at {found.url}; what came was {statuses}.",
        "Check the base URL (it ends in /v4 at OIP) and the key; `doctor` says more.",
    )
