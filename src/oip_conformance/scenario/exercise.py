"""Exercising an operation: its cases go over pooled connections, many at a time; the judge hears every exchange."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace

import orjson

from oip_conformance.contract import Operation
from oip_conformance.generation.bindings import SAMPLES, fill, references
from oip_conformance.generation.case import Case
from oip_conformance.generation.conformity import violations
from oip_conformance.scenario.members import MemberWords
from oip_conformance.scenario.shrinking import Shrinking
from oip_conformance.scenario.signals import NotTested
from oip_conformance.scenario.stock import Stock
from oip_conformance.target import Reply

_UPDATES = frozenset({"updateMember", "updateCustomerByExternalId"})

_ONLY_MENTIONED = frozenset({"store.id"})
"""What a request that is refused for another reason may mention without its being there: not every account has stores."""

QUICK, WHERE_QUICK = 0.005, 2
"""Seconds within which a target answers that is waited for so little that more requests under way than this only get in one
another's way."""

FRUITLESS = 3
"""So many requests in a row without any answer, and the rest of an operation's cases are not sent."""


class Exercise:
    """Sends the cases of one operation. `concurrency` requests are under way at a time."""

    def __init__(self, oip: MemberWords, stock: Stock, operation: Operation, concurrency: int) -> None:
        self._oip = oip
        self._stock = stock
        self._operation = operation
        self._concurrency = max(1, concurrency)
        self._lock = threading.Lock()
        self._fruitless = 0

    def send(self, cases: Iterable[Case]) -> int:
        """Send the cases, those that must succeed first; returns how many were sent.

        Raises NotTested when the target gives no answer to several in a row, and whatever the client raises.
        """
        ready = [filled for case in cases if (filled := self._filled(case)) is not None]
        first = [case for case in ready if self._must_succeed(case)]
        rest = [case for case in ready if not self._must_succeed(case)]
        sent = self._send_all(first) + self._send_all(rest)
        return sent + Shrinking(self._oip, self._operation, self.ask).run(ready)

    def _filled(self, case: Case) -> Case | None:
        wanted = references(case)
        if wanted:
            values = self._stock.values(sorted(wanted))
            if values is None and case.intent == "invalid":
                known = self._stock.values(sorted(wanted - _ONLY_MENTIONED))
                values = None if known is None else {**known, **{name: SAMPLES[name] for name in _ONLY_MENTIONED}}
            if values is None:
                return None
            case = fill(case, values)
            if not self._means_it(case):
                return None
        return self._completed(case) if self._operation.id == "createMember" and self._must_succeed(case) else case

    def _means_it(self, case: Case) -> bool:
        """Whether a case that was filled in still shows what it was drawn for.

        It was judged with samples in the place of references. The target's own value may keep a schema that the sample
        breaks, or the other way round; such a case would blame the target for what the suite sent.
        """
        if case.method != self._operation.method or case.intent not in ("valid", "invalid"):
            return True
        found = violations(
            self._oip.contract,
            self._operation,
            path=case.path,
            query=case.query,
            headers=case.headers,
            body=case.body,
            media_type=case.media_type,
        )
        return found is None or bool(found) == (case.intent == "invalid")

    def _completed(self, case: Case) -> Case:
        """A creation that must succeed, with what the profile says that the account requires."""
        if not self._oip.profile.customers.required or not (case.media_type or "").startswith("application/json"):
            return case
        body = orjson.loads(case.body or b"null")
        completed = self._oip.completed(body)
        return case if completed == body else replace(case, body=orjson.dumps(completed))

    def _send_all(self, cases: Sequence[Case]) -> int:
        if not cases:
            return 0
        first, *others = cases
        with ThreadPoolExecutor(self._at_a_time(self.ask(first))) as pool:
            futures = [pool.submit(self._send, case) for case in others]
            _done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
            for future in waiting:
                future.cancel()
        return 1 + sum(future.result() for future in futures if not future.cancelled())

    def _at_a_time(self, reply: Reply) -> int:
        """How many requests to have under way: those that the profile allows, and fewer where there is no waiting."""
        return self._concurrency if reply.exchange.elapsed > QUICK else min(self._concurrency, WHERE_QUICK)

    def _send(self, case: Case) -> int:
        self.ask(case)
        return 1

    def ask(self, case: Case, *, intent: str | None = None) -> Reply:
        """Send one case, meaning what it was drawn to mean or `intent`. Raises NotTested after too much silence."""
        if self._fruitless >= FRUITLESS:
            raise NotTested(
                f"{self._operation.id} gave no answer {FRUITLESS} times in a row; its other cases were not sent"
            )
        usual = case.method == self._operation.method
        reply = self._oip.target.send(
            case.method,
            case.path,
            operation=self._operation if usual else None,
            query=case.query,
            headers=case.headers,
            content=case.body,
            media_type=case.media_type,
            intent=intent or ("accept" if self._must_succeed(case) else case.intent),
            why=case.how,
            case=case.id,
        )
        self._count(reply)
        return reply

    def _count(self, reply: Reply) -> None:
        with self._lock:
            self._fruitless = self._fruitless + 1 if reply.status is None else 0

    def _must_succeed(self, case: Case) -> bool:
        """Whether a refusal would be wrong: the case is a realistic one, and no update that clears what is required."""
        return case.origin == "domain" and case.intent == "valid" and not self._clears_required_fields(case)

    def _clears_required_fields(self, case: Case) -> bool:
        if self._operation.id not in _UPDATES or self._oip.updates_merge:
            return False
        data = orjson.loads(case.body or b"null")["data"]
        return any(data.get(name) in (None, "") for name in self._oip.profile.customers.required)
