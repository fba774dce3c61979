"""The certificate as a page of text, for a person."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

_WIDTH = 100
_LABEL = 18


def readable(predicate: Mapping[str, Any]) -> str:
    """The whole certificate in words, a hundred characters wide."""
    return "\n".join(_lines(predicate)) + "\n"


def _lines(one: Mapping[str, Any]) -> Iterable[str]:
    run, contract, suite = one["run"], one["contract"], one["suite"]
    counts = {state: count for state, count in one["verdict"]["counts"].items() if count}
    yield "CERTIFICATE OF CONFORMANCE" + ("" if one["signed"] else "  (UNSIGNED: nobody answers for it)")
    yield ""
    yield from _row("Verdict", one["verdict"]["sentence"])
    yield from _row("Target", one["target"]["url"] + _embedded(one["target"]))
    published = "as published" if contract["published"] else "NOT the published document"
    yield from _row("Contract", f"{contract['title']} {contract['version']}, {published}, {contract['digest']}")
    yield from _row("Profile", f"{one['profile']['name']}, {one['profile']['digest']}")
    yield from _row("Level", f"{run['level']}, seed {run['seed']}")
    yield from _row("Classes", ", ".join(f"{each['id']} ({each['state']})" for each in one["classes"]))
    yield from _row("Run", f"{run['started']} to {run['ended']}, {one['evidence']['exchanges']} exchanges")
    yield from _row("Runs tried", f"{one['runs']['tried']} ({one['runs']['known_from']})")
    yield from _row("Valid", f"from {one['issued']} to {one['expires']}")
    yield from _row("Issuer", f"key {one['issuer']['key_id']}" if one["issuer"] else "none")
    yield from _row("Suite", f"{suite['name']} {suite['version']}, tests {suite['tests_digest']}")
    yield ""
    total = one["verdict"]["total"]
    yield f"Of {total} requirements in scope ({one['requirements']['in_register']} in the register):"
    yield from (f"  {count:>5} {state}" for state, count in counts.items())
    yield from _reserved("Not covered", one["not_covered"])
    yield from _reserved("Not applicable", one["not_applicable"])
    yield from _reserved("Warned", one["warned"])
    yield from _reserved("Waived", one["waived"])
    yield from _names("Intermittent", one["intermittent"])
    yield from _names("Inferred", one["inferred"])
    yield from _outside(one["outside"])
    yield ""
    yield "Coverage of what the profile activates:"
    for name, dimension in one["coverage"].items():
        met = "" if dimension["met"] else "  (below the floor of this level)"
        yield f"  {name:<12}{dimension['reached']:>5} of {dimension['of']}{met}"
    yield ""
    yield from _detection(one["detection"], suite["tests_digest"])
    yield "Limits:"
    for sentence in one["limits"]:
        yield from textwrap.wrap(sentence, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _embedded(target: Mapping[str, Any]) -> str:
    if not target["embedded"]:
        return ""
    started = f", started with {', '.join(target['deviations'])}" if target["deviations"] else ""
    return f" (the embedded server{started})"


def _detection(figures: Mapping[str, Any] | None, tests_digest: str) -> Iterable[str]:
    if figures is None:
        yield from _row("Detection", "no figures ship with this version of the suite")
        yield ""
        return
    said = figures["summary"]
    run, uncaught = said["run"], said["requirements_without_a_catch"]
    seeds = ", ".join(map(str, run["seeds"]))
    part = "" if said["complete"] else ", a part of the known deviations"
    lacking = f"; of {len(uncaught)} requirements no defect is known to be caught" if uncaught else ""
    yield from _row("Detection", f"{said['sentence'].rstrip('.')}{lacking}")
    tests = "these tests" if said["suite"].get("tests_digest") == tests_digest else "an earlier state of the tests"
    yield from _row("", f"(suite {said['suite']['version']}, {tests}, level {run['level']}, seeds {seeds}{part})")
    yield ""


def _row(label: str, text: str) -> list[str]:
    wrapped = textwrap.wrap(text, _WIDTH - _LABEL, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{label if number == 0 else '':<{_LABEL}}{line}" for number, line in enumerate(wrapped)]


def _reserved(label: str, items: Sequence[Mapping[str, str]]) -> Iterable[str]:
    if not items:
        return
    yield ""
    yield f"{label} ({len(items)}):"
    for item in items:
        text = f"{item['id']}: {item['reason']}" if item["reason"] else item["id"]
        yield from textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="    ")


def _outside(items: Sequence[Mapping[str, str]]) -> Iterable[str]:
    """What is not in scope, by reason and class; the ids stand in the certificate itself."""
    if not items:
        return
    yield ""
    yield f"Not in scope ({len(items)}):"
    for reason, ours in groupby(sorted(items, key=_reason), key=_reason):
        counts = Counter(each["class"] for each in ours)
        text = f"{reason}: " + ", ".join(f"{count} of {name}" for name, count in sorted(counts.items()))
        yield from textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="    ")


def _reason(item: Mapping[str, str]) -> str:
    return item["reason"]


def _names(label: str, names: Sequence[str]) -> Iterable[str]:
    if names:
        yield ""
        yield f"{label} ({len(names)}):"
        text = ", ".join(names)
        yield from textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
