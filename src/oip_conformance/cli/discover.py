"""`oip-conformance discover`: drafts a profile for a target by harmless probes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.text import Text

from oip_conformance.cli.writing import check_room, written
from oip_conformance.contract import Contract, load_contract
from oip_conformance.contract.loading import overlay_source
from oip_conformance.contract.remote import is_address
from oip_conformance.contract.validation import validate_contract
from oip_conformance.doctor import Probe, can_be_read, is_sendable
from oip_conformance.doctor.draft import draft
from oip_conformance.doctor.survey import Survey, survey
from oip_conformance.profile import CODES
from oip_conformance.run.certify import check_url
from oip_conformance.run.problems import RunProblem

SECONDS = 120.0
"""So long a survey asks."""


def discover(
    target: Annotated[str, typer.Option(help="Base URL of the target, with its version: https://.../v4")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the profile here (default: print it).")
    ] = None,
    contract: Annotated[
        str | None, typer.Option(metavar="FILE|URL", help="OpenAPI file to go by, instead of the one that ships.")
    ] = None,
    overlay: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE|URL|NAME", help="An overlay to apply; repeatable, in order. NAME: oip-4.3."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output file.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="Do not check the certificate.")] = False,
) -> None:
    """Draft a commented profile for a target by harmless probes, and show each of them as it is answered.

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
    if not is_sendable(key):
        raise RunProblem("CFG-45", "the value of OIP_API_KEY cannot be sent.", CODES["CFG-45"][1])
    check_room(output)
    if output is not None and output.exists() and not force:
        raise RunProblem("RUN-06", f"{output} is there already.", "Name another file, or give --force.")
    with Probe(
        target,
        _readable(contract, overlay or ()),
        key=key,
        verify_tls=not insecure,
        deadline=SECONDS,
        tell=lambda probed: console.print(Text(f"  {probed}", style="dim")),
    ) as probe:
        found = survey(probe)
    _stop_where_nothing_answers(found)
    folder = output.parent if output else Path()
    text = draft(
        found,
        name=f"OIP at {urlsplit(target).hostname}",
        file=_seen_from(contract, folder) if contract else None,
        overlays=[_seen_from(one, folder) for one in overlay or ()],
    )
    if output is None:
        typer.echo(text, nl=False)
        return
    written(output, text)
    seen: Counter[str] = Counter(one.standing for one in found.seen)
    kinds = ("answers", "not-activated", "elsewhere", "missing", "unseen")
    console.print(", ".join(f"{seen[kind]} {kind}" for kind in kinds if seen[kind]) + f": {output}")
    console.print(f"Next: read it, then `oip-conformance doctor --profile {output}`.")


def _readable(file: str | None, overlays: Iterable[str]) -> Contract:
    """The contract to go by. Raises ContractError, and RunProblem CFG-83 for one in which nothing can be read."""
    contract = load_contract(file, [overlay_source(name) for name in overlays], strict=True)
    validate_contract(contract)
    if not any(map(can_be_read, contract.operations.values())):
        raise RunProblem("CFG-83", f"no operation of {contract.title} can be read.", CODES["CFG-83"][1])
    return contract


def _seen_from(named: str, folder: Path) -> str:
    """A contract or an overlay as a profile in a folder names it: an address and a short name stay as they are."""
    source = overlay_source(named)
    is_file = not is_address(named) and Path(source) == Path.cwd() / named
    return Path(os.path.relpath(named, folder)).as_posix() if is_file else named


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
