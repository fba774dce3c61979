"""A survey of an unknown target by harmless probes: what answers, what is not activated, what lies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from oip_conformance.contract import Operation
from oip_conformance.doctor.probe import NOWHERE, Probe, Probed, can_be_read, signature, without_query

Standing = Literal["answers", "not-activated", "elsewhere", "missing", "busy", "unseen"]
"""What a survey knows of an operation: `elsewhere` when another path answers in its place, `missing` when its path is
not there, `unseen` when seeing it would take a write or would reach a person."""

ALTERNATIVES: Mapping[str, tuple[str, ...]] = {
    "getHealth": ("/health/check", "/healthcheck", "/status", "/ping"),
    "listConsents": ("/consent", "/consents/list", "/customers/consents"),
    "getCustomerByExternalId": ("/customers/external/{externalId}", "/customers/externalid/{externalId}"),
    "getPromotions": ("/promotions/id/{id}", "/promotions/customerId/{id}"),
    "getRedeemedPromotions": ("/promotions/redeemed/id/{id}", "/promotions/redeemed/customerId/{id}"),
    "getLoyaltyCardProducts": ("/loyalty/loyalty-cards/articles", "/loyalty/products"),
    "getBonusTransactions": ("/loyalty/bonus/transactions/customerId/{customerId}", "/bonus/transactions/{customerId}"),
    "getMemberByPaymentToken": ("/payments/token/{token}", "/payment/tokens/{token}"),
    "getPaymentCards": ("/payments/cards/{memberId}", "/payment/cards/memberId/{memberId}"),
    "getStores": ("/store", "/stores/all"),
}
"""Other paths that an operation with an inferred path may have, by analogy with its documented neighbours."""


@dataclass(frozen=True)
class Seen:
    """What was seen of one operation; `path` is where it answers when that is not where the contract has it."""

    operation: Operation
    standing: Standing
    path: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Survey:
    """What was seen of a target. `latency` is the median and the longest answer, in milliseconds."""

    url: str
    seen: tuple[Seen, ...]
    without_key: Probed | None
    wrong_key: Probed | None
    latency: tuple[float, float]
    asked: tuple[Probed, ...]
    found: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids that the target lists, by the fixture they can serve as."""
    paged: Mapping[str, bool] = field(default_factory=dict)
    """Reports that answered, and whether in pages."""

    def standing(self, name: str) -> Standing:
        """What is known of an operation."""
        return next((one.standing for one in self.seen if one.operation.id == name), "unseen")


def survey(probe: Probe) -> Survey:
    """Look at every operation that can be looked at without writing and without reaching anybody."""
    operations = list(probe.contract.operations.values())
    first_words = [probe.ask_path(NOWHERE), probe.ask_path("/")]
    if not any(one.answer for one in first_words):
        return Survey(probe.url, (), None, None, (0.0, 0.0), tuple(probe.asked))
    nowhere = signature(first_words[0])
    seen = [_look(probe, operation, nowhere) for operation in operations]
    readable = [one.operation for one in seen if one.standing == "answers" and can_be_read(one.operation)]
    first = readable[0] if readable else next((one for one in operations if can_be_read(one)), None)
    without = probe.without_key(first) if first else None
    wrong = probe.read(first, key="not-a-key") if first else None
    found = {fixture: ids for fixture, operation, member in _LISTS if (ids := _listed(probe, operation, member))}
    paged = _reports(probe, seen)
    answered = sorted(one.milliseconds for one in probe.asked if one.answer is not None)
    latency = (answered[len(answered) // 2], answered[-1]) if answered else (0.0, 0.0)
    return Survey(probe.url, tuple(seen), without, wrong, latency, tuple(probe.asked), found, paged)


_LISTS = (
    ("stores", "getStores", "id"),
    ("campaigns", "getBonusCampaigns", "id"),
    ("activities", "getBonusRules", "bonusRuleId"),
    ("stamp_cards", "getLoyaltyCardProducts", "stampCardId"),
)


def _look(probe: Probe, operation: Operation, nowhere: object) -> Seen:
    if not probe.has_time:
        return Seen(operation, "unseen", note="the time was up")
    if not can_be_read(operation):
        return _look_from_outside(probe, operation, nowhere)
    answer = probe.read(operation)
    as_nowhere = answer.answer is not None and signature(answer) == nowhere
    if as_nowhere and answer.status == 403:
        return _elsewhere(probe, operation, nowhere)
    if answer.status == 403:
        return Seen(operation, "not-activated")
    if answer.busy:
        return Seen(operation, "busy", note=f"answered {answer.status}")
    if answer.answer is None or answer.status == 401 or (answer.status or 0) >= 500:
        return Seen(operation, "unseen", note=str(answer.status or answer.said or answer.fault))
    if as_nowhere and answer.status != 404:
        return Seen(operation, "unseen", note=f"it answers {answer.status} as a path does that is not there")
    if answer.status is not None and 300 <= answer.status < 400:
        return Seen(operation, "unseen", note=f"redirected to {without_query(answer.header('location'))}")
    if answer.status == 200 and answer.json is None:
        return Seen(operation, "unseen", note=f"answered {answer.media_type or 'something'}, not JSON")
    if answer.status == 405:
        return Seen(operation, "missing", note=f"the path does not know {operation.method}: {answer.header('allow')}")
    if answer.status == 404 and (as_nowhere or not operation.documents(404)):
        return _elsewhere(probe, operation, nowhere)
    return Seen(operation, "answers")


def _look_from_outside(probe: Probe, operation: Operation, nowhere: object) -> Seen:
    """What OPTIONS says of an operation that writes or reaches somebody: whether there is such a path."""
    answer = probe.options(probe.fill(operation, operation.path))
    kinds = {"external": "reaches somebody", "write": "writes"}
    kind = kinds.get(operation.effect, f"is asked with {operation.method}")
    if answer.status == 404 and signature(answer) == nowhere and operation.path_source == "inferred":
        return Seen(operation, "missing", note=f"it {kind}; OPTIONS says there is no such path")
    allowed = answer.header("allow")
    if allowed and operation.method not in allowed.upper():
        return Seen(operation, "missing", note=f"the path allows {allowed}, not {operation.method}")
    return Seen(operation, "unseen", note=f"it {kind}")


def _elsewhere(probe: Probe, operation: Operation, nowhere: object) -> Seen:
    for path in ALTERNATIVES.get(operation.id, ()):
        answer = probe.ask_path(probe.fill(operation, path))
        is_there = answer.status is not None and (answer.status < 300 or answer.status in (400, 403, 404))
        if is_there and signature(answer) != nowhere:
            return Seen(operation, "elsewhere", path, f"{operation.path} is not there, {path} is")
    return Seen(operation, "missing", note=f"{operation.path} answers like a path that is not there")


def _listed(probe: Probe, name: str, member: str) -> tuple[str, ...]:
    earlier = next((one for one in probe.asked if one.operation == name and one.status == 200), None)
    records = earlier.json if earlier else None
    if not isinstance(records, list):
        return ()
    ids = [str(one[member]) for one in records if isinstance(one, dict) and one.get(member)]
    return tuple(dict.fromkeys(ids))[:5]


def _reports(probe: Probe, seen: list[Seen]) -> dict[str, bool]:
    """The reports that the contract gives as examples and that the target knows."""
    operation = next(
        (one.operation for one in seen if one.operation.id == "report1" and one.standing == "answers"), None
    )
    if operation is None:
        return {}
    parameter = next(one for one in operation.parameters if one.location == "path")
    found = {}
    for name in map(str, parameter.examples):
        answer = probe.read(operation, path={parameter.name: quote(name, safe="")}, query="page=1&rowsPage=1")
        if answer.status == 200:
            value = answer.json
            meta = value.get("metaData") if isinstance(value, dict) else None
            found[name] = isinstance(meta, dict) and "totalPages" in meta
    return found
