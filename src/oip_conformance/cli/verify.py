"""`oip-conformance verify`: four answers to a run that somebody hands over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from oip_conformance.certificate import Answer, Verification, load_public_key
from oip_conformance.certificate import verify as verify_run
from oip_conformance.certificate.answer import Found
from oip_conformance.certificate.dates import moment_given
from oip_conformance.run.directory import find_run
from oip_conformance.run.rejudging import rejudge
from oip_conformance.verdict.state import ExitCode

_COLOURS = {Found.GOOD: typer.colors.GREEN, Found.UNDECIDED: typer.colors.YELLOW, Found.REFUTED: typer.colors.RED}


def verify(
    run_dir: Annotated[
        Path, typer.Argument(help="A run directory, such as reports/latest, or its id.", metavar="RUN_DIR")
    ],
    key: Annotated[
        str | None,
        typer.Option(metavar="PUBLIC_KEY", help="The public key of the issuer you trust: a file, or its text."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="Judge its validity on this day (default: now).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Verify a run and its certificate offline: signature, consistency, judged again from evidence, and what stays open.

    The exit code is 0 when all is good, 1 when something is refuted, 2 when it cannot be read, 3 when something cannot
    be decided, such as whose key signed.
    """
    public = load_public_key(key) if key is not None else None
    moment = moment_given(at) if at is not None else None
    found = verify_run(find_run(run_dir).resolve(), rejudge, key=public, at=moment)
    typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2) if as_json else _page(found))
    raise typer.Exit(found.exit_code)


def _page(found: Verification) -> str:
    lines = [_headline(found), ""]
    lines += [_printable(found.certificate)] if found.certificate else []
    for number, answer in enumerate(found.answers, start=1):
        lines += _answer(number, answer)
    lines.append(typer.style(f"{len(found.answers) + 1}. What this does not prove", bold=True))
    lines += [f"   - {sentence}" for sentence in found.not_proven]
    return "\n".join(lines)


_HEADLINES = {
    ExitCode.CONFORMANT: (Found.GOOD, "VERIFIED: what the certificate says below holds, as far as can be checked."),
    ExitCode.NONCONFORMANT: (Found.REFUTED, "REFUTED: do not rely on what stands below; the answers say why."),
    ExitCode.INCOMPLETE: (Found.UNDECIDED, "UNDECIDED: something cannot be told here; the answers say what."),
}


def _headline(found: Verification) -> str:
    """What to think of the page that follows, before anybody reads it."""
    state, sentence = _HEADLINES[found.exit_code]
    return typer.style(sentence, fg=_COLOURS[state], bold=True)


def _answer(number: int, answer: Answer) -> list[str]:
    state = typer.style(str(answer.state), fg=_COLOURS[answer.state], bold=True)
    lines = [f"{typer.style(f'{number}. {answer.question}', bold=True)} {state}"]
    if answer.state is Found.GOOD:
        return [*lines, f"   {_printable(answer.good)}", ""]
    lines += [f"   - {_printable(one.sentence)} [{one.code}]" for one in answer.findings[:12]]
    if len(answer.findings) > 12:
        lines.append(f"   ... and {len(answer.findings) - 12} more; --json lists them")
    return [*lines, ""]


def _printable(text: str) -> str:
    """Text from a stranger without anything that moves a terminal's cursor."""
    return "".join(character if character.isprintable() or character == "\n" else "?" for character in text)
