"""A look before the run: does anything answer, does it speak the API, does it take the key?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from oip_conformance.doctor import examine
from oip_conformance.evidence import Credential
from oip_conformance.session import Session
from oip_conformance.target import Reply
from oip_conformance.verdict.outcome import Outcome
from oip_conformance.verdict.state import State

Finding = Literal["ready", "silent", "busy", "not-the-api", "key-refused", "misconfigured"]

PREFLIGHT = "preflight"
"""The name under which its requests are recorded."""

NOBODY = str(UUID(int=0))

_MISLEADING = frozenset({"CFG-37", "CFG-38", "CFG-47", "CFG-84", "CFG-85", "CFG-86", "CFG-87", "CFG-88"})
"""Mistakes of the configuration by which a sound target would seem to fail. What may as well be a fault of the target
(it answers 403 to everything, say) is left to the run to judge."""


@dataclass(frozen=True)
class Preflight:
    """What the first requests found, with one sentence when it is not "ready"."""

    finding: Finding
    sentence: str = ""
    hint: str = ""


def look(session: Session) -> Preflight:
    """Ask the target twice, by harmless reads, and once more where only one of the two lets in. The requests are recorded like
    all others."""
    session.begin(PREFLIGHT)
    replies = [_ask(session, name) for name in _harmless(session)]
    if not replies:
        return Preflight("ready")
    answered = [reply for reply in replies if reply.status is not None]
    if not answered:
        why = _WORDS.get(str(replies[-1].exchange.fault), "no HTTP response came") + _detail(replies[-1])
        return Preflight(
            "silent",
            f"The target {session.redactor.url(session.settings.url)} does not answer: {why}.",
            "Check the URL and that the target runs, then try again; `oip-conformance doctor` says more.",
        )
    if all(reply.busy for reply in answered):
        return Preflight(
            "busy",
            f"The target is busy: it answers {answered[-1].status} to everything, also after waiting.",
            "Try again when the systems behind it work, or lower the rate in [limits] of the profile.",
        )
    if len(answered) == 2 and not any(_speaks_json(reply) for reply in answered):
        kind = answered[-1].header("content-type") or "no content type"
        return Preflight(
            "not-the-api",
            f"The target answers, but not as the API does: its answers are {kind.split(';')[0]}, not JSON.",
            "Check the base URL (it ends in /v4 at OIP); a portal, a proxy or a login page may answer instead.",
        )
    if _refuses_the_key(session, answered):
        name = session.profile.target.api_key_env
        return Preflight(
            "key-refused",
            "CFG-38 target.api_key_env: the target refuses the API key (401).",
            f"Check the key in {name}, and that it belongs to this system (staging, production).",
        )
    is_ours = session.settings.embedded or session.settings.replay
    return Preflight("ready") if is_ours else _examine(session)


def _refuses_the_key(session: Session, answered: list[Reply]) -> bool:
    """Whether the key is what 401 is said to: also where another read answers as well without any key, as a health check may."""
    if all(reply.status != 401 for reply in answered):
        return False
    let_in = [reply for reply in answered if reply.status != 401]
    return all(_ask(session, str(reply.exchange.operation), "none").status == reply.status for reply in let_in)


def known_of(outcomes: list[Outcome], finding: Preflight, errors: Iterable[Outcome] = ()) -> list[Outcome]:
    """What is known by the outcomes of a run. Of a target that never answered nothing is, not even that it breaks a rule; nor is
    anything of one that was asked with a mistaken configuration, which stands among the `errors` then."""
    if any(one.test == PREFLIGHT for one in errors):
        return []
    if finding.finding != "silent":
        return outcomes
    return [replace(outcome, state=State.INCONCLUSIVE, reason=finding.sentence, failures=()) for outcome in outcomes]


def _examine(session: Session) -> Preflight:
    """What the doctor finds that would make sound operations fail: it is told now, and no requirement fails for it."""
    settings, profile = session.settings, session.profile
    environment = dict(os.environ)
    for name, key in (
        (profile.target.api_key_env, settings.key),
        (profile.target.second_api_key_env, settings.second_key),
    ):
        environment[name] = key or ""
    diagnosis = examine(profile, session.contract, settings.url, environment, claims=False)
    stopping = [one for one in diagnosis.stopping if one.code in _MISLEADING]
    if not stopping:
        return Preflight("ready")
    first = stopping[0]
    where = f"{first.place}, line {first.line}" if first.line else first.place
    return Preflight("misconfigured", f"{first.code} {where}: {first.message}", first.next_step)


def _harmless(session: Session) -> list[str]:
    """Two reads that the contract has: those of the platform, or in somebody else's contract what needs no parameter."""
    operations = session.contract.operations
    usual = [name for name in ("getHealth", "getCustomerById") if name in operations]
    plain = [
        one.id
        for one in operations.values()
        if one.effect == "read" and one.method == "GET" and not any(part.required for part in one.parameters)
    ]
    return usual or plain[:2]


def _ask(session: Session, operation: str, credential: Credential = "main") -> Reply:
    path = {"id": NOBODY} if operation == "getCustomerById" else {}
    return session.target.call(operation, path=path, credential=credential, intent="probe", why="preflight")


def _detail(reply: Reply) -> str:
    """What the transport said of an answer that cannot be read."""
    _, found, detail = reply.exchange.why.partition("(")
    return f" ({detail}" if found and reply.exchange.fault == "protocol" else ""


def _speaks_json(reply: Reply) -> bool:
    try:
        _ = reply.json
    except ValueError:
        return not reply.body and reply.status != 200
    return True


_WORDS = {
    "refused": "the connection was refused",
    "timeout": "no answer came in time",
    "closed": "it closes connections without an answer",
    "cut": "it closes connections in the middle of an answer",
    "protocol": "what it sends cannot be read as HTTP",
    "unreachable": "the host cannot be reached",
}
