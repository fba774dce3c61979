"""`compare`: what changed from one run to another, as the gate of a release."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from oip_conformance.report.escaping import escape
from oip_conformance.run.directory import find_run
from oip_conformance.run.problems import RunProblem
from oip_conformance.verdict.comparison import Change, Comparison, compare_runs
from oip_conformance.verdict.results import load_sound_results

SHOWN = 30


def compare(
    before: Annotated[Path, typer.Argument(help="The directory of the earlier run.")],
    after: Annotated[Path, typer.Argument(help="The directory of the later run.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print it as Markdown, for a comment.")] = False,
    allow_untested: Annotated[
        bool, typer.Option("--allow-untested", help="Do not mind what is no longer tested.")
    ] = False,
) -> None:
    """Compare two runs: fixed, new, still failing, no longer tested; coverage and latency that moved.

    The exit code is 0 when nothing new failed, 1 when something that must hold did (waived failures aside), 3 when
    something that was decided is no longer tested, 2 for wrong use.
    """
    if as_json and as_markdown:
        raise RunProblem("COM-01", "--json and --markdown exclude each other.", "Choose one.")
    found = compare_runs(load_sound_results(find_run(before)), load_sound_results(find_run(after)))
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    elif as_markdown:
        typer.echo("\n".join(markdown(found)))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for line, style in plain(found):
            console.print(Text(line, style=style))
    raise typer.Exit(found.exit_code(allow_untested=allow_untested))


def verdict_of(found: Comparison) -> str:
    """The comparison in a sentence."""
    counts = f"{len(found.new)} new, {len(found.fixed)} fixed, {len(found.still)} still failing"
    counts += f", {len(found.untested)} no longer tested" if found.untested else ""
    word = "Regressions" if found.regressions else "Not comparable in full" if found.untested else "Nothing new failed"
    return f"{word}: {counts}."


def plain(found: Comparison) -> Iterable[tuple[str, str]]:
    """The comparison as lines for a terminal, each with its style."""
    yield from ((note, "yellow") for note in found.notes)
    for title, changes, style in _groups(found):
        if changes:
            yield f"{title} ({len(changes)})", "bold"
            yield from ((f"  {_line(one)}", style) for one in changes[:SHOWN])
            if len(changes) > SHOWN:
                yield f"  and {len(changes) - SHOWN} more", ""
    if found.untested:
        yield f"No longer tested ({len(found.untested)})", "bold"
        for item in found.untested[:SHOWN]:
            yield (
                f"  {item['requirement']} {item['title']}: {item['before']}, now {item['after']} {item['reason']}",
                "yellow",
            )
        if len(found.untested) > SHOWN:
            yield f"  and {len(found.untested) - SHOWN} more", ""
    yield from ((line, "") for line in _movements(found))
    yield verdict_of(found), "bold red" if found.regressions else "bold yellow" if found.untested else "bold green"


def markdown(found: Comparison) -> Iterable[str]:
    """The comparison as Markdown."""
    icon = "❌" if found.regressions else "❔" if found.untested else "✅"
    yield f"## {icon} {verdict_of(found)}"
    yield ""
    yield from (f"> {escape(note)}  " for note in found.notes)
    for title, changes, _style in _groups(found):
        if changes:
            yield f"\n### {title} ({len(changes)})\n"
            yield from (f"- {escape(_line(one))}" for one in changes[:SHOWN])
            if len(changes) > SHOWN:
                yield f"- and {len(changes) - SHOWN} more"
    if found.untested:
        yield f"\n### No longer tested ({len(found.untested)})\n"
        yield from (
            f"- {one['requirement']} {escape(one['title'])}: {one['before']}, now {one['after']}"
            for one in found.untested[:SHOWN]
        )
    movements = list(_movements(found))
    if movements:
        yield "\n### Moved\n"
        yield from (f"- {escape(line)}" for line in movements)


def _groups(found: Comparison) -> tuple[tuple[str, tuple[Change, ...], str], ...]:
    return (
        ("New failures", found.new, "red"),
        ("Still failing", found.still, "yellow"),
        ("Fixed", found.fixed, "green"),
    )


def _line(one: Change) -> str:
    marks = [one.level] if one.level != "must" else []
    marks += ["waived"] if one.waived else []
    where = f" in {one.operation}" if one.operation else ""
    return f"{one.id} {one.requirement}{where}: {one.title}" + (f" ({', '.join(marks)})" if marks else "")


def _movements(found: Comparison) -> Iterable[str]:
    for one in found.coverage:
        (a, of_a), (b, of_b) = one["before"], one["after"]
        lost = one["no_longer_reached"]
        yield f"Coverage of {one['dimension']}: {a} of {of_a}, now {b} of {of_b}" + (
            f"; no longer reached: {', '.join(lost[:5])}{' ...' if len(lost) > 5 else ''}" if lost else ""
        )
    for word, items in (("Slower", found.slower), ("Faster", found.faster)):
        for one in items[:SHOWN]:
            yield f"{word}: {one['operation']}, 95 % within {one['before_ms']:g} ms, now {one['after_ms']:g} ms"
