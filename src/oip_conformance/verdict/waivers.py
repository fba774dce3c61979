"""Waivers: failures that somebody answers for until a date, so that CI can go on and nobody forgets.

    [[waiver]]
    requirement = "OIP-PROMO-05"
    operation = "redeemPromotion"        # optional: only there
    cause = "schema of 200 at /: type"   # optional: only this cause, as results.json names it
    reason = "fixed in 4.2.1, rolled out on Thursday"
    owner = "kari@example.com"
    expires = 2026-12-31                 # the last day on which it counts

A waiver changes the exit code and nothing else: the verdict stays failed, every report shows the failure and its waiver, and
no certificate is issued. One that has expired, or under which nothing failed although it was tested, fails the run.
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from oip_conformance.verdict.judging import RequirementVerdict, RunVerdict
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.state import ExitCode, State, exit_code, merge

WaiverState = Literal["applied", "stale", "expired", "not-reached"]

_REQUIRED = ("requirement", "reason", "owner", "expires")
_KEYS = (*_REQUIRED, "operation", "cause")
_DECIDED = frozenset({State.PASSED, State.WARNED, State.FAILED})


class WaiverError(Exception):
    """A waiver file that cannot be used: WAI-01 cannot be read, WAI-02 not TOML, WAI-03 mistakes in it, each with its code.

    WAI-10 unknown key     WAI-12 wrong value          WAI-14 unknown operation
    WAI-11 missing key     WAI-13 unknown requirement  WAI-15 the same waiver twice
    """

    def __init__(self, code: str, message: str, hint: str, causes: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.hint = hint
        self.causes = causes


@dataclass(frozen=True)
class Waiver:
    """One accepted failure: of a requirement, in one operation or all, with one cause or any."""

    requirement: str
    reason: str
    owner: str
    expires: dt.date
    operation: str | None = None
    cause: str | None = None

    def covers(self, failure: Mapping[str, Any]) -> bool:
        """Whether it speaks of a distinct failure, as results.json has it."""
        return (
            failure["requirement"] == self.requirement
            and self.operation in (None, failure["operation"])
            and self.cause in (None, failure["cause"])
        )


def load_waivers(path: Path, requirements: Collection[str], operations: Collection[str]) -> tuple[Waiver, ...]:
    """Read a waiver file, strictly. Raises WaiverError with every mistake at once."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise WaiverError("WAI-01", f"{path} cannot be read ({problem.strerror}).", "Name a TOML file.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise WaiverError("WAI-02", f"{path.name} is not TOML ({problem}).", "It holds [[waiver]] tables.") from problem
    causes: list[str] = []
    found: list[Waiver] = []
    causes += [f"WAI-10 unknown key {key!r}{_hint(key, ['waiver'])}" for key in document if key != "waiver"]
    tables = document.get("waiver", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        causes.append("WAI-12 waiver: write [[waiver]], with two brackets, for each of them")
        tables = []
    for number, table in enumerate(tables, start=1):
        mistakes = _mistakes(table, requirements, operations)
        causes += [f"{mistake} (waiver {number})" for mistake in mistakes]
        if not mistakes:
            waiver = Waiver(**table)
            if any(replace(one, reason="", owner="") == replace(waiver, reason="", owner="") for one in found):
                causes.append(f"WAI-15 the same waiver stands there twice (waiver {number})")
            found.append(waiver)
    if causes:
        count = "a mistake" if len(causes) == 1 else f"{len(causes)} mistakes"
        raise WaiverError(
            "WAI-03", f"{path.name} has {count}.", "A waiver has requirement, reason, owner and expires.", tuple(causes)
        )
    return tuple(found)


def apply_waivers(
    waivers: tuple[Waiver, ...], verdict: RunVerdict, results: dict[str, Any], today: dt.date, *, interrupted: bool
) -> RunVerdict:
    """Lay waivers over a verdict. `results` is completed: each waiver with its state, each waived failure with its waiver.

    Returns the verdict with the exit code that follows; its states stay as they are.
    """
    states = {one.requirement.id: one.state for one in verdict.requirements}
    covered: set[tuple[str, str, str]] = set()
    records = []
    for waiver in waivers:
        failures = [one for one in results["failures"] if waiver.covers(one)]
        state = _state(waiver, failures, states.get(waiver.requirement), today, interrupted)
        if state == "applied":
            for one in failures:
                one["waived"] = {"reason": waiver.reason, "owner": waiver.owner, "expires": waiver.expires.isoformat()}
                covered.add((one["requirement"], one["operation"] or "", one["cause"]))
        records.append(
            {
                "requirement": waiver.requirement,
                "operation": waiver.operation,
                "cause": waiver.cause,
                "reason": waiver.reason,
                "owner": waiver.owner,
                "expires": waiver.expires.isoformat(),
                "state": state,
                "failures": [one["id"] for one in failures],
            }
        )
    results["waivers"] = records
    if not waivers:
        return verdict
    code = _exit_code(verdict, covered, interrupted=interrupted)
    wrong = [one for one in records if one["state"] in ("stale", "expired")]
    if wrong and code == ExitCode.CONFORMANT:
        code = ExitCode.NONCONFORMANT
    told = replace(verdict, exit_code=code, sentence=f"{verdict.sentence} {_sentence(records)}".strip())
    results["verdict"] |= {"exit_code": told.exit_code, "sentence": told.sentence}
    return told


def _state(waiver: Waiver, failures: list[Any], state: State | None, today: dt.date, interrupted: bool) -> WaiverState:
    if waiver.expires < today:
        return "expired"
    if failures:
        return "applied"
    return "stale" if state in _DECIDED and not interrupted else "not-reached"


def _exit_code(verdict: RunVerdict, covered: set[tuple[str, str, str]], *, interrupted: bool) -> int:
    """The exit code of the run when what is covered has only warned."""
    state = merge(_softened(one, covered) for one in verdict.requirements)
    state = state | State.INCONCLUSIVE if interrupted else state
    if not verdict.requirements or verdict.state is not State.FAILED:
        return verdict.exit_code
    return exit_code(state)


def _softened(verdict: RequirementVerdict, covered: set[tuple[str, str, str]]) -> State:
    if not verdict.outcomes:
        return verdict.state
    return merge(_word(verdict.requirement.id, outcome, covered) for outcome in verdict.outcomes)


def _word(requirement: str, outcome: Outcome, covered: set[tuple[str, str, str]]) -> State:
    keys = {(requirement, one.operation or outcome.operation or "", one.cause) for one in outcome.failures}
    return State.WARNED if outcome.state is State.FAILED and keys and keys <= covered else outcome.state


def _sentence(records: list[dict[str, Any]]) -> str:
    counts = {name: sum(one["state"] == name for one in records) for name in ("applied", "expired", "stale")}
    waived = len({name for one in records if one["state"] == "applied" for name in one["failures"]})
    parts = [f"{waived} waived"] if waived else []
    parts += [f"{counts['expired']} expired waivers" if counts["expired"] > 1 else "an expired waiver"] * bool(
        counts["expired"]
    )
    parts += [f"{counts['stale']} stale waivers" if counts["stale"] > 1 else "a stale waiver"] * bool(counts["stale"])
    return f"Of the failures, {', '.join(parts)}." if waived else f"There is {' and '.join(parts)}." if parts else ""


def _mistakes(table: Mapping[str, Any], requirements: Collection[str], operations: Collection[str]) -> list[str]:
    mistakes = [f"WAI-10 unknown key {key!r}{_hint(key, _KEYS)}" for key in table if key not in _KEYS]
    mistakes += [f"WAI-11 {key} is missing" for key in _REQUIRED if key not in table]
    for key in (key for key in _KEYS if key in table and key != "expires"):
        if not isinstance(table[key], str) or not table[key].strip():
            mistakes.append(f"WAI-12 {key} must be a text that says something")
    expires = table.get("expires")
    if "expires" in table and (not isinstance(expires, dt.date) or isinstance(expires, dt.datetime)):
        mistakes.append("WAI-12 expires must be a date like 2026-12-31, without quotation marks")
    for key, known, code in (("requirement", requirements, "WAI-13"), ("operation", operations, "WAI-14")):
        value = table.get(key)
        if isinstance(value, str) and value.strip() and value not in known:
            mistakes.append(f"{code} there is no {key} {value!r}{_hint(value, known)}")
    return mistakes


def _hint(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
