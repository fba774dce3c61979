"""The words in which every report says a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERDICTS: Mapping[str, str] = {
    "passed": "Conformant",
    "warned": "Conformant, with warnings",
    "failed": "Not conformant",
    "not-tested": "Incomplete",
    "inconclusive": "Inconclusive",
    "config-error": "Not tested: configuration",
    "suite-error": "The suite failed",
    "not-applicable": "Nothing applies",
}

PLAINLY: Mapping[str, str] = {
    "passed": "Everything that this run asked was answered as the contract promises.",
    "warned": "Everything that must hold holds. Some things that should hold do not; they are listed below.",
    "failed": "The target breaks the published contract. Each distinct cause is listed below, with a request that shows it.",
    "not-tested": "No fault was found, but part of what was to be tested was not reached, so nothing can be claimed.",
    "inconclusive": "The target answered too little, or not steadily enough, to decide. Nothing can be claimed.",
    "config-error": "The configuration kept the run from testing anything. This says nothing about the target.",
    "suite-error": "The suite itself made a mistake. This says nothing about the target.",
    "not-applicable": "Nothing that was asked applies to this configuration.",
}
"""What each verdict means, for a reader who does not program."""

STATES: Mapping[str, str] = {
    "passed": "keeps the requirement, with evidence",
    "warned": "breaks something that should hold",
    "failed": "breaks something that must hold",
    "not-tested": "no request of this run reached it",
    "inconclusive": "nothing follows from what was answered",
    "not-applicable": "the configuration does not offer it",
    "config-error": "the configuration kept it from being tested",
    "suite-error": "the suite itself failed",
}

DIMENSIONS: Mapping[str, str] = {
    "operations": "operations asked",
    "succeeded": "operations that succeeded",
    "statuses": "published statuses seen",
    "parameters": "parameters sent",
    "fields": "fields of requests sent",
    "values": "values of note sent",
    "model rules": "rules of the models tried",
    "model transitions": "transitions of the models seen",
}
"""The dimensions of coverage, as a reader meets them."""

UNDECIDED = frozenset({"not-tested", "inconclusive", "config-error", "suite-error", "not-applicable"})


def verdict_word(results: Mapping[str, Any]) -> str:
    """The verdict in a few words that never claim more than the run: a smoke run says so, and so does a part of one."""
    state, run = results["verdict"]["state"], results["run"]
    word = VERDICTS[state]
    if state not in ("passed", "warned"):
        return word
    if run["level"] == "smoke":
        word = "Smoke test passed" + (", with warnings" if state == "warned" else "")
    if run["only"]:
        return f"{word} (a selection only)"
    if run["classes"]:
        return f"{word} ({', '.join(run['classes'])} only)"
    return word


def plain_meaning(results: Mapping[str, Any]) -> str:
    """What the verdict means, with what it leaves open."""
    state, run = results["verdict"]["state"], results["run"]
    text = PLAINLY[state]
    if state in ("passed", "warned") and run["level"] == "smoke":
        text += " A smoke run asks a small part of what the standard level asks."
    return text


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number with its noun: 1 failure, 2 failures."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
