"""What `certify --plan` prints."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable

import orjson
import typer

from oip_conformance.run.planning import PREFLIGHT, RunPlan

_INDENT = 16
_WIDEST = 120


def show_plan(plan: RunPlan, *, as_json: bool) -> None:
    """Print a plan, for programs or for people."""
    if as_json:
        typer.echo(orjson.dumps(plan.to_json(), option=orjson.OPT_INDENT_2).decode())
        return
    for line in _lines(plan):
        typer.echo(line)


def _lines(plan: RunPlan) -> Iterable[str]:
    settings = plan.settings
    yield f"Target          {'the embedded reference server' if settings.embedded else settings.url}"
    yield f"Level           {settings.level}, seed {settings.seed}"
    yield ""
    total = sum(len(ids) for ids in plan.requirements.values())
    yield f"Requirements    {total}"
    for name, ids in plan.requirements.items():
        yield from _wrapped(f"  {name}", f"{len(ids)}: {', '.join(ids)}")
    yield ""
    yield f"Operations      {len(plan.operations)}"
    widest = max((len(one.id) for one in plan.operations), default=0)
    for one in plan.operations:
        yield f"  {one.id:<{widest}}  {one.withheld or f'{one.cases} cases'}  ({one.method} {one.path})"
    yield ""
    yield f"Stories         {len(plan.stories)}"
    yield f"Requests        at most {plan.requests}: {plan.cases} cases, {plan.story_requests} in stories, {PREFLIGHT} before"
    yield f"Records         at most {plan.records} customers"
    for limit in plan.limits:
        yield from _wrapped("Limit", limit + ".")
    for note in _notes(plan):
        yield from _wrapped("Note", note)


def _notes(plan: RunPlan) -> Iterable[str]:
    yield (
        "cases are counted; stories are what the embedded server was sent. A target that fails or is busy is asked more: "
        "a failing story again, a failing case in smaller forms, a busy system up to four times."
    )
    if plan.settings.budget is not None:
        yield f"this is the first round; others with fresh seeds follow until {plan.settings.budget:g} s are over."
    yield "nothing was sent."


def _wrapped(label: str, text: str) -> list[str]:
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    lines = textwrap.wrap(text, max(30, width - _INDENT), break_long_words=False, break_on_hyphens=False)
    return [f"{label if number == 0 else '':<{_INDENT}}{line}" for number, line in enumerate(lines)]
