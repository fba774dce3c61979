"""Asks every general rule about every exchange and adds up the answers: the same live and in `verify`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from oip_conformance.contract import Contract, Operation
from oip_conformance.evidence import Exchange
from oip_conformance.oracle.acceptance import NEEDS_A_VALID_TWIN
from oip_conformance.oracle.judgement import Broken, Scene
from oip_conformance.oracle.registry import general_rules
from oip_conformance.verdict.outcome import CITED_AT_MOST, Failure, Outcome
from oip_conformance.verdict.state import State

TOLERATED_DROPS = 2
"""Connections lost once and answered on a second try that a run may see before they count against the target."""

EVERY_EXCHANGE = "every exchange"
"""How the outcomes of general rules name what they judged."""

ADVICE_TO_BIND = (
    "the path of {0} is only inferred and answered 404 to everything: bind it in [operations.{0}] of the profile"
)


Weight = tuple[int, str]


@dataclass
class _Tally:
    reached: int = 0
    cited: list[str] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)
    weights: dict[str, Weight] = field(default_factory=dict)
    """For each cause, how large the request is that shows it, and its exchange."""

    def count(self, failure: Failure, weight: Weight) -> None:
        """Count a failure; of all that have one cause, the smallest request is the one that is shown."""
        known = self.failures.get(failure.cause)
        shown = failure if known is None or weight < self.weights[failure.cause] else known
        self.failures[failure.cause] = replace(shown, count=failure.count + (known.count if known else 0))
        self.weights[failure.cause] = min(weight, self.weights.get(failure.cause, weight))


class Judge:
    """Judges exchanges one at a time, in any order, and says the outcomes at the end. Holds no exchange.

    `requirements` limits the rules to those of a run's scope; None means all.
    """

    def __init__(self, contract: Contract, requirements: Collection[str] | None = None) -> None:
        self._contract = contract
        self._rules = [item for item in general_rules() if requirements is None or item.requirement in requirements]
        self._tallies: dict[tuple[str, str | None], _Tally] = {}
        self._statuses: dict[str, set[int]] = {}
        self._drops: list[str] = []

    def add(self, exchange: Exchange) -> tuple[tuple[str, Broken], ...]:
        """Judge one exchange; returns the rules it breaks as (requirement, what is broken)."""
        operation = self._operation(exchange)
        scene = Scene(exchange, operation, self._contract)
        if operation is not None and exchange.response is not None and exchange.credential in ("main", "second"):
            self._statuses.setdefault(operation.id, set()).add(exchange.response.status)
        if exchange.fault in ("closed", "refused") and exchange.attempt == 1:
            self._drops.append(exchange.id)
        broken: list[tuple[str, Broken]] = []
        for rule in self._rules:
            judgement = rule.judge(scene)
            if judgement is None:
                continue
            tally = self._tallies.setdefault((rule.requirement, exchange.operation), _Tally())
            tally.reached += 1
            if len(tally.cited) < CITED_AT_MOST and (not tally.cited or tally.cited[-1] != exchange.id):
                tally.cited.append(exchange.id)
            if isinstance(judgement, Broken):
                broken.append((rule.requirement, judgement))
                tally.count(_failure(judgement, exchange), _weight(exchange))
        return tuple(broken)

    def to_json(self) -> dict[str, Any]:
        """What was added up so far, from which another process goes on with `absorb`."""
        return {
            "tallies": [
                [
                    requirement,
                    operation,
                    tally.reached,
                    tally.cited,
                    [[one.to_json(), tally.weights[cause][0]] for cause, one in tally.failures.items()],
                ]
                for (requirement, operation), tally in self._tallies.items()
            ],
            "statuses": {operation: sorted(seen) for operation, seen in self._statuses.items()},
            "drops": self._drops,
        }

    def absorb(self, record: dict[str, Any]) -> None:
        """Add what another judge of the same run added up."""
        for requirement, operation, reached, cited, failures in record["tallies"]:
            tally = self._tallies.setdefault((requirement, operation), _Tally())
            tally.reached += reached
            tally.cited = (tally.cited + cited)[:CITED_AT_MOST]
            for told, size in failures:
                failure = Failure.from_json(told)
                tally.count(failure, (size, failure.exchange or ""))
        for operation, seen in record["statuses"].items():
            self._statuses.setdefault(operation, set()).update(seen)
        self._drops += record["drops"]

    def outcomes(self) -> list[Outcome]:
        """What the general rules say, one outcome for each requirement and operation that was reached."""
        outcomes = [self._outcome(requirement, name) for requirement, name in sorted(self._tallies, key=_by_name)]
        if len(self._drops) > TOLERATED_DROPS and any(rule.requirement == "OIP-CORE-01" for rule in self._rules):
            outcomes.append(self._dropped())
        return outcomes

    def _operation(self, exchange: Exchange) -> Operation | None:
        return self._contract.operations.get(exchange.operation) if exchange.operation else None

    def _outcome(self, requirement: str, operation: str | None) -> Outcome:
        tally = self._tallies[requirement, operation]
        state = State.FAILED if tally.failures else State.PASSED
        reason = ""
        statuses = self._statuses.get(operation or "", set())
        if operation and self._is_misplaced(operation):
            state, reason = State.INCONCLUSIVE, ADVICE_TO_BIND.format(operation)
        elif requirement in NEEDS_A_VALID_TWIN and not any(status < 400 for status in statuses):
            state, reason = State.NOT_TESTED, f"no valid request to {operation} succeeded, so a refusal proves nothing"
        return Outcome(
            requirement=requirement,
            test=f"{EVERY_EXCHANGE} of {operation or 'no operation'}",
            state=state,
            operation=operation,
            reached=tally.reached,
            exchanges=tuple(_cited(tally)),
            failures=tuple(tally.failures.values()),
            reason=reason,
        )

    def _is_misplaced(self, name: str) -> bool:
        """Whether an operation whose path is only inferred answered 404 to everything that got past authentication."""
        operation = self._contract.operations.get(name)
        statuses = self._statuses.get(name, set()) - {401, 403, 429, 502}
        return operation is not None and operation.path_source == "inferred" and statuses == {404}

    def _dropped(self) -> Outcome:
        failure = Failure(
            "connections dropped",
            "Requests lose their connection",
            "an answer to every request",
            f"{len(self._drops)} requests were answered only on a second try",
            self._drops[0],
            count=len(self._drops),
        )
        return Outcome(
            "OIP-CORE-01",
            f"{EVERY_EXCHANGE} of the run",
            State.FAILED,
            reached=len(self._drops),
            exchanges=tuple(self._drops[:CITED_AT_MOST]),
            failures=(failure,),
        )


def _failure(broken: Broken, exchange: Exchange) -> Failure:
    return Failure(broken.cause, broken.title, broken.expected, broken.got, exchange.id, exchange.operation)


def _weight(exchange: Exchange) -> Weight:
    """How much there is to read in a request, and its id to decide between equals."""
    request = exchange.request
    return len(request.url) + len(request.body) + sum(len(name) + len(value) for name, value in request.headers), (
        exchange.id
    )


def _by_name(key: tuple[str, str | None]) -> tuple[str, str]:
    return key[0], key[1] or ""


def _cited(tally: _Tally) -> list[str]:
    shown = [failure.exchange for failure in tally.failures.values() if failure.exchange]
    return list(dict.fromkeys(shown + tally.cited))[:CITED_AT_MOST]
