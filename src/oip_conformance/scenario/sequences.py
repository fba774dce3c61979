"""Sequences: Schemathesis' stateful phase, live, over the links of the contract.

Every sequence makes its own customers (an identifier that is drawn is replaced by one that nobody has), so that it starts
from a known state and its replay inside Hypothesis is consistent. A round that ends early is followed by another with a new
seed, until the budget is used; sequences that still fall short say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

import orjson
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.core.transport import Response

from oip_conformance.contract import Contract
from oip_conformance.generation.serialising import Unsendable, wire_form
from oip_conformance.scenario.signals import NotTested
from oip_conformance.scenario.voice import Voice
from oip_conformance.target import LimitReached, NotAllowed, Reply

ROUNDS = 8
"""So many rounds of Hypothesis at the most, to use the budget of sequences."""

_ANSWERED_NOTHING = 599
"""The status that a sequence sees when no response came; what the exchange proves is judged from evidence."""


class Sequences:
    """Runs sequences of linked operations against the target. The judge hears every exchange."""

    def __init__(self, voice: Voice, contract: Contract, excluded: Iterable[str] = ()) -> None:
        self._voice = voice
        self._contract = contract
        self._excluded = frozenset(excluded)
        self.finished = 0
        self.sent = 0

    def run(self, *, scenarios: int, steps: int, start: int) -> int:
        """Run so many sequences of so many steps; returns how many requests were sent.

        Raises NotTested when the sequences end before their budget.
        """
        machine = machine_of(self._contract, self._excluded)
        machine.teller = self
        try:
            for number in range(ROUNDS):
                left = scenarios - self.finished
                if left <= 0:
                    break
                self._round(machine, left, steps, start + number)
        finally:
            machine.teller = None
        if self.finished < scenarios:
            raise NotTested(f"only {self.finished} of {scenarios} sequences could be run")
        return self.sent

    def _round(self, machine: type[Any], scenarios: int, steps: int, start: int) -> None:
        options = settings(
            max_examples=scenarios,
            stateful_step_count=steps,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        try:
            run_state_machine_as_test(seed(start)(machine), settings=options)
        except (Flaky, Unsatisfiable):
            return

    def make_own(self, case: Any) -> None:
        """Give a creation identifiers that nobody has."""
        data = case.body.get("data") if isinstance(case.body, dict) else None
        if case.operation.definition.raw.get("operationId") != "createMember" or not isinstance(data, dict):
            return
        person = self._voice.people.next().as_customer()
        data |= {
            name: person[name] for name in ("mobilePhone", "externalId", "email") if name in {"mobilePhone", *data}
        }

    def send(self, case: Any) -> Response:
        """Send a step over the client of the run."""
        try:
            wire = wire_form(case)
        except Unsendable:
            return _response(None)
        operation = self._contract.operations[case.operation.definition.raw["operationId"]]
        try:
            reply = self._voice.target.send(
                wire.method,
                wire.path,
                operation=operation,
                query=wire.query,
                headers=wire.headers,
                content=wire.body,
                media_type=wire.media_type,
                intent="valid",
                why="a step of a sequence",
            )
        except (NotAllowed, LimitReached):
            return _response(None)
        self.sent += 1
        return _response(reply)


@lru_cache(maxsize=4)
def machine_of(contract: Contract, excluded: frozenset[str]) -> Any:
    """The state machine of a contract, whose `teller` is who runs it. It is made once: Hypothesis forgets no class."""
    config = schemathesis.Config.from_dict(
        {"generation": {"mode": "positive", "with-security-parameters": False, "allow-x00": False}}
    )
    schema: Any = schemathesis.openapi.from_dict(contract.document_to_change(), config=config)
    for name in excluded:
        schema = schema.exclude(operation_id=name)

    class Machine(schema.as_state_machine()):  # type: ignore[misc]  # the class is made from the contract
        """One sequence."""

        teller: Any = None

        def before_call(self, case: Any) -> None:
            self.teller.make_own(case)

        def call(self, case: Any, **_: Any) -> Response:
            return cast(Response, self.teller.send(case))

        def validate_response(self, *_: Any, **__: Any) -> None:
            """What an exchange proves is judged from evidence, by the general rules."""

        def teardown(self) -> None:
            self.teller.finished += 1
            super().teardown()

    return Machine


def _response(reply: Reply | None) -> Response:
    """An answer as Schemathesis extracts links from it."""
    request = requests.Request("GET", "http://localhost/").prepare()
    if reply is None or reply.live is None:
        body, headers = orjson.dumps({}), {"content-type": ["application/json"]}
        return Response(
            status_code=_ANSWERED_NOTHING, headers=headers, content=body, request=request, elapsed=0.0, verify=True
        )
    headers = {}
    for name, value in reply.live.headers:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return Response(
        status_code=reply.live.status,
        headers=headers,
        content=reply.live.body,
        request=request,
        elapsed=reply.exchange.elapsed,
        verify=True,
    )
