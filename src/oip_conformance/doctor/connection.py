"""Reaching the target and being let in: from the name of the host to the key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from oip_conformance.contract import Operation
from oip_conformance.doctor.probe import NOWHERE, Probe, Probed, can_be_read, signature, without_query
from oip_conformance.profile import Profile

Found = Iterator[tuple[str, str, str]]

CLOCKS_MAY_DIFFER = 120.0
"""Seconds by which this machine's clock and the target's may differ."""
SLOW = 0.5
"""An answer that takes more than this part of the allowed time is slow."""

_FAULTS = {
    "refused": ("CFG-31", "the connection is refused."),
    "timeout": ("CFG-32", "no answer came in time."),
    "unreachable": ("CFG-30", "the host is not found or not reachable."),
    "closed": ("CFG-34", "it closes connections without an answer."),
    "cut": ("CFG-34", "it closes connections in the middle of an answer."),
    "protocol": ("CFG-34", "what it sends is not HTTP."),
}

_PREFERRED = ("getHealth", "getStores", "getBonusRules", "getCustomerById", "getPromotions")


def questions(probe: Probe, profile: Profile) -> list[Operation]:
    """The reads to begin with: claimed ones, those that always answer first."""
    operations = probe.contract.operations
    readable = [one for one in operations.values() if can_be_read(one)]
    claimed = [one for one in readable if profile.activation(one) == "activated"] or readable
    return sorted(claimed, key=lambda one: _PREFERRED.index(one.id) if one.id in _PREFERRED else len(_PREFERRED))[:4]


def examine_connection(probe: Probe, profile: Profile, second_key: str | None) -> Found:
    """Everything that keeps the target from being tested at all. The contract has something to read."""
    first = _first_answer(probe, profile)
    if first.answer is None:
        yield _unreached(first)
        return
    answered = [first, *(probe.read(one) for one in questions(probe, profile)[1:] if probe.has_time)]
    answered = [one for one in answered if one.answer is not None]
    stopped = _nowhere(probe, answered) or _not_let_in(probe, answered)
    if stopped is not None:
        yield stopped
        return
    if all(one.busy for one in answered):
        yield "CFG-48", "target.url", f"its reads answer {answered[0].status}."
    yield from _second_key(probe, profile, second_key)
    yield from _clock(answered)
    slowest = max(one.milliseconds for one in answered) / 1000
    if slowest > SLOW * profile.target.timeout_seconds:
        yield (
            "CFG-51",
            "target.timeout_seconds",
            f"an answer took {slowest:.1f} s of {profile.target.timeout_seconds:g}.",
        )


def _first_answer(probe: Probe, profile: Profile) -> Probed:
    operation = questions(probe, profile)[0]
    first = probe.read(operation)
    return first if first.answer is not None or first.fault not in ("closed", "cut") else probe.read(operation)


def _unreached(first: Probed) -> tuple[str, str, str]:
    said = first.said.lower()
    if "ssl" in said or "certificate" in said or "tls" in said:
        return "CFG-33", "target.url", f"{first.said}."
    code, message = _FAULTS.get(first.fault, _FAULTS["protocol"])
    return code, "target.url", message


def _not_let_in(probe: Probe, answered: list[Probed]) -> tuple[str, str, str] | None:
    """Why nothing can be tested although answers come, or None."""
    statuses = [one.status for one in answered]
    if all(status is not None and 300 <= status < 400 for status in statuses):
        return "CFG-36", "target.url", f"every read is redirected to {without_query(answered[0].header('location'))}."
    if 401 in statuses and _needs_no_key(probe, [one for one in answered if one.status != 401]):
        which = "every read" if set(statuses) == {401} else "every read that needs a key"
        return "CFG-38", "target.api_key_env", f"{which} answers 401."
    if all(status == 403 for status in statuses):
        return "CFG-39", "target.api_key_env", "every read answers 403."
    if not any(_is_json(one) or one.status in (401, 403) or one.busy for one in answered):
        kind = answered[0].media_type or "no content type"
        return "CFG-35", "target.url", f"its answers are {kind}, not JSON."
    return None


def _needs_no_key(probe: Probe, let_in: list[Probed]) -> bool:
    """Whether all of these answer as well without any key, as a health check may; then they say nothing of ours."""
    operations = probe.contract.operations
    return all(one.operation and probe.without_key(operations[one.operation]).status == one.status for one in let_in)


def _nowhere(probe: Probe, answered: list[Probed]) -> tuple[str, str, str] | None:
    """Whether the base URL leads past the API: every read answers 404, just as a path does that nobody has."""
    if any(one.status != 404 for one in answered):
        return None
    unknown = signature(probe.ask_path(NOWHERE))
    if all(not _is_envelope(one) or signature(one) == unknown for one in answered):
        return "CFG-37", "target.url", "every read answers 404, as if its path were not there."
    return None


def _second_key(probe: Probe, profile: Profile, second_key: str | None) -> Found:
    operation = questions(probe, profile)[0]
    if second_key and probe.has_time and probe.read(operation, key=second_key).status == 401:
        yield "CFG-47", "target.second_api_key_env", f"{operation.id} answers 401 to it."


def _clock(answered: list[Probed]) -> Found:
    try:
        told = parsedate_to_datetime(answered[0].header("date"))
    except (ValueError, TypeError):
        return
    if told.tzinfo is None:
        return
    apart = abs((told - dt.datetime.now(dt.UTC)).total_seconds())
    if apart > CLOCKS_MAY_DIFFER:
        yield "CFG-49", "target.url", f"the target's clock is {apart:.0f} s from this machine's."


def _is_json(probed: Probed) -> bool:
    return probed.json is not None or (probed.status is not None and not (probed.answer and probed.answer.body))


def _is_envelope(probed: Probed) -> bool:
    value = probed.json
    return isinstance(value, dict) and "code" in value
